package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.adafisher.bench.report.html.Cell;
import org.adafisher.bench.report.html.Html;
import org.adafisher.bench.report.html.Table;
import org.adafisher.bench.report.stats.Spread;
import org.adafisher.bench.report.text.Numbers;
import org.adafisher.bench.result.EpochResult;

/** The table of what came out for one model. */
final class ResultsSection {

  private static final String DIVERGED = "diverged";

  private final ModelResults results;

  private ResultsSection(ModelResults results) {
    this.results = results;
  }

  static void write(Html html, ModelResults results) {
    new ResultsSection(results).write(html);
  }

  private void write(Html html) {
    html.element("h3", "Results");
    html.element("p", explanation(), "class", "note");
    table(results.headline()).write(html);
    if (results.sweep()) {
      html.open("details").element("summary", "All " + results.arms().size() + " cells");
      table(results.arms()).write(html);
      html.close();
    }
  }

  private String explanation() {
    boolean oneSeed = results.arms().stream().allMatch(arm -> arm.complete().size() < 2);
    return "After the last epoch"
        + (oneSeed
            ? ", one seed: there is no deviation, and differences may be chance."
            : ": mean \u00B1 standard deviation over the complete runs, below it lowest to"
                + " highest.")
        + (results.sweep()
            ? " Each optimizer at the learning rate and batch size with its best mean "
                + results.yardstick().words(false)
                + ", chosen afterwards from this sweep."
            : "")
        + (results.arms().stream().anyMatch(arm -> arm.atChance() > 0)
            ? " At chance: no better than guessing without a look at the example."
            : "")
        + " Bold: best of the column.";
  }

  private Table table(List<Arm> arms) {
    List<String> headings = new ArrayList<>(List.of("optimizer", "learning rate", "batch", "runs"));
    if (results.perplexity()) {
      headings.addAll(List.of("test perplexity", "validation perplexity"));
    }
    headings.addAll(
        List.of(
            "test accuracy, %", "validation accuracy, %", "training loss", "ms a step", "seconds"));
    Table table = Table.ofNumbers(headings);
    Optional<Arm> bestTest = best(arms, Arm::testAccuracy, true);
    Optional<Arm> bestValidation = best(arms, EpochResult::validationAccuracy, true);
    Optional<Arm> bestLoss = best(arms, EpochResult::trainLoss, false);
    Optional<Arm> leastTest = best(arms, Arm::testPerplexity, false);
    Optional<Arm> leastValidation = best(arms, Arm::validationPerplexity, false);
    for (Arm arm : arms) {
      List<Cell> row = new ArrayList<>();
      row.add(Cell.of(arm.optimizer()));
      row.add(Cell.of(Words.rate(arm.learningRate())));
      row.add(Cell.of(arm.batchSize() == 0 ? Numbers.NONE : Integer.toString(arm.batchSize())));
      row.add(runs(arm));
      if (results.perplexity()) {
        row.add(loss(arm, Arm::testPerplexity, leastTest));
        row.add(loss(arm, Arm::validationPerplexity, leastValidation));
      }
      row.add(accuracy(arm, Arm::testAccuracy, bestTest));
      row.add(accuracy(arm, EpochResult::validationAccuracy, bestValidation));
      row.add(loss(arm, EpochResult::trainLoss, bestLoss));
      row.add(Cell.of(Words.millis(arm.medianStepMillis())));
      row.add(Cell.of(Words.seconds(arm, Words.PLUS_MINUS)));
      table.row(row);
    }
    return table;
  }

  private static Optional<Arm> best(
      List<Arm> arms, ToDoubleFunction<EpochResult> measure, boolean moreIsBetter) {
    Comparator<Arm> order = Comparator.comparingDouble(arm -> arm.last(measure).mean());
    return arms.stream()
        .filter(arm -> arm.last(measure).known())
        .max(moreIsBetter ? order : order.reversed());
  }

  private static Cell runs(Arm arm) {
    int complete = arm.complete().size();
    Cell cell = Cell.of(Integer.toString(complete));
    List<String> notes = new ArrayList<>();
    int unfinished = arm.runs().size() - complete;
    if (unfinished > 0) {
      notes.add(unfinished + " going on");
    }
    if (arm.runs().isEmpty()) {
      notes.add("not begun");
    }
    if (arm.atChance() > 0) {
      notes.add(arm.atChance() + " at chance");
    }
    return notes.isEmpty() ? cell : cell.withNote(String.join(", ", notes));
  }

  private static Cell accuracy(Arm arm, ToDoubleFunction<EpochResult> measure, Optional<Arm> best) {
    Spread all = arm.last(measure);
    if (all.known()) {
      String range =
          Numbers.percent(all.low(), Words.ACCURACY_DECIMALS)
              + " to "
              + Numbers.percent(all.high(), Words.ACCURACY_DECIMALS);
      return cell(Words.accuracy(all, Words.PLUS_MINUS), range, all, isBest(arm, best));
    }
    Spread rest = arm.lastOfSurvivors(measure);
    return missing(arm, rest, Words.accuracy(rest, Words.PLUS_MINUS));
  }

  /** A loss, or a perplexity. */
  private static Cell loss(Arm arm, ToDoubleFunction<EpochResult> measure, Optional<Arm> best) {
    Spread all = arm.last(measure);
    if (all.known()) {
      String range = Words.loss(all.low()) + " to " + Words.loss(all.high());
      return cell(Words.loss(all, Words.PLUS_MINUS), range, all, isBest(arm, best));
    }
    Spread rest = arm.lastOfSurvivors(measure);
    return missing(arm, rest, Words.loss(rest, Words.PLUS_MINUS));
  }

  private static boolean isBest(Arm arm, Optional<Arm> best) {
    return best.isPresent() && best.get() == arm;
  }

  private static Cell cell(String text, String range, Spread spread, boolean best) {
    Cell cell = Cell.of(text).styled("best", best);
    return spread.hasDeviation() ? cell.withNote(range) : cell;
  }

  /** The mean of those that survived would flatter, so it is in small print. */
  private static Cell missing(Arm arm, Spread survivors, String words) {
    List<String> failures = new ArrayList<>();
    if (arm.diverged() > 0) {
      failures.add(Words.diverged(arm));
    }
    if (arm.halfCollapsed()) {
      failures.add(Words.atChance(arm));
    }
    if (failures.isEmpty()) {
      return Cell.of(Numbers.NONE);
    }
    Cell cell = Cell.of(String.join(", ", failures)).styled(DIVERGED, true);
    return survivors.known() ? cell.withNote("the rest: " + words) : cell;
  }
}
