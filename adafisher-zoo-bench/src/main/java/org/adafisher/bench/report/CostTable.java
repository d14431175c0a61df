package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.adafisher.bench.report.text.AsciiTable;
import org.adafisher.bench.report.text.Numbers;
import org.adafisher.bench.result.CostResult;

/** What a training step costs as text for a console, one table a model, in plain ASCII. */
public final class CostTable {

  private static final double BYTES_A_MEGABYTE = 1e6;
  private static final int SHARE_DECIMALS = 3;
  private static final int STATE_DIGITS = 4;

  private CostTable() {}

  /** The tables' text; empty if nothing was timed. */
  public static String of(ReportData data) {
    Map<String, List<CostResult>> models =
        data.costs().stream()
            .collect(
                Collectors.groupingBy(CostResult::model, LinkedHashMap::new, Collectors.toList()));
    return models.values().stream()
        .map(costs -> table(costs, data.reference()))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  private static String table(List<CostResult> costs, String reference) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "optimizer",
            "batch",
            "ms a step",
            "of " + reference + "'s",
            "epochs in its " + CostResult.REFERENCE_EPOCHS,
            "state, MB"));
    for (CostResult cost : costs) {
      rows.add(
          List.of(
              cost.optimizer(),
              String.valueOf(cost.batchSize()),
              Words.millis(cost.stepMillis()),
              Numbers.fixed(cost.ofReference(), SHARE_DECIMALS),
              Numbers.fixed(cost.epochs(), 0),
              Numbers.significant(cost.stateBytes() / BYTES_A_MEGABYTE, STATE_DIGITS)));
    }
    return String.format(
        Locale.ROOT,
        "%s (%,d parameters)%n%s",
        costs.get(0).model(),
        costs.get(0).parameters(),
        AsciiTable.of(rows));
  }
}
