package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.adafisher.bench.report.chart.Bar;
import org.adafisher.bench.report.chart.BarChart;
import org.adafisher.bench.report.html.Cell;
import org.adafisher.bench.report.html.Html;
import org.adafisher.bench.report.html.Table;
import org.adafisher.bench.report.text.Numbers;
import org.adafisher.bench.result.CostResult;

/** What a training step costs on one model. */
final class CostSection {

  private static final double BYTES_A_MEGABYTE = 1e6;
  private static final int SHARE_DECIMALS = 2;
  private static final int STATE_DIGITS = 3;

  private CostSection() {}

  static void write(Html html, ModelResults results, ReportData data, Figures figures) {
    List<CostResult> costs = results.costs();
    String share = "of " + data.reference() + "\u2019s step";
    html.element("h3", "What a step costs");
    html.element(
        "p",
        "Median over rounds of interleaved steps, what an optimizer does now and then spread over"
            + " the steps. The share is the median of the shares within the rounds, which a busy"
            + " machine disturbs less than it does the milliseconds. The epochs are those that fit"
            + " in the time in which "
            + data.reference()
            + " makes "
            + CostResult.REFERENCE_EPOCHS
            + ".",
        "class",
        "note");
    Table table =
        Table.ofNumbers(List.of("optimizer", "batch", "ms a step", share, "epochs", "state, MB"));
    for (CostResult cost : costs) {
      table.row(
          Cell.of(cost.optimizer()),
          Cell.of(Integer.toString(cost.batchSize())),
          Cell.of(Words.millis(cost.stepMillis())),
          Cell.of(Numbers.fixed(cost.ofReference(), SHARE_DECIMALS)),
          Cell.of(Numbers.fixed(cost.epochs(), 0)),
          Cell.of(Numbers.significant(cost.stateBytes() / BYTES_A_MEGABYTE, STATE_DIGITS)));
    }
    table.write(html);
    figures.add(
        html,
        results.model() + " step cost",
        new BarChart(
            results.model() + ": ms a step",
            bars(costs, Results.optimizers(data), data.reference())),
        "");
  }

  private static List<Bar> bars(List<CostResult> costs, List<String> optimizers, String reference) {
    boolean oneBatch = costs.stream().map(CostResult::batchSize).distinct().count() == 1;
    List<Bar> bars = new ArrayList<>();
    for (CostResult cost : costs) {
      bars.add(
          new Bar(
              oneBatch ? cost.optimizer() : cost.optimizer() + ", batch " + cost.batchSize(),
              optimizers.indexOf(cost.optimizer()),
              cost.stepMillis(),
              Double.NaN,
              Double.NaN,
              String.format(
                  Locale.ROOT,
                  "%s (%s of %s)",
                  Words.millis(cost.stepMillis()),
                  Numbers.fixed(cost.ofReference(), SHARE_DECIMALS),
                  reference)));
    }
    return bars;
  }
}
