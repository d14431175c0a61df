package org.adafisher.bench.report;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.adafisher.bench.report.ReportData.Tuning;
import org.adafisher.bench.report.stats.Completion;
import org.adafisher.bench.report.stats.Spread;
import org.adafisher.bench.result.Measure;
import org.adafisher.bench.result.RunResult;

/**
 * The learning rates that were tried for one optimizer on one model.
 *
 * @param model the model's name
 * @param optimizer the optimizer's name
 * @param entries by rising learning rate, then batch size
 */
record TuningGrid(String model, String optimizer, List<Entry> entries) {

  private static final Comparator<Entry> ORDER =
      Comparator.comparingDouble(Entry::learningRate).thenComparingInt(Entry::batchSize);

  TuningGrid {
    entries = List.copyOf(entries);
  }

  /**
   * One of them.
   *
   * @param learningRate what was tried
   * @param batchSize examples a minibatch
   * @param value what came out, over the complete runs; NaN if one diverged, or some ended at
   *     chance and others did not
   * @param diverged how many diverged
   * @param atChance how many ended at chance
   * @param chosen whether it was chosen
   */
  record Entry(
      double learningRate,
      int batchSize,
      Spread value,
      int diverged,
      int atChance,
      boolean chosen) {}

  /** The grids, models and optimizers in the order of the runs. */
  static List<TuningGrid> of(Tuning tuning) {
    record Owner(String model, String optimizer) {}
    Map<Owner, List<RunResult>> grids =
        tuning.runs().stream()
            .collect(
                Collectors.groupingBy(
                    run -> new Owner(run.trial().model(), run.trial().optimizer()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return grids.entrySet().stream()
        .map(
            grid -> {
              Owner owner = grid.getKey();
              Double chosen =
                  tuning.chosen().getOrDefault(owner.model(), Map.of()).get(owner.optimizer());
              return new TuningGrid(
                  owner.model(),
                  owner.optimizer(),
                  entries(grid.getValue(), tuning.measure(), chosen));
            })
        .toList();
  }

  private static List<Entry> entries(List<RunResult> runs, Measure measure, Double chosen) {
    record Place(double learningRate, int batchSize) {}
    return runs.stream()
        .collect(
            Collectors.groupingBy(
                run -> new Place(run.trial().learningRate(), run.trial().batchSize())))
        .entrySet()
        .stream()
        .map(
            place -> {
              List<RunResult> complete = Completion.complete(place.getValue());
              int atChance = (int) complete.stream().filter(RunResult::atChance).count();
              boolean meaningless = atChance > 0 && atChance < complete.size();
              return new Entry(
                  place.getKey().learningRate(),
                  place.getKey().batchSize(),
                  Spread.of(complete, run -> meaningless ? Double.NaN : measure.of(run.last())),
                  (int) complete.stream().filter(run -> run.last().diverged()).count(),
                  atChance,
                  chosen != null && chosen == place.getKey().learningRate());
            })
        .sorted(ORDER)
        .toList();
  }

  /** The entry with the best value. */
  Optional<Entry> best(Measure measure) {
    Comparator<Entry> order = Comparator.comparingDouble(entry -> entry.value().mean());
    return entries.stream()
        .filter(entry -> entry.value().known())
        .max(measure.moreIsBetter() ? order : order.reversed());
  }

  /** What to be warned of: a choice at the edge of the grid, or none. */
  Optional<String> warning() {
    List<Entry> chosen = entries.stream().filter(Entry::chosen).toList();
    String who = optimizer + " on " + model;
    if (chosen.isEmpty()) {
      return Optional.of("No learning rate was chosen for " + who + ".");
    }
    double rate = chosen.get(0).learningRate();
    double lowest = entries.get(0).learningRate();
    double highest = entries.get(entries.size() - 1).learningRate();
    if (lowest == highest) {
      return Optional.of(who + ": only one learning rate was tried, " + Words.rate(rate) + ".");
    }
    if (rate != lowest && rate != highest) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            "%s: the chosen learning rate %s is the %s of the grid; a better one may lie beyond.",
            who, Words.rate(rate), rate == lowest ? "lowest" : "highest"));
  }
}
