package org.adafisher.bench.data;

import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** A data set in three fixed parts. */
public interface Dataset {

  /** What a model has to fit. */
  Shape shape();

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
