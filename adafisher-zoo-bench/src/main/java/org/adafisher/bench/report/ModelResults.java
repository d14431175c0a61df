package org.adafisher.bench.report;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.adafisher.bench.report.stats.Difference;
import org.adafisher.bench.report.stats.Spread;
import org.adafisher.bench.result.CostResult;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.Target;

/**
 * All that was measured on one model.
 *
 * @param model its name
 * @param parameters how many it has
 * @param arms in the order of the optimizers; in a sweep several an optimizer
 * @param costs what a step costs
 * @param goals the targets
 * @param perplexity whether exp(loss) is shown
 */
record ModelResults(
    String model,
    long parameters,
    List<Arm> arms,
    List<CostResult> costs,
    List<Goal> goals,
    boolean perplexity) {

  ModelResults {
    arms = List.copyOf(arms);
    costs = List.copyOf(costs);
    goals = List.copyOf(goals);
  }

  /** By name, in order. */
  Map<String, List<Arm>> byOptimizer() {
    return arms.stream()
        .collect(Collectors.groupingBy(Arm::optimizer, LinkedHashMap::new, Collectors.toList()));
  }

  /** Whether an optimizer has several learning rates or batch sizes. */
  boolean sweep() {
    return byOptimizer().values().stream().anyMatch(cells -> cells.size() > 1);
  }

  /**
   * One arm an optimizer: its only one, or of a sweep the one that is best on the validation part
   * in the mean among those in which no run diverged.
   */
  List<Arm> headline() {
    return byOptimizer().values().stream().map(this::best).toList();
  }

  private Arm best(List<Arm> cells) {
    return cells.stream()
        .filter(arm -> yardstick().of(arm, false).known())
        .max(
            Comparator.comparingDouble(arm -> yardstick().merit(yardstick().of(arm, false).mean())))
        .orElse(cells.get(0));
  }

  /** What comparisons are about. */
  Yardstick yardstick() {
    return perplexity ? Yardstick.PERPLEXITY : Yardstick.ACCURACY;
  }

  /** Whether any run was tested. */
  boolean tested() {
    return arms.stream()
        .flatMap(arm -> arm.runs().stream())
        .anyMatch(run -> run.last().test().isPresent());
  }

  /** The yardstick's values: on the test part if that was measured. */
  Spread quality(Arm arm) {
    return yardstick().of(arm, tested());
  }

  /** How far the first is from the second by the yardstick, over the seeds that both have. */
  Difference qualityDifference(Arm first, Arm second) {
    return difference(first, second, yardstick().measure(tested()));
  }

  /** How far the first is from the second by a measure, over the seeds that both have. */
  static Difference difference(Arm first, Arm second, ToDoubleFunction<EpochResult> measure) {
    return Difference.paired(first.complete(), second.complete(), measure);
  }

  /** Their name. */
  String qualityWords() {
    return yardstick().words(tested());
  }

  /** The arm of that optimizer among the headline's. */
  Optional<Arm> headline(String optimizer) {
    return headline().stream().filter(arm -> arm.optimizer().equals(optimizer)).findFirst();
  }

  /** With these targets, their values settled; a run at chance sets none. */
  ModelResults withGoals(List<Target> targets, String reference) {
    List<Goal> settled =
        targets.stream()
            .map(
                target ->
                    target.value().isPresent()
                        ? new Goal(target.measure(), target.value().getAsDouble(), "")
                        : new Goal(
                            target.measure(),
                            headline(reference)
                                .filter(arm -> arm.atChance() == 0)
                                .map(arm -> arm.last(target.measure()::of).mean())
                                .orElse(Double.NaN),
                            reference))
            .toList();
    return new ModelResults(model, parameters, arms, costs, settled, perplexity);
  }
}
