package org.adafisher.bench.config;

import java.util.HashMap;
import java.util.Map;

/**
 * One arm of an experiment.
 *
 * @param name what tables and plots call it
 * @param type a name in {@link org.adafisher.bench.optimizer.Optimizers#REGISTRY}
 * @param values a value for each of the type's parameters, the learning rate among them
 */
public record OptimizerConfig(String name, String type, Map<String, Double> values) {

  private static final String LEARNING_RATE = "learningRate";

  /** Copies the values. */
  public OptimizerConfig {
    values = Map.copyOf(values);
  }

  /** Whether it has a learning rate; AdaDelta has none. */
  public boolean hasLearningRate() {
    return values.containsKey(LEARNING_RATE);
  }

  /** The learning rate at the start of the schedule; 1 for optimizers that have none. */
  public double learningRate() {
    return values.getOrDefault(LEARNING_RATE, 1.0);
  }

  /** The same with another learning rate; nothing changes for optimizers that have none. */
  public OptimizerConfig withLearningRate(double rate) {
    if (!hasLearningRate()) {
      return this;
    }
    Map<String, Double> changed = new HashMap<>(values);
    changed.put(LEARNING_RATE, rate);
    return new OptimizerConfig(name, type, changed);
  }
}
