package org.adafisher.bench.run;

import java.util.List;

/**
 * What one arm had come to at the end of an epoch.
 *
 * @param epoch counted from 1
 * @param trainLoss mean loss over the whole training part, measured after the epoch with the
 *     network in evaluation mode; NaN once the arm has diverged
 * @param testAccuracy share of the test part that is classified correctly, 0 to 1; NaN once the arm
 *     has diverged
 * @param stepMillis the time of each training step of this epoch, forward, backward and update, in
 *     milliseconds; empty once the arm has diverged
 */
public record EpochResult(
    int epoch, double trainLoss, double testAccuracy, List<Double> stepMillis) {

  /** Copies the list. */
  public EpochResult {
    stepMillis = List.copyOf(stepMillis);
  }

  static EpochResult diverged(int epoch) {
    return new EpochResult(epoch, Double.NaN, Double.NaN, List.of());
  }
}
