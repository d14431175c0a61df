package org.adafisher.bench.data;

import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** A data set in three fixed parts. */
public interface Dataset {

  /** What a model has to fit. */
  Shape shape();

  /**
   * SHA-256 of the examples as they are used, in hexadecimal digits: another one whenever an
   * example, its answer or its part is another one, whatever the files look like.
   */
  String sha256();

  /** How many examples a part has. */
  int size(Part part);

  /** One pass over a part in its stored order, never augmented, for measuring. */
  DataSetIterator inOrder(Part part, int batchSize);

  /**
   * One pass over the training part in random order, augmented if that was asked for, in
   * minibatches of which the last may be smaller.
   *
   * @param orderSeed decides order and augmentation: equal seeds, equal minibatches
   */
  DataSetIterator train(int batchSize, long orderSeed);
}
