package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.adafisher.bench.report.ReportData.Tuning;
import org.adafisher.bench.report.TuningGrid.Entry;
import org.adafisher.bench.report.html.Cell;
import org.adafisher.bench.report.html.Html;
import org.adafisher.bench.report.html.Table;
import org.adafisher.bench.report.stats.Completion;
import org.adafisher.bench.report.stats.Spread;
import org.adafisher.bench.report.text.Numbers;
import org.adafisher.bench.result.Measure;

/** How the learning rates were chosen. */
final class TuningSection {

  private final Tuning tuning;

  private TuningSection(Tuning tuning) {
    this.tuning = tuning;
  }

  static void write(Html html, Tuning tuning) {
    new TuningSection(tuning).write(html);
  }

  private void write(Html html) {
    html.open("section", "id", "tuning").element("h2", "Tuning");
    html.element("p", explanation(), "class", "note");
    Map<String, List<TuningGrid>> models =
        TuningGrid.of(tuning).stream()
            .collect(
                Collectors.groupingBy(TuningGrid::model, LinkedHashMap::new, Collectors.toList()));
    models.forEach(
        (model, grids) -> {
          html.element("h3", model);
          table(grids).write(html);
          List<String> warnings =
              grids.stream().map(TuningGrid::warning).flatMap(Optional::stream).toList();
          if (!warnings.isEmpty()) {
            html.open("ul", "class", "warning");
            warnings.forEach(warning -> html.element("li", warning));
            html.close();
          }
        });
    html.close();
  }

  private String explanation() {
    List<Integer> seeds =
        tuning.runs().stream().map(run -> run.trial().seed()).distinct().sorted().toList();
    int complete = Completion.complete(tuning.runs()).size();
    return "Compared: "
        + tuning.measure()
        + (tuning.measure() == Measure.VALIDATION_ACCURACY ? ", %," : "")
        + " after the last epoch, mean over "
        + (seeds.size() == 1 ? "seed " : "seeds ")
        + seeds.stream().map(String::valueOf).collect(Collectors.joining(", "))
        + (seeds.size() == 1 ? "" : " \u00B1 standard deviation")
        + ". "
        + tuning.runs().size()
        + " trials, "
        + complete
        + " of them complete. Learning rates from low to high in small print; shaded: chosen; bold:"
        + " best.";
  }

  private Table table(List<TuningGrid> grids) {
    int columns = grids.stream().mapToInt(grid -> grid.entries().size()).max().orElse(0);
    List<String> headings = new ArrayList<>(List.of("optimizer"));
    for (int i = 1; i <= columns; i++) {
      headings.add("trial " + i);
    }
    Table table = Table.ofNumbers(headings);
    for (TuningGrid grid : grids) {
      boolean oneBatch = grid.entries().stream().map(Entry::batchSize).distinct().count() == 1;
      Optional<Entry> best = grid.best(tuning.measure());
      List<Cell> row = new ArrayList<>(List.of(Cell.of(grid.optimizer())));
      for (Entry entry : grid.entries()) {
        row.add(cell(entry, oneBatch, best.isPresent() && best.get() == entry));
      }
      while (row.size() <= columns) {
        row.add(Cell.of(""));
      }
      table.row(row);
    }
    return table;
  }

  private Cell cell(Entry entry, boolean oneBatch, boolean best) {
    String place =
        "lr "
            + Words.rate(entry.learningRate())
            + (oneBatch ? "" : ", batch " + entry.batchSize())
            + (entry.chosen() ? ", chosen" : "");
    return Cell.of(value(entry))
        .withNote(place)
        .styled("diverged", entry.diverged() > 0)
        .styled("best", best)
        .styled("chosen", entry.chosen());
  }

  private String value(Entry entry) {
    Spread value = entry.value();
    if (entry.diverged() > 0) {
      return entry.diverged() == value.count()
          ? "diverged"
          : entry.diverged() + " of " + value.count() + " diverged";
    }
    if (!value.known()) {
      return entry.atChance() > 0
          ? entry.atChance() + " of " + value.count() + " at chance"
          : Numbers.NONE;
    }
    return tuning.measure() == Measure.VALIDATION_ACCURACY
        ? Words.accuracy(value, Words.PLUS_MINUS)
        : Words.loss(value, Words.PLUS_MINUS);
  }
}
