package org.adafisher.examples.distributed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.adafisher.AdaFisher;
import org.adafisher.bench.data.DataRequest;
import org.adafisher.bench.data.Dataset;
import org.adafisher.bench.data.Datasets;
import org.adafisher.bench.data.Part;
import org.adafisher.examples.DigitsNetwork;
import org.adafisher.onednn.OneDnn;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.LocalFileModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.termination.ScoreImprovementEpochTerminationCondition;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.parallelism.EarlyStoppingParallelTrainer;

/**
 * Trains with two workers until the validation loss has not fallen for three epochs, then goes on
 * from the best model with one. What is special about AdaFisher: the network is attached before the
 * trainer gets it. Models are saved in files, which have momentum and factors; a model that is
 * saved in memory has none after a fit of several workers, since DL4J copies no updater state of
 * it.
 */
public final class ParallelEarlyStopping {

  private static final int WORKERS = 2;
  private static final int BATCH_OF_A_WORKER = 16;
  private static final int PREFETCH = 2;
  private static final int PATIENCE = 3;
  private static final int MOST_EPOCHS = 15;

  private ParallelEarlyStopping() {}

  /**
   * @param args a directory for the models; a temporary one without
   * @throws Exception if the data cannot be read
   */
  public static void main(String[] args) throws Exception {
    OneDnn.enable(); // convolutions several times faster: docs/onednn.md
    Dataset digits = Datasets.REGISTRY.get("digits").load(DataRequest.plain());
    MultiLayerNetwork net = DigitsNetwork.create();
    AdaFisher.attach(net);
    EarlyStoppingConfiguration<MultiLayerNetwork> until =
        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .epochTerminationConditions(
                new ScoreImprovementEpochTerminationCondition(PATIENCE),
                new MaxEpochsTerminationCondition(MOST_EPOCHS))
            .scoreCalculator(new DataSetLossCalculator(digits.inOrder(Part.VALIDATION, 100), true))
            .modelSaver(new LocalFileModelSaver(directory(args).toString()))
            .build();
    EarlyStoppingResult<MultiLayerNetwork> result =
        new EarlyStoppingParallelTrainer<>(
                until, net, digits.train(BATCH_OF_A_WORKER, 1), null, WORKERS, PREFETCH, 1)
            .fit();
    System.out.printf(
        "stopped after %d epochs (%s); best was epoch %d with validation loss %.3f%n",
        result.getTotalEpochs(),
        result.getTerminationDetails(),
        result.getBestModelEpoch(),
        result.getBestModelScore());

    MultiLayerNetwork best = result.getBestModel();
    double accuracy = accuracy(best, digits);
    AdaFisher.attach(best); // momentum and factors came with it
    best.fit(digits.train(WORKERS * BATCH_OF_A_WORKER, 2));
    System.out.printf(
        "test accuracy of the best model: %.3f; after another epoch: %.3f%n",
        accuracy, accuracy(best, digits));
  }

  private static Path directory(String[] args) throws IOException {
    return args.length > 0
        ? Files.createDirectories(Path.of(args[0]))
        : Files.createTempDirectory("early-stopping");
  }

  private static double accuracy(MultiLayerNetwork net, Dataset digits) {
    return net.evaluate(digits.inOrder(Part.TEST, 100)).accuracy();
  }
}
