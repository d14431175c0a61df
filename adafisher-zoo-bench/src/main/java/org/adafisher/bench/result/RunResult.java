package org.adafisher.bench.run;

import java.util.List;

/**
 * One model trained by one optimizer from one seed.
 *
 * @param model the model's name
 * @param parameters how many parameters the model has
 * @param optimizer the optimizer's name in the experiment
 * @param seed the seed
 * @param epochs one result an epoch, from epoch 1 on
 */
public record RunResult(
    String model, long parameters, String optimizer, int seed, List<EpochResult> epochs) {

  /** Copies the list. */
  public RunResult {
    epochs = List.copyOf(epochs);
  }

  /** The result after the last epoch. */
  public EpochResult last() {
    return epochs.get(epochs.size() - 1);
  }
}
