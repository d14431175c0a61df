package org.adafisher.bench.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Writes small image files. */
final class Pictures {

  private Pictures() {}

  /** One colour (0xRRGGBB) all over, in the format that the file's name ends with. */
  static void write(Path file, int height, int width, int colour) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, colour);
      }
    }
    write(file, image);
  }

  static void write(Path file, BufferedImage image) throws IOException {
    Files.createDirectories(file.getParent());
    String name = file.getFileName().toString();
    String format = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    if (!ImageIO.write(image, format, file.toFile())) {
      throw new IOException("no writer for " + file);
    }
  }
}
