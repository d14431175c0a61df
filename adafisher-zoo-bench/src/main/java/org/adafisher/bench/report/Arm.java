package org.adafisher.bench.report;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.adafisher.bench.report.stats.Completion;
import org.adafisher.bench.report.stats.Median;
import org.adafisher.bench.report.stats.Spread;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.EpochResult.TestResult;
import org.adafisher.bench.result.RunResult;

/**
 * One optimizer with one learning rate and batch size on one model, over all seeds.
 *
 * @param optimizer its name
 * @param index its place among the optimizers, which decides its colour everywhere
 * @param learningRate at the start of the schedule; NaN if no run has started
 * @param batchSize examples a minibatch; 0 if no run has started
 * @param runs those that have at least one epoch
 */
record Arm(String optimizer, int index, double learningRate, int batchSize, List<RunResult> runs) {

  Arm {
    runs = List.copyOf(runs);
  }

  /** The complete runs: all statistics are over them alone. */
  List<RunResult> complete() {
    return Completion.complete(runs);
  }

  /** What curves show: the complete runs, or as long as there are none those that are going on. */
  List<RunResult> shown() {
    List<RunResult> complete = complete();
    return complete.isEmpty() ? runs : complete;
  }

  /** How many runs diverged. */
  int diverged() {
    return (int) runs.stream().filter(run -> run.last().diverged()).count();
  }

  /** How many complete runs ended no better than guessing. */
  int atChance() {
    return (int) complete().stream().filter(RunResult::atChance).count();
  }

  /**
   * Whether some complete runs ended at chance and others did not: their mean is that of neither.
   */
  boolean halfCollapsed() {
    return atChance() > 0 && atChance() < complete().size();
  }

  /** A measure after the last epoch; NaN as soon as one run diverged, or where it is no mean. */
  Spread last(ToDoubleFunction<EpochResult> measure) {
    boolean meaningless = halfCollapsed();
    return Spread.of(
        complete(), run -> meaningless ? Double.NaN : measure.applyAsDouble(run.last()));
  }

  /** A measure after the last epoch, over the runs that did not diverge or end at chance. */
  Spread lastOfSurvivors(ToDoubleFunction<EpochResult> measure) {
    List<RunResult> survivors =
        complete().stream().filter(run -> !run.last().diverged() && !run.atChance()).toList();
    return Spread.of(survivors, run -> measure.applyAsDouble(run.last()));
  }

  /** How long the complete runs trained. */
  Spread seconds() {
    return Spread.of(complete(), run -> run.last().seconds());
  }

  /** Median time of a step; the first epoch, in which the JVM still compiles, does not count. */
  double medianStepMillis() {
    return stepMillis(EpochResult::medianStepMillis);
  }

  /** Like the median, of the mean times of a step. */
  double meanStepMillis() {
    return stepMillis(EpochResult::meanStepMillis);
  }

  private double stepMillis(ToDoubleFunction<EpochResult> millis) {
    double later = stepMillis(millis, 2);
    return Double.isNaN(later) ? stepMillis(millis, 1) : later;
  }

  private double stepMillis(ToDoubleFunction<EpochResult> millis, int firstEpoch) {
    return Median.of(
        runs.stream()
            .flatMap(run -> run.epochs().stream())
            .filter(epoch -> epoch.epoch() >= firstEpoch)
            .mapToDouble(millis)
            .toArray());
  }

  /** exp(loss) on the test part; NaN where it was not measured. */
  static double testPerplexity(EpochResult epoch) {
    return Math.exp(epoch.test().map(TestResult::loss).orElse(Double.NaN));
  }

  /** exp(loss) on the validation part. */
  static double validationPerplexity(EpochResult epoch) {
    return Math.exp(epoch.validationLoss());
  }

  /** Accuracy on the test part, 0 to 1; NaN where it was not measured. */
  static double testAccuracy(EpochResult epoch) {
    return epoch.test().map(TestResult::accuracy).orElse(Double.NaN);
  }
}
