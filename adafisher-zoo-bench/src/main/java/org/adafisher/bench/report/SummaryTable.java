package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The summaries as text for a console, one table a model, in plain ASCII. */
public final class SummaryTable {

  private static final String GAP = "   ";

  private SummaryTable() {}

  /**
   * The tables' text.
   *
   * @param arms the summaries
   * @param reference the optimizer whose final loss the others are to reach
   */
  public static String of(List<ArmSummary> arms, String reference) {
    Map<String, List<ArmSummary>> byModel =
        arms.stream()
            .collect(
                Collectors.groupingBy(ArmSummary::model, LinkedHashMap::new, Collectors.toList()));
    return byModel.values().stream()
        .map(modelArms -> table(modelArms, reference))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  private static String table(List<ArmSummary> arms, String reference) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "optimizer",
            "test accuracy, %",
            "train loss",
            "ms a step",
            "epochs to " + reference + "'s final loss"));
    arms.forEach(arm -> rows.add(row(arm)));
    String title =
        String.format(
            Locale.ROOT, "%s (%,d parameters)%n", arms.get(0).model(), arms.get(0).parameters());
    return title + layout(rows);
  }

  private static List<String> row(ArmSummary arm) {
    boolean diverged = Double.isNaN(arm.loss().mean());
    return List.of(
        arm.optimizer(),
        diverged ? "-" : plusMinus("%.2f", arm.accuracy(), 100, arm.seeds()),
        diverged ? "diverged" : plusMinus("%.5f", arm.loss(), 1, arm.seeds()),
        Double.isNaN(arm.medianStepMillis()) ? "-" : number("%.2f", arm.medianStepMillis()),
        SummaryCsv.orNever(arm.epochsToReference()));
  }

  private static String plusMinus(String format, Spread spread, double unit, int seeds) {
    String mean = number(format, spread.mean() * unit);
    return seeds == 1 ? mean : mean + " +/- " + number(format, spread.deviation() * unit);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /** The first column to the left, the others to the right, a rule below the first row. */
  private static String layout(List<List<String>> rows) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int c = 0; c < columns; c++) {
        widths[c] = Math.max(widths[c], row.get(c).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      StringBuilder line = new StringBuilder("  ");
      for (int c = 0; c < columns; c++) {
        String format = "%" + (c == 0 ? "-" : "") + widths[c] + "s";
        line.append(c == 0 ? "" : GAP).append(String.format(format, rows.get(r).get(c)));
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
      if (r == 0) {
        text.append("  ").append("-".repeat(line.length() - 2)).append(System.lineSeparator());
      }
    }
    return text.toString();
  }
}
