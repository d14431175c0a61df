package org.adafisher.bench.config;

import java.util.List;

/**
 * A grid on which every optimizer is run, to see how much it minds.
 *
 * @param learningRates in place of the optimizers' own
 * @param batchSizes in place of the experiment's
 */
public record SweepConfig(List<Double> learningRates, List<Integer> batchSizes) {

  /** Copies the lists. */
  public SweepConfig {
    learningRates = List.copyOf(learningRates);
    batchSizes = List.copyOf(batchSizes);
  }
}
