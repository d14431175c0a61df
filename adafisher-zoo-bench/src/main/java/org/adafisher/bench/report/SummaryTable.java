package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.adafisher.bench.report.stats.Spread;
import org.adafisher.bench.report.stats.TargetHits;
import org.adafisher.bench.report.text.AsciiTable;
import org.adafisher.bench.report.text.Numbers;
import org.adafisher.bench.result.EpochResult;

/** What came out as text for a console, one table a model, in plain ASCII. */
public final class SummaryTable {

  private static final String PLUS_MINUS = " +/- ";

  private SummaryTable() {}

  /**
   * The tables' text: means and deviations over the complete runs, and how far the experiment is if
   * it is unfinished. In a sweep each optimizer has its best cell alone.
   */
  public static String of(ReportData data) {
    Results results = Results.of(data);
    String tables =
        results.models().stream()
            .filter(model -> !model.arms().isEmpty())
            .map(SummaryTable::table)
            .collect(Collectors.joining(System.lineSeparator()));
    return results.complete()
        ? tables
        : results.completion() + "." + System.lineSeparator() + System.lineSeparator() + tables;
  }

  private static String table(ModelResults model) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(headings(model));
    model.headline().forEach(arm -> rows.add(row(model, arm)));
    String title =
        String.format(
            Locale.ROOT,
            "%s (%,d parameters)%s%n",
            model.model(),
            model.parameters(),
            model.sweep()
                ? ", each optimizer at its best " + model.yardstick().words(false) + " in the sweep"
                : "");
    return title + AsciiTable.of(rows) + targets(model) + collapsed(model);
  }

  /** Their words would make the table wider than a screen. */
  private static String targets(ModelResults model) {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= model.goals().size(); i++) {
      Goal goal = model.goals().get(i - 1);
      lines
          .append("  ")
          .append(target(i))
          .append(": ")
          .append(goal.wordsWithValue())
          .append(System.lineSeparator());
    }
    return lines.toString();
  }

  private static String collapsed(ModelResults model) {
    return model.headline().stream()
        .filter(arm -> arm.atChance() > 0)
        .map(
            arm ->
                "  " + arm.optimizer() + ": " + Words.endedAtChance(arm) + System.lineSeparator())
        .collect(Collectors.joining());
  }

  private static String target(int number) {
    return "T" + number;
  }

  private static List<String> headings(ModelResults model) {
    List<String> headings = new ArrayList<>(List.of("optimizer", "lr"));
    if (model.sweep()) {
      headings.add("batch");
    }
    headings.add("runs");
    if (model.perplexity()) {
      headings.addAll(List.of("test ppl.", "val. ppl."));
    }
    headings.addAll(
        List.of(
            "test acc. %", "val. acc. %", "train loss", "minibatch loss", "ms a step", "seconds"));
    for (int i = 1; i <= model.goals().size(); i++) {
      headings.add("steps to " + target(i));
    }
    return headings;
  }

  /** From the first epoch's to the last one's: it falls where a network learns at all. */
  private static String fall(Arm arm) {
    Spread first = Spread.of(arm.complete(), run -> run.epochs().get(0).minibatchLoss());
    Spread last = arm.last(EpochResult::minibatchLoss);
    return last.known()
        ? Words.loss(first.mean()) + " to " + Words.loss(last.mean())
        : Numbers.NONE;
  }

  private static List<String> row(ModelResults model, Arm arm) {
    List<String> row = new ArrayList<>(List.of(arm.optimizer(), Words.rate(arm.learningRate())));
    if (model.sweep()) {
      row.add(arm.batchSize() == 0 ? Numbers.NONE : Integer.toString(arm.batchSize()));
    }
    Spread loss = arm.last(EpochResult::trainLoss);
    row.add(Integer.toString(arm.complete().size()));
    if (model.perplexity()) {
      row.add(Words.loss(arm.last(Arm::testPerplexity), PLUS_MINUS));
      row.add(Words.loss(arm.last(Arm::validationPerplexity), PLUS_MINUS));
    }
    row.add(Words.accuracy(arm.last(Arm::testAccuracy), PLUS_MINUS));
    row.add(Words.accuracy(arm.last(EpochResult::validationAccuracy), PLUS_MINUS));
    row.add(
        arm.diverged() > 0
            ? Words.diverged(arm)
            : arm.halfCollapsed() ? Words.atChance(arm) : Words.loss(loss, PLUS_MINUS));
    row.add(fall(arm));
    row.add(Words.millis(arm.medianStepMillis()));
    row.add(Words.seconds(arm, PLUS_MINUS));
    for (Goal goal : model.goals()) {
      TargetHits hits = TargetHits.of(arm.complete(), goal.measure(), goal.value());
      row.add(Double.isNaN(goal.value()) ? Numbers.NONE : Words.hits(hits, hits.steps(), 0));
    }
    return row;
  }
}
