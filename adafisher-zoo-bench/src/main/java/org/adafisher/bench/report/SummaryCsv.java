package org.adafisher.bench.report;

import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.OptionalInt;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** The summaries as CSV, one line for each model and optimizer. */
public final class SummaryCsv {

  private SummaryCsv() {}

  /**
   * The file's text; "never" where the reference's final loss was not reached.
   *
   * @throws IOException never in practice: it writes to memory
   */
  public static String of(List<ArmSummary> arms) throws IOException {
    StringWriter text = new StringWriter();
    try (CSVPrinter csv = new CSVPrinter(text, CSVFormat.RFC4180)) {
      csv.printRecord(
          "model",
          "parameters",
          "optimizer",
          "seeds",
          "test_accuracy_mean",
          "test_accuracy_sd",
          "train_loss_mean",
          "train_loss_sd",
          "step_ms_median",
          "step_ms_mean",
          "epochs_to_reference_loss");
      for (ArmSummary arm : arms) {
        csv.printRecord(
            arm.model(),
            arm.parameters(),
            arm.optimizer(),
            arm.seeds(),
            arm.accuracy().mean(),
            arm.accuracy().deviation(),
            arm.loss().mean(),
            arm.loss().deviation(),
            arm.medianStepMillis(),
            arm.meanStepMillis(),
            orNever(arm.epochsToReference()));
      }
    }
    return text.toString();
  }

  static String orNever(OptionalInt epoch) {
    return epoch.isPresent() ? Integer.toString(epoch.getAsInt()) : "never";
  }
}
