package org.adafisher.bench.run;

import java.util.List;
import java.util.Optional;
import org.adafisher.bench.config.Budget;
import org.adafisher.bench.result.CostResult;

/** How many steps a run's budget buys. */
final class Allowance {

  private static final double MILLIS_A_SECOND = 1e3;

  private final String reference;
  private final List<CostResult> times;

  /**
   * @param reference the optimizer whose epochs set the time
   * @param times of a step, for every model, batch size and optimizer; unused where the budget is
   *     equal epochs
   */
  Allowance(String reference, List<CostResult> times) {
    this.reference = reference;
    this.times = List.copyOf(times);
  }

  /** Whether a budget can only be turned into steps when steps have been timed. */
  static boolean needsTimes(Budget budget) {
    return budget instanceof Budget.Seconds || ((Budget.Epochs) budget).equalWallClock();
  }

  long steps(Budget budget, Arm arm, int stepsAnEpoch) {
    if (budget instanceof Budget.Seconds seconds) {
      return atLeastOne(seconds.count() * MILLIS_A_SECOND / time(arm).stepMillis());
    }
    Budget.Epochs epochs = (Budget.Epochs) budget;
    long steps = (long) epochs.count() * stepsAnEpoch;
    boolean same = !epochs.equalWallClock() || arm.optimizer().name().equals(reference);
    return same ? steps : atLeastOne(steps / time(arm).ofReference());
  }

  /** Whether the arm's step has been timed. */
  boolean knows(Arm arm) {
    return find(arm).isPresent();
  }

  private static long atLeastOne(double steps) {
    return Math.max(1, Math.round(steps));
  }

  private CostResult time(Arm arm) {
    return find(arm).orElseThrow();
  }

  private Optional<CostResult> find(Arm arm) {
    return times.stream()
        .filter(
            t ->
                t.model().equals(arm.model().name())
                    && t.optimizer().equals(arm.optimizer().name())
                    && t.batchSize() == arm.batchSize())
        .findFirst();
  }
}
