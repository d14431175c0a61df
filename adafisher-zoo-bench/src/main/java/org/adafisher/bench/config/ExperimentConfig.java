package org.adafisher.bench.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.adafisher.bench.backend.Backend;
import org.adafisher.bench.backend.Natives;
import org.adafisher.bench.result.Target;

/**
 * An experiment: every model with every optimizer and every seed, all else equal.
 *
 * @param name what it is called in titles
 * @param description what it is for; may be empty
 * @param backend what computes
 * @param natives which native libraries of the CPU's backend; empty: those with oneDNN where there
 *     are any, unless the system property {@link Natives#PROPERTY} says otherwise
 * @param output the directory for the results
 * @param data what is trained on
 * @param models what is trained
 * @param batchSize examples a minibatch
 * @param budget how long each run lasts
 * @param seeds each decides initial weights and the order of the examples, for all arms alike
 * @param schedule a name in {@link org.adafisher.bench.optimizer.Schedules#REGISTRY}
 * @param reference the name of the optimizer with which the others are compared
 * @param targets goals whose steps and seconds are counted
 * @param optimizers the arms
 * @param tuning how {@code tune} chooses learning rates
 * @param sweep runs every optimizer on a grid
 * @param costRounds how many timed rounds {@code cost} makes
 */
public record ExperimentConfig(
    String name,
    String description,
    Backend backend,
    Optional<Natives> natives,
    Path output,
    DataConfig data,
    List<ModelConfig> models,
    int batchSize,
    Budget budget,
    List<Integer> seeds,
    String schedule,
    String reference,
    List<Target> targets,
    List<OptimizerConfig> optimizers,
    Optional<TuningConfig> tuning,
    Optional<SweepConfig> sweep,
    int costRounds) {

  /** Copies the lists. */
  public ExperimentConfig {
    models = List.copyOf(models);
    seeds = List.copyOf(seeds);
    targets = List.copyOf(targets);
    optimizers = List.copyOf(optimizers);
  }

  /** The same experiment with another directory for the results. */
  public ExperimentConfig withOutput(Path directory) {
    return new ExperimentConfig(
        name,
        description,
        backend,
        natives,
        directory,
        data,
        models,
        batchSize,
        budget,
        seeds,
        schedule,
        reference,
        targets,
        optimizers,
        tuning,
        sweep,
        costRounds);
  }

  /** The arm that the others are compared with. */
  public OptimizerConfig referenceOptimizer() {
    return optimizers.stream().filter(o -> o.name().equals(reference)).findFirst().orElseThrow();
  }

  /**
   * What keeps runs of this experiment and of another out of one table, as keys of the
   * configuration; nothing if they can stand in one. They may differ in how many models, optimizers
   * and seeds there are, not in what any of them is.
   */
  public List<String> differences(ExperimentConfig other) {
    List<String> keys = new ArrayList<>();
    addIf(keys, "backend", backend != other.backend);
    addIf(keys, "data", !data.equals(other.data));
    addIf(keys, "batchSize", batchSize != other.batchSize);
    addIf(keys, "epochs, seconds or protocol", !budget.equals(other.budget));
    addIf(keys, "schedule", !schedule.equals(other.schedule));
    addIf(keys, "reference", !reference.equals(other.reference));
    addIf(keys, "tuning", !tuning.equals(other.tuning));
    addIf(keys, "sweep", !sweep.equals(other.sweep));
    for (ModelConfig model : models) {
      addIf(
          keys,
          "the model '" + model.name() + "'",
          other.models.stream().anyMatch(o -> o.name().equals(model.name()) && !o.equals(model)));
    }
    for (OptimizerConfig optimizer : optimizers) {
      addIf(
          keys,
          "the optimizer '" + optimizer.name() + "'",
          other.optimizers.stream()
              .anyMatch(o -> o.name().equals(optimizer.name()) && !o.equals(optimizer)));
    }
    return List.copyOf(keys);
  }

  private static void addIf(List<String> keys, String key, boolean different) {
    if (different) {
      keys.add(key);
    }
  }
}
