package org.adafisher.bench.data;

import java.util.Optional;

/**
 * A text, or three.
 *
 * @param train what is trained on; the whole, if the others are to be taken from its end
 * @param others validation and test, if they are texts of their own
 * @param separated whether blanks stand between all words and marks already
 */
record TextParts(String train, Optional<Others> others, boolean separated) {

  /**
   * What is not trained on.
   *
   * @param validation what is chosen by
   * @param test what is reported
   */
  record Others(String validation, String test) {}

  /** One text. */
  static TextParts whole(String text) {
    return new TextParts(text, Optional.empty(), false);
  }
}
