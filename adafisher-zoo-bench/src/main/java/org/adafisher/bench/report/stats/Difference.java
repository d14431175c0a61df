package org.adafisher.bench.report.stats;

/**
 * The difference of two means, and how far it can be trusted.
 *
 * @param value the first mean less the second
 * @param standardError of the difference, from both deviations as if the runs were independent; NaN
 *     if one of them has less than two runs
 */
public record Difference(double value, double standardError) {

  private static final double STANDARD_ERRORS = 2;

  /** The first less the second. */
  public static Difference between(Spread first, Spread second) {
    return new Difference(
        first.mean() - second.mean(), Math.sqrt(meanVariance(first) + meanVariance(second)));
  }

  private static double meanVariance(Spread spread) {
    return spread.deviation() * spread.deviation() / spread.count();
  }

  /** Whether anything can be said: both have a mean and a deviation. */
  public boolean known() {
    return Double.isFinite(value) && Double.isFinite(standardError);
  }

  /** What the difference has to exceed: twice its standard error. */
  public double margin() {
    return STANDARD_ERRORS * standardError;
  }

  /** Whether the difference exceeds its margin; false if nothing can be said. */
  public boolean toldApart() {
    return known() && Math.abs(value) > margin();
  }
}
