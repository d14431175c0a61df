package org.adafisher.bench.data;

import java.util.Random;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A data set held in two pairs of matrices, one example a row.
 *
 * @param training the training part
 * @param testing the test part
 * @param inputType the shape of one example
 * @param classes the number of classes
 */
record InMemoryDataset(DataSet training, DataSet testing, InputType inputType, int classes)
    implements Dataset {

  @Override
  public int trainExamples() {
    return training.numExamples();
  }

  @Override
  public DataSetIterator train(int batchSize, long orderSeed) {
    // Not DataSet.shuffle: ND4J's only swaps examples at even positions with ones at odd positions.
    int[] order = Permutations.random(trainExamples(), new Random(orderSeed));
    DataSet shuffled =
        new DataSet(
            Nd4j.pullRows(training.getFeatures(), 1, order),
            Nd4j.pullRows(training.getLabels(), 1, order));
    return new ViewIterator(shuffled, batchSize);
  }

  @Override
  public DataSetIterator trainInOrder(int batchSize) {
    return new ViewIterator(training, batchSize);
  }

  @Override
  public DataSetIterator test(int batchSize) {
    return new ViewIterator(testing, batchSize);
  }
}
