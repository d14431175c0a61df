package org.adafisher.bench.data;

import java.util.Arrays;

/** Grey images from colours and the reverse. */
final class Channels {

  static final int GREY = 1;
  static final int RGB = 3;

  private Channels() {}

  /** The image in so many channels, 1 or 3. */
  static Image convert(Image image, int channels) {
    if (image.channels() == channels) {
      return image;
    }
    byte[] pixels = channels == RGB ? replicated(image.pixels()) : luma(image.pixels());
    return new Image(image.name(), channels, image.height(), image.width(), pixels);
  }

  private static byte[] replicated(byte[] grey) {
    byte[] rgb = Arrays.copyOf(grey, RGB * grey.length);
    System.arraycopy(grey, 0, rgb, grey.length, grey.length);
    System.arraycopy(grey, 0, rgb, 2 * grey.length, grey.length);
    return rgb;
  }

  /** ITU-R BT.601: 0.299 red + 0.587 green + 0.114 blue, rounded. */
  private static byte[] luma(byte[] rgb) {
    byte[] grey = new byte[rgb.length / RGB];
    for (int i = 0; i < grey.length; i++) {
      int red = rgb[i] & 0xFF;
      int green = rgb[grey.length + i] & 0xFF;
      int blue = rgb[2 * grey.length + i] & 0xFF;
      grey[i] = (byte) ((299 * red + 587 * green + 114 * blue + 500) / 1000);
    }
    return grey;
  }
}
