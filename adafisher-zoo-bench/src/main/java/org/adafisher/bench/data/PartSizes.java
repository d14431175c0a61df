package org.adafisher.bench.data;

import java.util.OptionalInt;

/** Takes the parts that were asked for out of what there is. */
final class PartSizes {

  /** The default of the validation part, of the training images. */
  private static final int VALIDATION_PERCENT = 10;

  private final String dataset;
  private final String examples;
  private final DataRequest request;

  /**
   * For one data set.
   *
   * @param dataset its name, for error messages
   * @param examples what its examples are called in error messages: "images"
   */
  PartSizes(String dataset, String examples, DataRequest request) {
    this.dataset = dataset;
    this.examples = examples;
    this.request = request;
  }

  /**
   * Takes the validation part: what was asked for, or the default. Every class keeps an example to
   * train on.
   *
   * @param pool the training examples
   * @param byDefault how many, of all classes equally; empty: a tenth of each class
   * @throws DataException if there are not enough
   */
  int[] validation(Pool pool, OptionalInt byDefault) throws DataException {
    OptionalInt wanted = request.validation().isPresent() ? request.validation() : byDefault;
    if (wanted.isEmpty()) {
      int[] tenth = pool.takePercent(VALIDATION_PERCENT);
      if (tenth.length == 0) {
        throw new DataException(
            "%s: none of the %d training %s can be spared for validation"
                .formatted(dataset, pool.size(), examples));
      }
      return tenth;
    }
    int most = pool.spare();
    if (wanted.getAsInt() > most) {
      throw new DataException(
          "%s: validation asks for %d of %d training %s, of which at most %d can be spared"
              .formatted(dataset, wanted.getAsInt(), pool.size(), examples, most));
    }
    return pool.takeEquallyAndLeaveOne(atLeastOne("validation", wanted.getAsInt()));
  }

  /**
   * What is left to train on, or as much of it as was asked for.
   *
   * @throws DataException if there are not enough
   */
  int[] train(Pool pool) throws DataException {
    return limited(
        "train", "training " + examples + " without those for validation", pool, request.train());
  }

  /**
   * A validation part that the source sets apart, or as much of it as was asked for.
   *
   * @throws DataException if there are not enough
   */
  int[] givenValidation(Pool pool) throws DataException {
    return limited("validation", "validation " + examples, pool, request.validation());
  }

  /**
   * The test part, or as much of it as was asked for.
   *
   * @throws DataException if there are not enough
   */
  int[] test(Pool pool) throws DataException {
    return limited("test", "test " + examples, pool, request.test());
  }

  private int[] limited(String key, String what, Pool pool, OptionalInt limit)
      throws DataException {
    if (limit.isEmpty()) {
      return pool.rest();
    }
    if (limit.getAsInt() > pool.size()) {
      throw new DataException(
          "%s: %s asks for %d, but there are %d %s"
              .formatted(dataset, key, limit.getAsInt(), pool.size(), what));
    }
    return pool.takeEqually(atLeastOne(key, limit.getAsInt()));
  }

  private int atLeastOne(String key, int value) throws DataException {
    if (value < 1) {
      throw new DataException("%s: %s has to be at least 1, not %d".formatted(dataset, key, value));
    }
    return value;
  }
}
