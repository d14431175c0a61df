package org.adafisher.bench.data;

import java.util.Arrays;

/**
 * What number a network sees for a byte.
 *
 * @param values by channel and byte
 * @param mean by channel: the number for the mean colour of the training part
 */
record PixelScale(float[][] values, float[] mean) {

  private static final int LEVELS = 256;

  /** (byte - mean) / standard deviation, per channel, over all pixels of the given images. */
  static PixelScale standardized(byte[][] images, int channels) {
    float[][] values = new float[channels][LEVELS];
    for (int c = 0; c < channels; c++) {
      long[] histogram = histogram(images, channels, c);
      double mean = mean(histogram);
      double sum = 0;
      for (int level = 0; level < LEVELS; level++) {
        sum += histogram[level] * (level - mean) * (level - mean);
      }
      double deviation = Math.sqrt(sum / Arrays.stream(histogram).sum());
      // Where all pixels are the same there is nothing to divide by.
      double divisor = deviation > 0 ? deviation : 1;
      for (int level = 0; level < LEVELS; level++) {
        values[c][level] = (float) ((level - mean) / divisor);
      }
    }
    return new PixelScale(values, new float[channels]);
  }

  /**
   * byte / white.
   *
   * @param images the training part, for the mean colour
   */
  static PixelScale fractions(byte[][] images, int channels, int white) {
    float[][] values = new float[channels][LEVELS];
    float[] mean = new float[channels];
    for (int c = 0; c < channels; c++) {
      for (int level = 0; level < LEVELS; level++) {
        values[c][level] = level / (float) white;
      }
      mean[c] = (float) (mean(histogram(images, channels, c)) / white);
    }
    return new PixelScale(values, mean);
  }

  private static long[] histogram(byte[][] images, int channels, int channel) {
    long[] histogram = new long[LEVELS];
    for (byte[] image : images) {
      int pixels = image.length / channels;
      for (int i = channel * pixels; i < (channel + 1) * pixels; i++) {
        histogram[image[i] & 0xFF]++;
      }
    }
    return histogram;
  }

  private static double mean(long[] histogram) {
    double sum = 0;
    long count = 0;
    for (int level = 0; level < LEVELS; level++) {
      sum += (double) level * histogram[level];
      count += histogram[level];
    }
    return sum / count;
  }
}
