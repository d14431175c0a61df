package org.adafisher.bench.report.stats;

import java.util.Arrays;

/** The middle of some values. */
public final class Median {

  private Median() {}

  /** The median of the finite ones among the values; NaN if there are none. */
  public static double of(double... values) {
    double[] sorted = Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }
}
