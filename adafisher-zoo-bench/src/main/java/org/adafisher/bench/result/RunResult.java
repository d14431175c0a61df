package org.adafisher.bench.result;

import java.util.ArrayList;
import java.util.List;

/**
 * One run: one model trained by one optimizer from one seed.
 *
 * @param trial what was run
 * @param parameters how many parameters the model has
 * @param plannedSteps how many minibatches the run has in all
 * @param epochs one result an epoch, from epoch 1 on; fewer than planned while the run goes on
 */
public record RunResult(Trial trial, long parameters, long plannedSteps, List<EpochResult> epochs) {

  /** Copies the list. */
  public RunResult {
    epochs = List.copyOf(epochs);
  }

  /** The result after the last epoch so far. */
  public EpochResult last() {
    return epochs.get(epochs.size() - 1);
  }

  /** Whether nothing is left to do: all steps are done, or the run has diverged. */
  public boolean complete() {
    return !epochs.isEmpty() && (last().diverged() || last().steps() >= plannedSteps);
  }

  /** The same run after one more epoch. */
  public RunResult with(EpochResult epoch) {
    List<EpochResult> more = new ArrayList<>(epochs);
    more.add(epoch);
    return new RunResult(trial, parameters, plannedSteps, more);
  }
}
