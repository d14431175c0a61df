package org.adafisher.bench.report.stats;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.RunResult;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * How far one optimizer is from another over the seeds that both have. At equal seed the two differ
 * in the optimizer alone, so what counts is how their difference scatters, not how each of them
 * does.
 *
 * @param seeds how many both have
 * @param value the mean over these of the first less the second; NaN if one diverged, or there is
 *     none
 * @param margin half of the 95 % t interval of that mean; NaN with less than two seeds
 */
public record Difference(int seeds, double value, double margin) {

  private static final double CONFIDENCE = 0.95;

  /** Of a measure after the last epoch, the first less the second. */
  public static Difference paired(
      List<RunResult> first, List<RunResult> second, ToDoubleFunction<EpochResult> measure) {
    Map<Integer, Double> others = new HashMap<>();
    second.forEach(run -> others.put(run.trial().seed(), measure.applyAsDouble(run.last())));
    return of(
        Spread.of(
            first.stream()
                .filter(run -> others.containsKey(run.trial().seed()))
                .mapToDouble(
                    run -> measure.applyAsDouble(run.last()) - others.get(run.trial().seed()))
                .toArray()));
  }

  private static Difference of(Spread differences) {
    int seeds = differences.count();
    double margin =
        differences.hasDeviation()
            ? new TDistribution(null, seeds - 1).inverseCumulativeProbability((1 + CONFIDENCE) / 2)
                * differences.deviation()
                / Math.sqrt(seeds)
            : Double.NaN;
    return new Difference(seeds, differences.mean(), margin);
  }

  /** Whether anything can be said: there is an interval. */
  public boolean known() {
    return Double.isFinite(value) && Double.isFinite(margin);
  }

  /** The lower end of the interval. */
  public double low() {
    return value - margin;
  }

  /** The upper end of the interval. */
  public double high() {
    return value + margin;
  }

  /** Whether the interval is on one side of zero; false if nothing can be said. */
  public boolean toldApart() {
    return known() && Math.abs(value) > margin;
  }
}
