package org.adafisher.bench.data;

import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** One pass over examples in a given order; {@link #reset} starts the very same pass again. */
final class Pass implements DataSetIterator {

  private static final long serialVersionUID = 1L;

  private final transient Maker maker;
  private final int[] order;
  private final int batchSize;
  private final int outcomes;
  private final transient Supplier<Optional<SplittableRandom>> chance;

  private transient Optional<SplittableRandom> random;
  private transient DataSetPreProcessor preProcessor;
  private int position;

  /** Makes a minibatch of examples, by their numbers. */
  @FunctionalInterface
  interface Maker {
    DataSet make(int[] indices, Optional<SplittableRandom> augmentation);
  }

  /**
   * A pass at its beginning.
   *
   * @param maker of its minibatches
   * @param order which examples, in which order
   * @param batchSize how many in a minibatch; the last may have fewer
   * @param outcomes the number of classes
   * @param chance the generator that augments, the same at every start; or none
   * @throws IllegalArgumentException if the batch size is not positive
   */
  Pass(
      Maker maker,
      int[] order,
      int batchSize,
      int outcomes,
      Supplier<Optional<SplittableRandom>> chance) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("a minibatch has at least 1 example, not " + batchSize);
    }
    this.maker = maker;
    this.order = order;
    this.batchSize = batchSize;
    this.outcomes = outcomes;
    this.chance = chance;
    this.random = chance.get();
  }

  @Override
  public boolean hasNext() {
    return position < order.length;
  }

  @Override
  public DataSet next() {
    return next(batchSize);
  }

  @Override
  public DataSet next(int num) {
    if (!hasNext()) {
      throw new NoSuchElementException("the pass is over");
    }
    int end = Math.min(order.length, position + num);
    DataSet batch = maker.make(Arrays.copyOfRange(order, position, end), random);
    position = end;
    if (preProcessor != null) {
      preProcessor.preProcess(batch);
    }
    return batch;
  }

  @Override
  public void reset() {
    position = 0;
    random = chance.get();
  }

  @Override
  public int batch() {
    return batchSize;
  }

  @Override
  public int totalOutcomes() {
    return outcomes;
  }

  @Override
  public int inputColumns() {
    throw new UnsupportedOperationException("the data set's shape says what an example looks like");
  }

  @Override
  public boolean resetSupported() {
    return true;
  }

  /** Not: the arrays would be made in another thread's workspaces. */
  @Override
  public boolean asyncSupported() {
    return false;
  }

  @Override
  public void setPreProcessor(DataSetPreProcessor preProcessor) {
    this.preProcessor = preProcessor;
  }

  @Override
  public DataSetPreProcessor getPreProcessor() {
    return preProcessor;
  }

  @Override
  public List<String> getLabels() {
    return null;
  }
}
