package org.adafisher.bench.result;

import java.util.function.ToDoubleFunction;

/** What is measured after every epoch and can be a goal. */
public enum Measure {
  /** Mean loss on the training sample; less is better. */
  TRAIN_LOSS("trainLoss", "training loss", false, EpochResult::trainLoss),
  /** Mean loss on the validation part; less is better. */
  VALIDATION_LOSS("validationLoss", "validation loss", false, EpochResult::validationLoss),
  /** Accuracy on the validation part, 0 to 1; more is better. */
  VALIDATION_ACCURACY(
      "validationAccuracy", "validation accuracy", true, EpochResult::validationAccuracy);

  private final String key;
  private final String words;
  private final boolean moreIsBetter;
  private final ToDoubleFunction<EpochResult> value;

  Measure(String key, String words, boolean moreIsBetter, ToDoubleFunction<EpochResult> value) {
    this.key = key;
    this.words = words;
    this.moreIsBetter = moreIsBetter;
    this.value = value;
  }

  /** Its name in a configuration. */
  public String key() {
    return key;
  }

  /** Its value after an epoch; NaN if the run had diverged. */
  public double of(EpochResult epoch) {
    return value.applyAsDouble(epoch);
  }

  /** Whether a value is at least as good as another; never true of NaN. */
  public boolean reaches(double value, double goal) {
    return moreIsBetter ? value >= goal : value <= goal;
  }

  /** Whether more is better. */
  public boolean moreIsBetter() {
    return moreIsBetter;
  }

  /** For titles: "training loss". */
  @Override
  public String toString() {
    return words;
  }
}
