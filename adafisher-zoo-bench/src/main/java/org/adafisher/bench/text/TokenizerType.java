package org.adafisher.bench.text;

import org.adafisher.bench.registry.Described;

/** A way to cut text that a configuration can name. */
public interface TokenizerType extends Described {

  /**
   * A new segmenter.
   *
   * @param separated whether blanks stand between all words and marks already, as in the token
   *     files of WikiText-2 and the Penn Treebank; where that makes no difference it is ignored
   */
  Segmenter segmenter(boolean separated);
}
