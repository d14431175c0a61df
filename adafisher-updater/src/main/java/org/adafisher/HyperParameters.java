package org.adafisher;

/** The ranges of hyper-parameters; each failure names the parameter, its value and the range. */
final class HyperParameters {

  private HyperParameters() {}

  static double positive(String name, double value) {
    return require(value > 0 && Double.isFinite(value), name, value, "above 0 and finite");
  }

  static double notNegative(String name, double value) {
    return require(value >= 0 && Double.isFinite(value), name, value, "0 or more and finite");
  }

  static double fraction(String name, double value) {
    return require(value >= 0 && value < 1, name, value, "at least 0 and below 1");
  }

  static int atLeast(int least, String name, int value) {
    if (value < least) {
      throw new IllegalArgumentException(
          "AdaFisher: %s must be at least %d, but is %d.".formatted(name, least, value));
    }
    return value;
  }

  private static double require(boolean holds, String name, double value, String range) {
    if (!holds) {
      throw new IllegalArgumentException(
          "AdaFisher: %s must be %s, but is %s.".formatted(name, range, value));
    }
    return value;
  }
}
