package org.adafisher.bench.run;

import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** One line an epoch of every run: all that was measured, but for the times of single steps. */
final class EpochsCsv {

  private static final double MILLIS_A_SECOND = 1e3;

  private EpochsCsv() {}

  static String of(List<RunResult> runs) throws IOException {
    StringWriter text = new StringWriter();
    try (CSVPrinter csv = new CSVPrinter(text, CSVFormat.RFC4180)) {
      csv.printRecord(
          "model", "optimizer", "seed", "epoch", "train_loss", "test_accuracy", "train_seconds");
      for (RunResult run : runs) {
        for (EpochResult epoch : run.epochs()) {
          double millis = epoch.stepMillis().stream().mapToDouble(Double::doubleValue).sum();
          csv.printRecord(
              run.model(),
              run.optimizer(),
              run.seed(),
              epoch.epoch(),
              epoch.trainLoss(),
              epoch.testAccuracy(),
              millis / MILLIS_A_SECOND);
        }
      }
    }
    return text.toString();
  }
}
