package org.adafisher.bench.report;

import org.adafisher.bench.report.stats.Difference;
import org.adafisher.bench.report.stats.Spread;
import org.adafisher.bench.report.stats.TargetHits;
import org.adafisher.bench.report.text.Numbers;

/** How the numbers of this report are written. */
final class Words {

  static final int ACCURACY_DECIMALS = 2;
  static final int LOSS_DIGITS = 4;
  static final int MILLIS_DIGITS = 3;
  static final int RATE_DIGITS = 4;
  static final String PLUS_MINUS = " \u00B1 ";

  private Words() {}

  /** Mean and, of several seeds, deviation, in per cent. */
  static String accuracy(Spread spread, String plusMinus) {
    return Numbers.percent(spread.mean(), ACCURACY_DECIMALS)
        + (spread.hasDeviation()
            ? plusMinus + Numbers.percent(spread.deviation(), ACCURACY_DECIMALS)
            : "");
  }

  /** Mean and, of several seeds, deviation. */
  static String loss(Spread spread, String plusMinus) {
    return loss(spread.mean())
        + (spread.hasDeviation()
            ? plusMinus + Numbers.like(spread.deviation(), spread.mean(), LOSS_DIGITS)
            : "");
  }

  static String loss(double value) {
    return Numbers.significant(value, LOSS_DIGITS);
  }

  /** How long runs took, mean and deviation; what one that diverged took says nothing. */
  static String seconds(Arm arm, String plusMinus) {
    if (arm.diverged() > 0) {
      return Numbers.NONE;
    }
    Spread spread = arm.seconds();
    return Numbers.fixed(spread.mean(), 1)
        + (spread.hasDeviation() ? plusMinus + Numbers.fixed(spread.deviation(), 1) : "");
  }

  /** How far a loss is from another one, with its interval. */
  static String lossDifference(Difference difference, Spread other) {
    return signed(difference.value(), other)
        + Yardstick.interval(signed(difference.low(), other), signed(difference.high(), other));
  }

  private static String signed(double value, Spread like) {
    return Numbers.withPlus(Numbers.like(value, like.mean(), LOSS_DIGITS));
  }

  static String rate(double learningRate) {
    return Numbers.compact(learningRate, RATE_DIGITS);
  }

  static String millis(double value) {
    return Numbers.significant(value, MILLIS_DIGITS);
  }

  /** "1,200", "1,200 (2 of 3)" or "never". */
  static String hits(TargetHits hits, Spread value, int decimals) {
    if (hits.runs() == 0) {
      return Numbers.NONE;
    }
    if (hits.reached() == 0) {
      return "never";
    }
    return Numbers.fixed(value.mean(), decimals)
        + (hits.reached() == hits.runs() ? "" : " (" + hits.reached() + " of " + hits.runs() + ")");
  }

  /** "diverged", or "2 of 3 diverged". */
  static String diverged(Arm arm) {
    int complete = arm.complete().size();
    return arm.diverged() == complete
        ? "diverged"
        : arm.diverged() + " of " + complete + " diverged";
  }

  /** "2 of 3 at chance". */
  static String atChance(Arm arm) {
    return arm.atChance() + " of " + arm.complete().size() + " at chance";
  }

  /** "2 of 3 seeds ended at chance". */
  static String endedAtChance(Arm arm) {
    return arm.atChance() + " of " + seeds(arm.complete().size()) + " ended at chance";
  }

  static String points(double share) {
    return Numbers.signed(100 * share, ACCURACY_DECIMALS) + " points";
  }

  /** "1 seed", "3 seeds". */
  static String seeds(int count) {
    return count + (count == 1 ? " seed" : " seeds");
  }
}
