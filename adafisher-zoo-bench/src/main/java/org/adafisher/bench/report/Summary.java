package org.adafisher.bench.report;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.adafisher.bench.run.EpochResult;
import org.adafisher.bench.run.RunResult;

/** Sums runs up over their seeds. */
public final class Summary {

  private Summary() {}

  /**
   * One summary for each model and optimizer, in the order of the runs.
   *
   * @param runs complete: every optimizer has a run for every model and seed
   * @param reference the optimizer whose final loss the others are to reach
   */
  public static List<ArmSummary> of(List<RunResult> runs, String reference) {
    return byModel(runs).values().stream()
        .flatMap(
            modelRuns -> {
              Map<String, List<RunResult>> arms = byOptimizer(modelRuns);
              double goal = Curve.of(arms.get(reference), EpochResult::trainLoss).last().mean();
              return arms.values().stream().map(arm -> summary(arm, goal));
            })
        .toList();
  }

  static Map<String, List<RunResult>> byModel(List<RunResult> runs) {
    return runs.stream()
        .collect(Collectors.groupingBy(RunResult::model, LinkedHashMap::new, Collectors.toList()));
  }

  static Map<String, List<RunResult>> byOptimizer(List<RunResult> runs) {
    return runs.stream()
        .collect(
            Collectors.groupingBy(RunResult::optimizer, LinkedHashMap::new, Collectors.toList()));
  }

  private static ArmSummary summary(List<RunResult> arm, double goal) {
    Curve loss = Curve.of(arm, EpochResult::trainLoss);
    double[] millis = stepMillis(arm);
    return new ArmSummary(
        arm.get(0).model(),
        arm.get(0).parameters(),
        arm.get(0).optimizer(),
        arm.size(),
        Curve.of(arm, EpochResult::testAccuracy).last(),
        loss.last(),
        median(millis),
        Arrays.stream(millis).average().orElse(Double.NaN),
        loss.firstAtMost(goal));
  }

  /** The sorted times of all steps but those of the first epoch, when the JVM still compiles. */
  private static double[] stepMillis(List<RunResult> arm) {
    return arm.stream()
        .flatMap(run -> run.epochs().stream())
        .filter(epoch -> epoch.epoch() > 1)
        .flatMap(epoch -> epoch.stepMillis().stream())
        .mapToDouble(Double::doubleValue)
        .sorted()
        .toArray();
  }

  private static double median(double[] sorted) {
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }
}
