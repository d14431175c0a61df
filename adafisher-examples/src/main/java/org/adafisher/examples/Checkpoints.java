package org.adafisher.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.adafisher.AdaFisher;
import org.adafisher.bench.data.DataRequest;
import org.adafisher.bench.data.Dataset;
import org.adafisher.bench.data.Datasets;
import org.adafisher.bench.data.Part;
import org.adafisher.onednn.OneDnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.listeners.CheckpointListener;

/**
 * Saves a checkpoint each epoch, keeps the last two, loses the program, and goes on from the last
 * one: with momentum and factors, bit for bit the run that was never lost. What is special about
 * AdaFisher: the restored network is attached again.
 */
public final class Checkpoints {

  private static final int BATCH = 32;
  private static final int EPOCHS = 6;
  private static final int LOST_AFTER = 4;

  private Checkpoints() {}

  /**
   * @param args none
   */
  public static void main(String[] args) throws Exception {
    OneDnn.enable(); // convolutions several times faster: docs/onednn.md
    Dataset digits = Datasets.REGISTRY.get("digits").load(DataRequest.plain());
    Path folder = Files.createTempDirectory("checkpoints");
    try {
      MultiLayerNetwork undisturbed = network();
      train(undisturbed, digits, 0, EPOCHS);

      MultiLayerNetwork lost = network();
      lost.addListeners(
          new CheckpointListener.Builder(folder.toFile()).saveEveryNEpochs(1).keepLast(2).build());
      train(lost, digits, 0, LOST_AFTER);

      try (Stream<Path> files = Files.list(folder)) {
        System.out.println(
            "checkpoints: "
                + files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".zip"))
                    .sorted()
                    .toList());
      }
      MultiLayerNetwork restored = CheckpointListener.loadLastCheckpointMLN(folder.toFile());
      restored.setEpochCount(LOST_AFTER); // DL4J saves before it counts the epoch
      AdaFisher.attach(restored);
      train(restored, digits, LOST_AFTER, EPOCHS);

      System.out.printf(
          "after %d epochs, test accuracy %.3f; the same parameters as without a break: %s%n",
          restored.getEpochCount(),
          restored.evaluate(digits.inOrder(Part.TEST, BATCH)).accuracy(),
          restored.params().equals(undisturbed.params()));
    } finally {
      delete(folder);
    }
  }

  private static void train(MultiLayerNetwork net, Dataset digits, int from, int to) {
    for (int epoch = from; epoch < to; epoch++) {
      net.fit(digits.train(BATCH, epoch)); // each epoch has an order of its own
    }
  }

  private static MultiLayerNetwork network() {
    MultiLayerNetwork net = DigitsNetwork.create();
    AdaFisher.attach(net);
    return net;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
