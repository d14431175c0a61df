package org.adafisher.bench.data;

import java.util.Optional;
import java.util.SplittableRandom;
import org.nd4j.linalg.dataset.DataSet;

/** Makes floating-point arrays of examples that are kept as bytes. */
interface Minibatches {

  /**
   * New arrays, features and labels, one row an example.
   *
   * @param indices which examples, in this order
   * @param augmentation where chance comes from; empty: the examples as they are
   */
  DataSet make(Examples examples, int[] indices, Optional<SplittableRandom> augmentation);
}
