package org.adafisher.bench.model;

import java.util.Map;
import org.adafisher.bench.data.Shape;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * What a model is built from.
 *
 * @param shape what it has to fit
 * @param seed of its initial weights
 * @param updater of all its layers
 * @param values a value for each of the model type's parameters
 */
public record Blueprint(Shape shape, long seed, IUpdater updater, Map<String, Double> values) {

  /** Copies the values. */
  public Blueprint {
    values = Map.copyOf(values);
  }
}
