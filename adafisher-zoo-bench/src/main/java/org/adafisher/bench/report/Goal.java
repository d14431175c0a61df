package org.adafisher.bench.report;

import org.adafisher.bench.report.text.Numbers;
import org.adafisher.bench.result.Measure;

/**
 * A target on one model, its value settled.
 *
 * @param measure what has to be reached
 * @param value the value; NaN if it was to be the reference's, which has none
 * @param reference whose final value it is; empty if it was given as a number
 */
record Goal(Measure measure, double value, String reference) {

  private static final int DIGITS = 4;

  /** "Adam's final training loss". */
  String words() {
    return reference.isEmpty() ? measure + " " + valueInWords() : reference + "'s final " + measure;
  }

  /** With the value in any case. */
  String wordsWithValue() {
    return reference.isEmpty() ? words() : words() + ", " + valueInWords();
  }

  private String valueInWords() {
    return measure == Measure.VALIDATION_ACCURACY
        ? Numbers.compact(100 * value, DIGITS) + " %"
        : Numbers.compact(value, DIGITS);
  }
}
