package org.adafisher.bench.report;

import java.util.Arrays;

/**
 * How values lie over the seeds. Everything is NaN as soon as one value is.
 *
 * @param mean the mean
 * @param deviation the sample standard deviation (n - 1); 0 for a single value
 * @param low the least value
 * @param high the greatest value
 */
public record Spread(double mean, double deviation, double low, double high) {

  static Spread of(double... values) {
    double mean = Arrays.stream(values).average().orElse(Double.NaN);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return new Spread(
        mean,
        Math.sqrt(squares / Math.max(1, values.length - 1)),
        Arrays.stream(values).min().orElse(Double.NaN),
        Arrays.stream(values).max().orElse(Double.NaN));
  }
}
