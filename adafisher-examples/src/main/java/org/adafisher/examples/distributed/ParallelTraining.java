package org.adafisher.examples.distributed;

import org.adafisher.AdaFisher;
import org.adafisher.bench.data.DataRequest;
import org.adafisher.bench.data.Dataset;
import org.adafisher.bench.data.Datasets;
import org.adafisher.bench.data.Part;
import org.adafisher.examples.DigitsNetwork;
import org.adafisher.onednn.OneDnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.parallelism.ParallelWrapper.TrainingMode;

/**
 * Trains with two workers that average parameters, momentum and factors after every step. What is
 * special about AdaFisher: the network is attached before the wrapper is built, which then gives
 * the listener to every worker. Each epoch is a fit of its own and goes on where the last one
 * ended.
 */
public final class ParallelTraining {

  private static final int WORKERS = 2;
  private static final int BATCH_OF_A_WORKER = 16;
  private static final int EPOCHS = 10;

  private ParallelTraining() {}

  /**
   * @param args none
   * @throws Exception if the data cannot be read
   */
  public static void main(String[] args) throws Exception {
    OneDnn.enable(); // convolutions several times faster: docs/onednn.md
    Dataset digits = Datasets.REGISTRY.get("digits").load(DataRequest.plain());
    MultiLayerNetwork net = DigitsNetwork.create();
    AdaFisher.attach(net);
    ParallelWrapper wrapper =
        new ParallelWrapper.Builder<>(net)
            .workers(WORKERS)
            .averagingFrequency(1)
            .trainingMode(TrainingMode.AVERAGING)
            .build();
    try {
      for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        wrapper.fit(digits.train(BATCH_OF_A_WORKER, epoch));
        System.out.printf(
            "epoch %d: validation accuracy %.3f%n",
            epoch, net.evaluate(digits.inOrder(Part.VALIDATION, 100)).accuracy());
      }
    } finally {
      wrapper.shutdown();
    }
    System.out.printf(
        "test accuracy: %.3f%n", net.evaluate(digits.inOrder(Part.TEST, 100)).accuracy());
  }
}
