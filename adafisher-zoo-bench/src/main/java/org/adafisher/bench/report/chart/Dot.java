package org.adafisher.bench.report.chart;

/**
 * A dot, or with a radius a disk, on a {@link ScatterChart}.
 *
 * @param x value to the right
 * @param y value upwards
 * @param radius in the units of the values; 0 for a dot of a fixed small size
 */
public record Dot(double x, double y, double radius) {

  /** A dot of a fixed small size. */
  public static Dot at(double x, double y) {
    return new Dot(x, y, 0);
  }
}
