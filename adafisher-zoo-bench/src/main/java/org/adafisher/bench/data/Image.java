package org.adafisher.bench.data;

/**
 * One decoded image.
 *
 * @param name what error messages call it
 * @param channels 1 (grey) or 3 (red, green, blue)
 * @param height in pixels
 * @param width in pixels
 * @param pixels unsigned; channel by channel, row by row
 */
record Image(String name, int channels, int height, int width, byte[] pixels) {

  /** As many pixels as the sizes say. */
  Image {
    if (pixels.length != channels * height * width) {
      throw new IllegalArgumentException(
          pixels.length + " bytes for " + channels + "x" + height + "x" + width);
    }
  }

  /** "32x48" for 32 pixels of height and 48 of width. */
  String dimensions() {
    return height + "x" + width;
  }
}
