package org.adafisher.bench.config;

import java.util.Map;

/**
 * One model of an experiment.
 *
 * @param name what tables and plots call it
 * @param type a name in {@link org.adafisher.bench.model.Models#REGISTRY}
 * @param values a value for each of the type's parameters
 */
public record ModelConfig(String name, String type, Map<String, Double> values) {

  /** Copies the values. */
  public ModelConfig {
    values = Map.copyOf(values);
  }
}
