package org.adafisher.bench.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One run: one model trained by one optimizer from one seed.
 *
 * @param trial what was run
 * @param parameters how many parameters the model has
 * @param plannedSteps how many minibatches the run has in all
 * @param dataSha256 the content of the data set; empty where an older version did not record it
 * @param chance what could be guessed on the validation part; empty where an older version did not
 *     record it
 * @param epochs one result an epoch, from epoch 1 on; fewer than planned while the run goes on
 */
public record RunResult(
    Trial trial,
    long parameters,
    long plannedSteps,
    Optional<String> dataSha256,
    Optional<ChanceLevel> chance,
    List<EpochResult> epochs) {

  /** Copies the list. */
  public RunResult {
    epochs = List.copyOf(epochs);
  }

  /** A run that does not say of which data it is. */
  public RunResult(Trial trial, long parameters, long plannedSteps, List<EpochResult> epochs) {
    this(trial, parameters, plannedSteps, Optional.empty(), Optional.empty(), epochs);
  }

  /**
   * The same run, which goes on with that content of the data set, and what can be guessed on it.
   */
  public RunResult onData(String sha256, ChanceLevel level) {
    return new RunResult(
        trial, parameters, plannedSteps, Optional.of(sha256), Optional.of(level), epochs);
  }

  /** Whether the last epoch so far is no better than guessing; false where that is not known. */
  public boolean atChance() {
    return chance.isPresent() && chance.get().holds(last());
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
    return new RunResult(trial, parameters, plannedSteps, dataSha256, chance, more);
  }
}
