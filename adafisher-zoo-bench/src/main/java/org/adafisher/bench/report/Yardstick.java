package org.adafisher.bench.report;

import java.util.function.ToDoubleFunction;
import org.adafisher.bench.report.stats.Difference;
import org.adafisher.bench.report.stats.Spread;
import org.adafisher.bench.report.text.Numbers;
import org.adafisher.bench.result.EpochResult;

/** What the comparisons on one model are about, and how it is written. */
enum Yardstick {
  /** Of classifiers and the like; more is better. */
  ACCURACY("accuracy", true, Arm::testAccuracy, EpochResult::validationAccuracy) {
    @Override
    String write(Spread spread) {
      return Words.accuracy(spread, Words.PLUS_MINUS) + " %";
    }

    @Override
    String write(Difference difference, Spread other) {
      return Words.points(difference.value())
          + interval(
              Numbers.signed(PERCENT * difference.low(), Words.ACCURACY_DECIMALS),
              Numbers.signed(PERCENT * difference.high(), Words.ACCURACY_DECIMALS));
    }
  },

  /** Of language models; less is better. */
  PERPLEXITY("perplexity", false, Arm::testPerplexity, Arm::validationPerplexity) {
    @Override
    String write(Spread spread) {
      return Words.loss(spread, Words.PLUS_MINUS);
    }

    @Override
    String write(Difference difference, Spread other) {
      return Words.lossDifference(difference, other);
    }
  };

  private static final double PERCENT = 100;

  private final String words;
  private final boolean moreIsBetter;
  private final ToDoubleFunction<EpochResult> test;
  private final ToDoubleFunction<EpochResult> validation;

  Yardstick(
      String words,
      boolean moreIsBetter,
      ToDoubleFunction<EpochResult> test,
      ToDoubleFunction<EpochResult> validation) {
    this.words = words;
    this.moreIsBetter = moreIsBetter;
    this.test = test;
    this.validation = validation;
  }

  /** The ends of an interval, to go after its middle. */
  static String interval(String low, String high) {
    return ", 95 % CI " + low + " to " + high;
  }

  /** Mean and deviation with its unit. */
  abstract String write(Spread spread);

  /** How far one is from another one, with its unit and interval. */
  abstract String write(Difference difference, Spread other);

  /** On the test part, or on the validation part. */
  Spread of(Arm arm, boolean tested) {
    return arm.last(measure(tested));
  }

  /** Of an epoch, on the test part, or on the validation part. */
  ToDoubleFunction<EpochResult> measure(boolean tested) {
    return tested ? test : validation;
  }

  /** "test accuracy". */
  String words(boolean tested) {
    return (tested ? "test " : "validation ") + words;
  }

  boolean moreIsBetter() {
    return moreIsBetter;
  }

  /** How good a mean is: greater is better. */
  double merit(double mean) {
    return moreIsBetter ? mean : -mean;
  }
}
