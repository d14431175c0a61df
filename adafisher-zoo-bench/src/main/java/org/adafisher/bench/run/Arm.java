package org.adafisher.bench.run;

import java.util.ArrayList;
import java.util.List;
import org.adafisher.bench.data.Dataset;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/** A network in training, and what was measured on it so far. */
final class Arm {

  /** Large enough for few calls, small enough for any memory. */
  private static final int EVALUATION_BATCH = 500;

  private static final double NANOS_A_MILLI = 1e6;

  private final String optimizer;
  private final MultiLayerNetwork network;
  private final List<EpochResult> epochs = new ArrayList<>();
  private boolean diverged;

  Arm(String optimizer, MultiLayerNetwork network) {
    this.optimizer = optimizer;
    this.network = network;
  }

  String optimizer() {
    return optimizer;
  }

  /** Trains for one epoch and measures; does nothing any more once the loss was not finite. */
  EpochResult runEpoch(Dataset data, int batchSize, long orderSeed) {
    int epoch = epochs.size() + 1;
    EpochResult result = EpochResult.diverged(epoch);
    if (!diverged) {
      List<Double> stepMillis = train(data.train(batchSize, orderSeed));
      double loss = loss(data.trainInOrder(EVALUATION_BATCH));
      diverged = !Double.isFinite(loss);
      if (!diverged) {
        double accuracy = network.evaluate(data.test(EVALUATION_BATCH)).accuracy();
        result = new EpochResult(epoch, loss, accuracy, stepMillis);
      }
    }
    epochs.add(result);
    return result;
  }

  RunResult result(String model, int seed) {
    return new RunResult(model, network.numParams(), optimizer, seed, epochs);
  }

  private List<Double> train(DataSetIterator batches) {
    List<Double> stepMillis = new ArrayList<>();
    while (batches.hasNext()) {
      DataSet batch = batches.next();
      long start = System.nanoTime();
      network.fit(batch);
      Nd4j.getExecutioner().commit(); // a GPU may still be at work on the step
      stepMillis.add((System.nanoTime() - start) / NANOS_A_MILLI);
    }
    return stepMillis;
  }

  private double loss(DataSetIterator batches) {
    double sum = 0;
    long examples = 0;
    while (batches.hasNext()) {
      DataSet batch = batches.next();
      sum += network.score(batch, false) * batch.numExamples();
      examples += batch.numExamples();
    }
    return sum / examples;
  }
}
