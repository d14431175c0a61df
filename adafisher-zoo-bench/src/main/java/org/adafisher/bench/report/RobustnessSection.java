package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.adafisher.bench.report.chart.HeatMap;
import org.adafisher.bench.report.html.Html;
import org.adafisher.bench.report.stats.Spread;
import org.adafisher.bench.report.text.Numbers;
import org.adafisher.bench.result.EpochResult;

/** How an optimizer takes to other learning rates and batch sizes, for a sweep. */
final class RobustnessSection {

  private static final double PERCENT = 100;

  /** Cells this close to the best are good ones. */
  private static final double CLOSE = 0.02;

  private final ModelResults results;

  private RobustnessSection(ModelResults results) {
    this.results = results;
  }

  static void write(Html html, ModelResults results, Figures figures) {
    new RobustnessSection(results).write(html, figures);
  }

  private void write(Html html, Figures figures) {
    html.element("h3", "Robustness");
    html.element(
        "p",
        "Validation accuracy in % after the last epoch, mean over the complete runs; the colours"
            + " mean the same in all maps of this model. How large a share of a map is good depends"
            + " on where the grid was laid, so compare maps of grids of like width.",
        "class",
        "note");
    double low = PERCENT * values().min().orElse(0);
    double high = PERCENT * values().max().orElse(1);
    html.open("div", "class", "maps");
    results
        .byOptimizer()
        .forEach(
            (optimizer, arms) -> {
              if (arms.size() > 1) {
                figures.add(
                    html,
                    results.model() + " robustness " + optimizer,
                    map(optimizer, arms, low, high),
                    share(optimizer, arms));
              }
            });
    html.close();
  }

  private DoubleStream values() {
    return results.arms().stream()
        .mapToDouble(arm -> accuracy(arm).mean())
        .filter(Double::isFinite);
  }

  private static Spread accuracy(Arm arm) {
    return arm.last(EpochResult::validationAccuracy);
  }

  private HeatMap map(String optimizer, List<Arm> arms, double low, double high) {
    List<Double> rates = arms.stream().map(Arm::learningRate).distinct().sorted().toList();
    List<Integer> sizes = arms.stream().map(Arm::batchSize).distinct().sorted().toList();
    List<List<HeatMap.Cell>> cells = new ArrayList<>();
    for (int size : sizes) {
      List<HeatMap.Cell> row = new ArrayList<>();
      for (double rate : rates) {
        row.add(cell(arms, rate, size));
      }
      cells.add(row);
    }
    return new HeatMap(
        results.model() + ": " + optimizer,
        "learning rate",
        rates.stream().map(Words::rate).toList(),
        "batch size",
        sizes.stream().map(String::valueOf).toList(),
        cells,
        low,
        high);
  }

  private static HeatMap.Cell cell(List<Arm> arms, double rate, int size) {
    Map<Boolean, List<Arm>> found =
        arms.stream()
            .filter(arm -> arm.learningRate() == rate && arm.batchSize() == size)
            .collect(Collectors.partitioningBy(arm -> arm.diverged() > 0));
    String where = "learning rate " + Words.rate(rate) + ", batch size " + size + ": ";
    for (Arm arm : found.get(true)) {
      return new HeatMap.Cell(Double.NaN, "diverged", where + Words.diverged(arm), true);
    }
    for (Arm arm : found.get(false)) {
      Spread spread = accuracy(arm);
      if (spread.known()) {
        return new HeatMap.Cell(
            PERCENT * spread.mean(),
            Numbers.percent(spread.mean(), 1),
            where + Words.accuracy(spread, Words.PLUS_MINUS) + " %, " + Words.seeds(spread.count()),
            false);
      }
      if (arm.halfCollapsed()) {
        return new HeatMap.Cell(Double.NaN, "at chance", where + Words.atChance(arm), true);
      }
    }
    return new HeatMap.Cell(Double.NaN, Numbers.NONE, where + "no complete run", false);
  }

  private static String share(String optimizer, List<Arm> arms) {
    List<Arm> measured = arms.stream().filter(arm -> !arm.complete().isEmpty()).toList();
    OptionalDouble best =
        measured.stream().mapToDouble(arm -> accuracy(arm).mean()).filter(Double::isFinite).max();
    if (best.isEmpty()) {
      return optimizer + ": no cell has a result.";
    }
    long close =
        measured.stream().filter(arm -> accuracy(arm).mean() >= best.getAsDouble() - CLOSE).count();
    long diverged = measured.stream().filter(arm -> arm.diverged() > 0).count();
    long collapsed = measured.stream().filter(arm -> arm.atChance() > 0).count();
    return String.format(
        Locale.ROOT,
        "%s: %d of %d cells (%s %%) are within 2 points of its best, %s %%; %s%s.",
        optimizer,
        close,
        measured.size(),
        Numbers.percent((double) close / measured.size(), 0),
        Numbers.percent(best.getAsDouble(), 1),
        diverged == 0 ? "none diverged" : diverged + " diverged",
        collapsed == 0 ? "" : "; " + collapsed + " had a seed that ended at chance");
  }
}
