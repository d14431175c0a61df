package org.adafisher.bench.config;

import java.util.Map;

/**
 * One arm of an experiment.
 *
 * @param name what tables and plots call it
 * @param type a name in {@link org.adafisher.bench.optimizer.Optimizers#REGISTRY}
 * @param values a value for each of the type's parameters, the learning rate among them
 */
public record OptimizerConfig(String name, String type, Map<String, Double> values) {

  /** Copies the values. */
  public OptimizerConfig {
    values = Map.copyOf(values);
  }
}
