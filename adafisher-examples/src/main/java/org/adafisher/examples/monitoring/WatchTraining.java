package org.adafisher.examples.monitoring;

import java.nio.file.Files;
import java.nio.file.Path;
import org.adafisher.AdaFisher;
import org.adafisher.AdaFisherStatsListener;
import org.adafisher.bench.data.DataRequest;
import org.adafisher.bench.data.Dataset;
import org.adafisher.bench.data.Datasets;
import org.adafisher.examples.DigitsNetwork;
import org.adafisher.onednn.OneDnn;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.ui.model.stats.StatsListener;
import org.deeplearning4j.ui.model.storage.FileStatsStorage;

/**
 * Trains the digits and watches AdaFisher: every 32 iterations to the log and to a CSV file, every
 * 4 to a storage file for DL4J's training UI, beside what a StatsListener puts there. To see that,
 * add {@code org.deeplearning4j:deeplearning4j-ui} and {@code UIServer.getInstance().attach(new
 * FileStatsStorage(file))}.
 */
public final class WatchTraining {

  private static final int BATCH = 32;
  private static final int EPOCHS = 4;
  private static final int ITERATIONS_AN_EPOCH = 32;
  private static final int OFTEN = 4;

  private WatchTraining() {}

  /**
   * @param args the folder for the files, made if it is not there; results/watching if left out
   */
  public static void main(String[] args) throws Exception {
    OneDnn.enable(); // convolutions several times faster: docs/onednn.md
    Path folder = Path.of(args.length > 0 ? args[0] : "results/watching");
    Files.createDirectories(folder);
    Dataset digits = Datasets.REGISTRY.get("digits").load(DataRequest.plain());
    MultiLayerNetwork net = DigitsNetwork.create();
    AdaFisher.attach(net);
    StatsStorage storage = new FileStatsStorage(folder.resolve("ui-storage.bin").toFile());
    try {
      net.addListeners(
          new StatsListener(storage, OFTEN, "training"),
          AdaFisherStatsListener.builder()
              .every(OFTEN)
              .to(new TrainingUiSink(storage, "AdaFisher"))
              .build(),
          AdaFisherStatsListener.builder()
              .every(ITERATIONS_AN_EPOCH)
              .toLog()
              .toCsv(folder.resolve("adafisher.csv"))
              .build());
      for (int epoch = 0; epoch < EPOCHS; epoch++) {
        net.fit(digits.train(BATCH, epoch));
      }
    } finally {
      storage.close();
    }
    System.out.printf("In %s: adafisher.csv, ui-storage.bin%n", folder);
  }
}
