package org.adafisher.bench.report.text;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as a reader wants them, the same in every locale; "-" where there is none. */
public final class Numbers {

  /** What stands for a number that is not there. */
  public static final String NONE = "-";

  private static final double PERCENT = 100;
  private static final double LEAST_PLAIN = 1e-4;
  private static final double GREATEST_PLAIN = 1e7;

  private Numbers() {}

  /** A fixed number of decimals, thousands separated. */
  public static String fixed(double value, int decimals) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    String text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
    return text.matches("-[0.,]+") ? text.substring(1) : text; // no minus before a zero
  }

  /** A share, 0 to 1, as a number of per cent without the sign. */
  public static String percent(double share, int decimals) {
    return fixed(PERCENT * share, decimals);
  }

  /** With a sign, also a plus. */
  public static String signed(double value, int decimals) {
    return withPlus(fixed(value, decimals));
  }

  /** The text of a number with a plus, if it is positive as it is written. */
  public static String withPlus(String number) {
    return number.matches("[0-9.,]*[1-9].*") ? "+" + number : number;
  }

  /** As few characters as show that many significant digits: "0.003", "1,200", "1e-5". */
  public static String compact(double value, int digits) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    if (value == 0) {
      return "0";
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits)).stripTrailingZeros();
    double magnitude = Math.abs(rounded.doubleValue());
    if (magnitude >= LEAST_PLAIN && magnitude < GREATEST_PLAIN) {
      return fixed(rounded.doubleValue(), Math.max(0, rounded.scale()));
    }
    int exponent = rounded.precision() - rounded.scale() - 1;
    String mantissa = rounded.scaleByPowerOfTen(-exponent).stripTrailingZeros().toPlainString();
    return mantissa + "e" + exponent;
  }

  /** A fixed number of significant digits, trailing zeros included: what belongs into a column. */
  public static String significant(double value, int digits) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    if (value == 0) {
      return "0";
    }
    return like(value, value, digits);
  }

  /** A number as precise as another one is with that many significant digits: its deviation. */
  public static String like(double value, double other, int digits) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    double magnitude = Math.abs(other);
    if (magnitude < LEAST_PLAIN) {
      return String.format(Locale.ROOT, "%." + (digits - 1) + "e", value);
    }
    int decimals = digits - 1 - (int) Math.floor(Math.log10(magnitude));
    return fixed(value, Math.max(0, decimals));
  }
}
