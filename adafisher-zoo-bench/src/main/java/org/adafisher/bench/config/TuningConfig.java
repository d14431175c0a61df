package org.adafisher.bench.config;

import java.util.List;
import org.adafisher.bench.result.Measure;

/**
 * How learning rates are chosen: the same for every optimizer. Its grid is geometric, {@code
 * trials} rates with its configured rate in the middle.
 *
 * @param trials rates for each optimizer, odd so that there is a middle
 * @param ratio between neighbours
 * @param epochs in place of the experiment's; under equal wall-clock, the reference's
 * @param seeds none of which is one of the experiment's
 * @param measure what is compared, on the validation part after the last epoch
 */
public record TuningConfig(
    int trials, double ratio, int epochs, List<Integer> seeds, Measure measure) {

  /** Copies the list. */
  public TuningConfig {
    seeds = List.copyOf(seeds);
  }
}
