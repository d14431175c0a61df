package org.adafisher.bench.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.Arrays;

/** Takes red, green and blue out of what ImageIO decodes, as stored and in 8 bits. */
final class Samples {

  /** Cyan, magenta, yellow and black. */
  static final int INK_BANDS = 4;

  private static final int WHITE = 255;

  private Samples() {}

  /**
   * The pixels of a picture. 16 bits become 8 as 65535 becomes 255; transparency is left out.
   *
   * @throws IOException if they are neither grey nor red, green and blue of at most 16 bits
   */
  static Image image(String name, BufferedImage picture) throws IOException {
    ColorModel colours = picture.getColorModel();
    if (colours instanceof IndexColorModel palette) {
      return coloured(name, picture.getRaster(), palette);
    }
    int space = colours.getColorSpace().getType();
    if (space != ColorSpace.TYPE_GRAY && space != ColorSpace.TYPE_RGB) {
      throw new DamagedImageException("its pixels are neither grey nor red, green and blue");
    }
    int type = picture.getSampleModel().getDataType();
    if (type != DataBuffer.TYPE_BYTE
        && type != DataBuffer.TYPE_USHORT
        && type != DataBuffer.TYPE_INT) {
      throw new DamagedImageException("its pixels are no whole numbers");
    }
    return scaled(name, picture.getRaster(), colours.getNumColorComponents());
  }

  private static Image coloured(String name, Raster raster, IndexColorModel palette)
      throws IOException {
    int pixels = raster.getWidth() * raster.getHeight();
    int[] numbers = raster.getSamples(0, 0, raster.getWidth(), raster.getHeight(), 0, (int[]) null);
    byte[] rgb = new byte[Channels.RGB * pixels];
    for (int i = 0; i < pixels; i++) {
      if (numbers[i] >= palette.getMapSize()) {
        throw new DamagedImageException("it uses colours that its palette lacks");
      }
      rgb[i] = (byte) palette.getRed(numbers[i]);
      rgb[pixels + i] = (byte) palette.getGreen(numbers[i]);
      rgb[2 * pixels + i] = (byte) palette.getBlue(numbers[i]);
    }
    return new Image(name, Channels.RGB, raster.getHeight(), raster.getWidth(), rgb);
  }

  private static Image scaled(String name, Raster raster, int channels) throws IOException {
    int pixels = raster.getWidth() * raster.getHeight();
    byte[] bytes = new byte[channels * pixels];
    int[] row = new int[raster.getWidth()];
    for (int c = 0; c < channels; c++) {
      int bits = raster.getSampleModel().getSampleSize(c);
      if (bits > Short.SIZE) {
        throw new DamagedImageException("its pixels have more than 16 bits");
      }
      int most = (1 << bits) - 1;
      int at = c * pixels;
      for (int y = 0; y < raster.getHeight(); y++) {
        raster.getSamples(0, y, row.length, 1, c, row);
        for (int value : row) {
          bytes[at++] = (byte) ((2 * WHITE * value + most) / (2 * most)); // rounded
        }
      }
    }
    Image image = new Image(name, channels, raster.getHeight(), raster.getWidth(), bytes);
    return Channels.convert(image, Channels.RGB);
  }

  /**
   * The colours of a JPEG in four inks, which all programs store inverted: 255 is no ink. Without a
   * printer's profile red is what cyan and black let through; so do the usual loaders.
   *
   * @param raster four bands as they are stored
   * @param ycck whether the first three are brightness and two colours
   */
  static Image inks(String name, Raster raster, boolean ycck) {
    int width = raster.getWidth();
    int pixels = width * raster.getHeight();
    byte[] rgb = new byte[Channels.RGB * pixels];
    int[] inks = new int[INK_BANDS];
    for (int i = 0; i < pixels; i++) {
      raster.getPixel(i % width, i / width, inks);
      int[] light = ycck ? inverted(inks) : inks;
      for (int c = 0; c < Channels.RGB; c++) {
        rgb[c * pixels + i] = (byte) Math.round(light[c] * inks[Channels.RGB] / (float) WHITE);
      }
    }
    return new Image(name, Channels.RGB, raster.getHeight(), width, rgb);
  }

  /** JFIF's way from brightness and colours to red, green and blue, of which these inks are. */
  private static int[] inverted(int[] ycc) {
    double blueness = ycc[1] - 128.0;
    double redness = ycc[2] - 128.0;
    double[] rgb = {
      ycc[0] + 1.402 * redness,
      ycc[0] - 0.344136 * blueness - 0.714136 * redness,
      ycc[0] + 1.772 * blueness
    };
    return Arrays.stream(rgb)
        .mapToInt(value -> WHITE - (int) Math.round(Math.max(0, Math.min(WHITE, value))))
        .toArray();
  }
}
