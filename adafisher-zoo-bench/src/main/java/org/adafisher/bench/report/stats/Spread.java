package org.adafisher.bench.report.stats;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.ToDoubleFunction;

/**
 * How values lie over the seeds. Everything is NaN as soon as one value is, and where there is
 * none.
 *
 * @param count how many values
 * @param mean the mean
 * @param deviation the sample standard deviation (n - 1); NaN for less than two values
 * @param low the least value
 * @param high the greatest value
 */
public record Spread(int count, double mean, double deviation, double low, double high) {

  /** The spread of these values. */
  public static Spread of(double... values) {
    double mean = Arrays.stream(values).average().orElse(Double.NaN);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return new Spread(
        values.length,
        mean,
        values.length < 2 ? Double.NaN : Math.sqrt(squares / (values.length - 1)),
        Arrays.stream(values).min().orElse(Double.NaN),
        Arrays.stream(values).max().orElse(Double.NaN));
  }

  /** The spread of one number of each item. */
  public static <T> Spread of(Collection<T> items, ToDoubleFunction<T> value) {
    return of(items.stream().mapToDouble(value).toArray());
  }

  /** Whether there is a mean. */
  public boolean known() {
    return Double.isFinite(mean);
  }

  /** Whether there is a deviation, which takes two values. */
  public boolean hasDeviation() {
    return Double.isFinite(deviation);
  }
}
