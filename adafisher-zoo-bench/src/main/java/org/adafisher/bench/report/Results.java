package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.adafisher.bench.report.stats.Completion;
import org.adafisher.bench.result.CostResult;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;

/**
 * A report's data, sorted by model and optimizer.
 *
 * @param data what it was made of
 * @param models in the order of the runs, then of the costs
 * @param completeRuns how many runs are complete
 * @param plannedRuns how many runs there are to be: as many as the models, optimizers, cells and
 *     seeds seen so far make, for runs that have not begun may be missing from the data
 */
record Results(ReportData data, List<ModelResults> models, int completeRuns, int plannedRuns) {

  /** What sets two arms of a model apart. */
  private record Cell(String optimizer, double learningRate, int batchSize) {

    static Cell of(Trial trial) {
      return new Cell(trial.optimizer(), trial.learningRate(), trial.batchSize());
    }
  }

  static Results of(ReportData data) {
    List<String> optimizers = optimizers(data);
    Set<String> models = new LinkedHashSet<>();
    data.runs().forEach(run -> models.add(run.trial().model()));
    data.costs().forEach(cost -> models.add(cost.model()));
    List<ModelResults> results = new ArrayList<>();
    for (String model : models) {
      results.add(model(data, model, optimizers).withGoals(data.targets(), data.reference()));
    }
    return new Results(
        data, List.copyOf(results), Completion.complete(data.runs()).size(), planned(data));
  }

  /** Whether all runs are complete. */
  boolean complete() {
    return completeRuns == plannedRuns;
  }

  /** "5 of 9 runs are complete". */
  String completion() {
    return completeRuns
        + " of "
        + plannedRuns
        + (plannedRuns == 1 ? " run is complete" : " runs are complete");
  }

  /** The seeds of all runs, in order. */
  List<Integer> seeds() {
    return data.runs().stream().map(run -> run.trial().seed()).distinct().sorted().toList();
  }

  /** All names that occur, those of the configuration first: a place decides a colour. */
  static List<String> optimizers(ReportData data) {
    Set<String> names = new LinkedHashSet<>(data.optimizers().keySet());
    data.runs().forEach(run -> names.add(run.trial().optimizer()));
    data.costs().forEach(cost -> names.add(cost.optimizer()));
    return List.copyOf(names);
  }

  private static ModelResults model(ReportData data, String model, List<String> optimizers) {
    List<RunResult> runs =
        data.runs().stream().filter(run -> run.trial().model().equals(model)).toList();
    List<CostResult> costs =
        data.costs().stream().filter(cost -> cost.model().equals(model)).toList();
    List<Arm> arms = new ArrayList<>();
    for (int i = 0; i < optimizers.size() && !runs.isEmpty(); i++) {
      arms.addAll(arms(runs, optimizers.get(i), i, data));
    }
    long parameters = runs.isEmpty() ? costs.get(0).parameters() : runs.get(0).parameters();
    return new ModelResults(model, parameters, arms, costs, List.of(), data.perplexity());
  }

  /** An optimizer of the configuration has an arm even before its first run. */
  private static List<Arm> arms(
      List<RunResult> runs, String optimizer, int index, ReportData data) {
    Map<Cell, List<RunResult>> cells =
        runs.stream()
            .filter(run -> run.trial().optimizer().equals(optimizer))
            .collect(
                Collectors.groupingBy(
                    run -> Cell.of(run.trial()), LinkedHashMap::new, Collectors.toList()));
    if (cells.isEmpty()) {
      return data.optimizers().containsKey(optimizer)
          ? List.of(new Arm(optimizer, index, Double.NaN, 0, List.of()))
          : List.of();
    }
    List<Arm> arms = new ArrayList<>();
    cells.forEach(
        (cell, cellRuns) ->
            arms.add(
                new Arm(
                    optimizer, index, cell.learningRate(), cell.batchSize(), started(cellRuns))));
    return arms;
  }

  private static List<RunResult> started(List<RunResult> runs) {
    return runs.stream().filter(run -> !run.epochs().isEmpty()).toList();
  }

  private static int planned(ReportData data) {
    Set<String> optimizers = new LinkedHashSet<>(data.optimizers().keySet());
    Map<String, Map<String, Set<Cell>>> cells = new LinkedHashMap<>();
    Set<String> models = new LinkedHashSet<>();
    Set<Integer> seeds = new LinkedHashSet<>();
    for (RunResult run : data.runs()) {
      Trial trial = run.trial();
      optimizers.add(trial.optimizer());
      models.add(trial.model());
      seeds.add(trial.seed());
      cells
          .computeIfAbsent(trial.optimizer(), name -> new LinkedHashMap<>())
          .computeIfAbsent(trial.model(), name -> new LinkedHashSet<>())
          .add(Cell.of(trial));
    }
    int cellsAModel = 0;
    for (String optimizer : optimizers) {
      cellsAModel +=
          cells.getOrDefault(optimizer, Map.of()).values().stream()
              .mapToInt(Set::size)
              .max()
              .orElse(1);
    }
    return models.size() * seeds.size() * cellsAModel;
  }
}
