package org.adafisher.bench.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.result.CostFile;
import org.adafisher.bench.result.CostResult;
import org.adafisher.bench.result.Measure;
import org.adafisher.bench.result.ResultLog;
import org.adafisher.bench.result.RunResult;

/**
 * What an experiment has come to.
 *
 * @param runs all runs, in the order of the configuration; without epochs where they have not begun
 * @param tuning how learning rates were chosen, if they were
 * @param costs of a step, if they were measured
 */
public record Results(List<RunResult> runs, Optional<Tuning> tuning, List<CostResult> costs) {

  private static final String RUNS = "epochs.jsonl";
  private static final String TUNING = "tuning.jsonl";
  private static final String COSTS = "cost.json";
  private static final String CHECKPOINTS = "checkpoints";
  private static final String STEP_TIMES = "step-times.json";

  /**
   * A choice of learning rates.
   *
   * @param measure what was compared
   * @param runs all that was tried
   * @param chosen by model and optimizer name
   */
  public record Tuning(
      Measure measure, List<RunResult> runs, Map<String, Map<String, Double>> chosen) {}

  static Path runsFile(Path directory) {
    return directory.resolve(RUNS);
  }

  static Path tuningFile(Path directory) {
    return directory.resolve(TUNING);
  }

  static Path costFile(Path directory) {
    return directory.resolve(COSTS);
  }

  static Path checkpoints(Path directory) {
    return directory.resolve(CHECKPOINTS);
  }

  /**
   * The times by which an equal wall-clock was shared out: kept, so that a resumed run has them.
   */
  static Path stepTimesFile(Path directory) {
    return directory.resolve(STEP_TIMES);
  }

  /**
   * Reads what is in a folder, complete or not.
   *
   * @throws IOException if a file cannot be read
   */
  public static Results read(ExperimentConfig config, Path directory) throws IOException {
    ResultLog log = ResultLog.read(runsFile(directory));
    List<RunResult> tried = ResultLog.read(tuningFile(directory)).runs();
    Optional<Tuning> tuning =
        tried.isEmpty() || config.tuning().isEmpty()
            ? Optional.empty()
            : Optional.of(tuning(config, tried));
    List<Arm> arms =
        stage(config, tuning.map(Tuning::chosen).orElse(Map.of())).groups().stream()
            .flatMap(List::stream)
            .toList();
    List<CostResult> costs = CostFile.read(costFile(directory));
    return new Results(
        arms.stream()
            .map(Arm::trial)
            .map(trial -> log.run(trial).orElse(new RunResult(trial, 0, 0, List.of())))
            .toList(),
        tuning,
        costs.isEmpty() ? CostFile.read(stepTimesFile(directory)) : costs);
  }

  static Tuning tuning(ExperimentConfig config, List<RunResult> tried) {
    Measure measure = config.tuning().orElseThrow().measure();
    return new Tuning(measure, tried, Choice.of(tried, measure));
  }

  static Stage stage(ExperimentConfig config, Map<String, Map<String, Double>> rates) {
    return config.sweep().isPresent() ? Stage.sweep(config) : Stage.experiment(config, rates);
  }
}
