package org.adafisher.bench.config;

import java.nio.file.Path;
import java.util.List;

/**
 * An experiment: every model with every optimizer and every seed, all else equal.
 *
 * @param name what it is called in titles
 * @param output the directory for the results
 * @param data a name in {@link org.adafisher.bench.data.Datasets#REGISTRY}
 * @param models names in {@link org.adafisher.bench.model.Models#REGISTRY}
 * @param batchSize examples a minibatch
 * @param epochs passes over the training part
 * @param seeds each decides initial weights and the order of the examples, for all arms alike
 * @param schedule a name in {@link org.adafisher.bench.optimizer.Schedules#REGISTRY}
 * @param reference the name of the optimizer whose final loss the others are to reach
 * @param optimizers the arms
 */
public record ExperimentConfig(
    String name,
    Path output,
    String data,
    List<String> models,
    int batchSize,
    int epochs,
    List<Integer> seeds,
    String schedule,
    String reference,
    List<OptimizerConfig> optimizers) {

  /** Copies the lists. */
  public ExperimentConfig {
    models = List.copyOf(models);
    seeds = List.copyOf(seeds);
    optimizers = List.copyOf(optimizers);
  }

  /** The same experiment with another directory for the results. */
  public ExperimentConfig withOutput(Path directory) {
    return new ExperimentConfig(
        name, directory, data, models, batchSize, epochs, seeds, schedule, reference, optimizers);
  }
}
