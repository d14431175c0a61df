package org.adafisher.bench.data;

/**
 * Bilinear resizing with pixel centres at half coordinates, so that nothing shifts. Where an image
 * shrinks, the triangle gets as wide as the step, so that every pixel of the old image counts
 * (Pillow's BILINEAR does the same). Own code, since the result must not depend on the platform.
 */
final class Resize {

  private Resize() {}

  /**
   * The image in a square; its proportions are not kept.
   *
   * @param size the new height and width in pixels
   */
  static Image toSquare(Image image, int size) {
    if (image.height() == size && image.width() == size) {
      return image;
    }
    Axis horizontal = new Axis(image.width(), size);
    Axis vertical = new Axis(image.height(), size);
    byte[] pixels = new byte[image.channels() * size * size];
    float[] narrowed = new float[image.height() * size];
    float[] column = new float[image.height()];
    for (int c = 0; c < image.channels(); c++) {
      int from = c * image.height() * image.width();
      for (int y = 0; y < image.height(); y++) {
        float[] row = new float[image.width()];
        for (int x = 0; x < row.length; x++) {
          row[x] = image.pixels()[from + y * row.length + x] & 0xFF;
        }
        for (int x = 0; x < size; x++) {
          narrowed[y * size + x] = horizontal.sample(row, x);
        }
      }
      for (int x = 0; x < size; x++) {
        for (int y = 0; y < column.length; y++) {
          column[y] = narrowed[y * size + x];
        }
        for (int y = 0; y < size; y++) {
          pixels[(c * size + y) * size + x] = (byte) Math.round(vertical.sample(column, y));
        }
      }
    }
    return new Image(image.name(), image.channels(), size, size, pixels);
  }

  /** Which old pixels a new pixel is made of, along one axis. */
  private static final class Axis {

    private final int[] start;
    private final float[][] weights;

    Axis(int from, int to) {
      start = new int[to];
      weights = new float[to][];
      double step = (double) from / to;
      double reach = Math.max(1, step);
      for (int i = 0; i < to; i++) {
        double centre = (i + 0.5) * step - 0.5;
        // Beyond the border there is nothing, and the weights of what is there add up to 1.
        int first = Math.max(0, (int) Math.ceil(centre - reach));
        int last = Math.min(from - 1, (int) Math.floor(centre + reach));
        double[] triangle = new double[last - first + 1];
        double sum = 0;
        for (int j = 0; j < triangle.length; j++) {
          triangle[j] = Math.max(0, 1 - Math.abs(first + j - centre) / reach);
          sum += triangle[j];
        }
        start[i] = first;
        weights[i] = new float[triangle.length];
        for (int j = 0; j < triangle.length; j++) {
          weights[i][j] = (float) (triangle[j] / sum);
        }
      }
    }

    float sample(float[] old, int i) {
      float sum = 0;
      for (int j = 0; j < weights[i].length; j++) {
        sum += weights[i][j] * old[start[i] + j];
      }
      return sum;
    }
  }
}
