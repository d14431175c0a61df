package org.adafisher.bench.report.chart;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Colours as pictures of one pixel each, and pictures as files. */
final class Pixels {

  private Pixels() {}

  static BufferedImage image(int[][] rgb) {
    BufferedImage image = new BufferedImage(rgb[0].length, rgb.length, BufferedImage.TYPE_INT_RGB);
    for (int row = 0; row < rgb.length; row++) {
      image.setRGB(0, row, rgb[row].length, 1, rgb[row], 0, rgb[row].length);
    }
    return image;
  }

  /** The content of a PNG file. */
  static byte[] png(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) { // it writes to memory
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
