package org.adafisher.bench.data;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** A classification data set whose training and test parts are fixed and share no example. */
public interface Dataset {

  /** The shape of one example's features, as the networks need to know it. */
  InputType inputType();

  /** How many classes there are; labels are one-hot rows of this length. */
  int classes();

  /** How many examples {@link #train} and {@link #trainInOrder} go through. */
  int trainExamples();

  /**
   * One pass over the training part in minibatches, the last of which may be smaller.
   *
   * @param orderSeed decides the order of the examples: equal seeds, equal order
   */
  DataSetIterator train(int batchSize, long orderSeed);

  /** One pass over the training part in its stored order, for measuring. */
  DataSetIterator trainInOrder(int batchSize);

  /** One pass over the test part in its stored order. */
  DataSetIterator test(int batchSize);
}
