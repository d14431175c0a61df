package org.adafisher.bench.result;

/**
 * How good a prediction can be that does not look at the example, on the validation part. A run
 * that is no better has collapsed, or has not learned anything yet.
 *
 * @param loss the least mean loss of any prediction that is the same for all examples: of classes
 *     and tokens the entropy of the answers, where images are to be reconstructed the squared error
 *     of the mean image
 * @param accuracy the accuracy that guessing exceeds once in a thousand times: that of the most
 *     frequent answer, and what chance adds to it on so many examples; 0 where images are to be
 *     reconstructed
 */
public record ChanceLevel(double loss, double accuracy) {

  /** Means of losses in FLOAT are as exact as that. */
  private static final double ROUNDING = 1e-6;

  /**
   * Whether an epoch ended no better than that by both measures: overconfident networks are right
   * more often than chance at a high loss, and few examples can be guessed well.
   */
  public boolean holds(EpochResult epoch) {
    return epoch.validationLoss() >= loss * (1 - ROUNDING)
        && epoch.validationAccuracy() <= accuracy;
  }
}
