package org.adafisher.bench.data;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a configuration asks of a data set.
 *
 * @param directory where the user has the files; for {@link Task#LANGUAGE} it may be a file
 * @param train take only this many training examples, after validation is taken away: the first of
 *     an order shuffled with a fixed seed, and equally many of each class as far as possible
 * @param validation how many examples to take from the training part for validation, in the same
 *     way; the data set's default if empty
 * @param test take only this many test examples, in the same way
 * @param imageSize resize images to squares of so many pixels (bilinear)
 * @param channels 1 or 3: turn grey images into RGB ones or the reverse
 * @param augmentation what is done to training images
 * @param text how text becomes examples, for {@link Task#LANGUAGE}; there, train, validation and
 *     test are numbers of tokens, from the beginning of a part
 */
public record DataRequest(
    Optional<Path> directory,
    OptionalInt train,
    OptionalInt validation,
    OptionalInt test,
    OptionalInt imageSize,
    OptionalInt channels,
    Augmentation augmentation,
    TextForm text) {

  /** Everything there is, as it is. */
  public static DataRequest plain() {
    return new DataRequest(
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Augmentation.NONE,
        TextForm.DEFAULT);
  }
}
