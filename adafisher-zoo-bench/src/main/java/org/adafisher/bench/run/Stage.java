package org.adafisher.bench.run;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.adafisher.bench.config.Budget;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.config.ModelConfig;
import org.adafisher.bench.config.OptimizerConfig;
import org.adafisher.bench.config.TuningConfig;
import org.adafisher.bench.result.Trial;

/**
 * Runs that belong together.
 *
 * @param name what it is called on the console; empty for the experiment itself
 * @param groups arms of equal model, batch size and seed, which take turns
 * @param budget how long each run lasts
 */
record Stage(String name, List<List<Arm>> groups, Budget budget) {

  /**
   * The experiment itself.
   *
   * @param rates learning rates by model and optimizer name, in place of those in the configuration
   */
  static Stage experiment(ExperimentConfig config, Map<String, Map<String, Double>> rates) {
    List<List<Arm>> groups = new ArrayList<>();
    for (ModelConfig model : config.models()) {
      Map<String, Double> chosen = rates.getOrDefault(model.name(), Map.of());
      for (int seed : config.seeds()) {
        groups.add(
            config.optimizers().stream()
                .map(o -> o.withLearningRate(chosen.getOrDefault(o.name(), o.learningRate())))
                .map(o -> new Arm(model, o, config.batchSize(), seed))
                .toList());
      }
    }
    return new Stage("", groups, config.budget());
  }

  /** Every optimizer at every learning rate and batch size of the sweep. */
  static Stage sweep(ExperimentConfig config) {
    List<List<Arm>> groups = new ArrayList<>();
    for (ModelConfig model : config.models()) {
      for (int batchSize : config.sweep().orElseThrow().batchSizes()) {
        for (int seed : config.seeds()) {
          for (double rate : config.sweep().orElseThrow().learningRates()) {
            addGroup(groups, config, model, batchSize, seed, o -> o.withLearningRate(rate));
          }
        }
      }
    }
    return new Stage("sweep", withoutRepeats(groups), config.budget());
  }

  /** Every optimizer at every learning rate of its grid, on the tuning seeds. */
  static Stage tuning(ExperimentConfig config) {
    TuningConfig tuning = config.tuning().orElseThrow();
    List<List<Arm>> groups = new ArrayList<>();
    for (ModelConfig model : config.models()) {
      for (int seed : tuning.seeds()) {
        for (int trial = 0; trial < tuning.trials(); trial++) {
          double factor = Math.pow(tuning.ratio(), trial - (tuning.trials() - 1) / 2);
          addGroup(
              groups,
              config,
              model,
              config.batchSize(),
              seed,
              o -> o.withLearningRate(threeDigits(o.learningRate() * factor)));
        }
      }
    }
    boolean equalWallClock = ((Budget.Epochs) config.budget()).equalWallClock();
    return new Stage(
        "tuning", withoutRepeats(groups), new Budget.Epochs(tuning.epochs(), equalWallClock));
  }

  private static void addGroup(
      List<List<Arm>> groups,
      ExperimentConfig config,
      ModelConfig model,
      int batchSize,
      int seed,
      UnaryOperator<OptimizerConfig> rate) {
    groups.add(
        config.optimizers().stream()
            .map(rate)
            .map(o -> new Arm(model, o, batchSize, seed))
            .toList());
  }

  /** Rates that people can read, and that are the same number whenever they are computed. */
  private static double threeDigits(double rate) {
    return new BigDecimal(rate).round(new MathContext(3)).doubleValue();
  }

  /** An optimizer without a learning rate would run as often as there are rates. */
  private static List<List<Arm>> withoutRepeats(List<List<Arm>> groups) {
    Set<Trial> seen = new HashSet<>();
    return groups.stream()
        .map(group -> group.stream().filter(arm -> seen.add(arm.trial())).toList())
        .filter(group -> !group.isEmpty())
        .toList();
  }
}
