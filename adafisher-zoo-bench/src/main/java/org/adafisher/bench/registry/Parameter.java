package org.adafisher.bench.registry;

import java.util.OptionalDouble;

/**
 * A number that a configuration may set on an optimizer or a model.
 *
 * @param name its key
 * @param defaultValue its value where the configuration is silent; empty if it has to be given
 * @param range the values it can have
 */
public record Parameter(String name, OptionalDouble defaultValue, Range range) {

  /** The learning rate at the start of the schedule, which every optimizer needs. */
  public static final Parameter LEARNING_RATE =
      new Parameter("learningRate", OptionalDouble.empty(), Range.POSITIVE);

  /** A number above zero. */
  public static Parameter positive(String name, double defaultValue) {
    return new Parameter(name, OptionalDouble.of(defaultValue), Range.POSITIVE);
  }

  /** A number of at least zero and below one. */
  public static Parameter fraction(String name, double defaultValue) {
    return new Parameter(name, OptionalDouble.of(defaultValue), Range.FRACTION);
  }

  /** A number of at least zero. */
  public static Parameter nonNegative(String name, double defaultValue) {
    return new Parameter(name, OptionalDouble.of(defaultValue), Range.NON_NEGATIVE);
  }

  /** A whole number of at least zero. */
  public static Parameter whole(String name, int defaultValue) {
    return new Parameter(name, OptionalDouble.of(defaultValue), Range.WHOLE);
  }

  /** A whole number of at least one. */
  public static Parameter count(String name, int defaultValue) {
    return new Parameter(name, OptionalDouble.of(defaultValue), Range.COUNT);
  }

  /** 1 for yes, 0 for no. */
  public static Parameter flag(String name, boolean defaultValue) {
    return new Parameter(name, OptionalDouble.of(defaultValue ? 1 : 0), Range.FLAG);
  }

  /** A set of allowed values, and how to say it. */
  public enum Range {
    /** Above zero and finite. */
    POSITIVE("a number above 0") {
      @Override
      public boolean contains(double value) {
        return value > 0 && value < Double.POSITIVE_INFINITY;
      }
    },
    /** At least zero and finite. */
    NON_NEGATIVE("a number of at least 0") {
      @Override
      public boolean contains(double value) {
        return value >= 0 && value < Double.POSITIVE_INFINITY;
      }
    },
    /** A whole number of at least zero. */
    WHOLE("a whole number of at least 0") {
      @Override
      public boolean contains(double value) {
        return value >= 0 && value <= Integer.MAX_VALUE && value == Math.rint(value);
      }
    },
    /** Above zero and at most one. */
    SHARE("a number above 0 and at most 1") {
      @Override
      public boolean contains(double value) {
        return value > 0 && value <= 1;
      }
    },
    /** At least zero and below one. */
    FRACTION("a number of at least 0 and below 1") {
      @Override
      public boolean contains(double value) {
        return value >= 0 && value < 1;
      }
    },
    /** Zero or one. */
    FLAG("0 or 1") {
      @Override
      public boolean contains(double value) {
        return value == 0 || value == 1;
      }
    },
    /** One of three choices by number. */
    ONE_OF_THREE("0, 1 or 2") {
      @Override
      public boolean contains(double value) {
        return value == 0 || value == 1 || value == 2;
      }
    },
    /** A whole number of at least one. */
    COUNT("a whole number of at least 1") {
      @Override
      public boolean contains(double value) {
        return value >= 1 && value <= Integer.MAX_VALUE && value == Math.rint(value);
      }
    };

    private final String words;

    Range(String words) {
      this.words = words;
    }

    /** Whether a value is allowed. */
    public abstract boolean contains(double value);

    /** For error messages: "a number above 0". */
    @Override
    public String toString() {
      return words;
    }
  }
}
