package org.adafisher.bench.optimizer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.adafisher.bench.registry.Described;
import org.adafisher.bench.registry.Parameter;
import org.adafisher.bench.result.EpochResult.FactorSpread;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** An optimizer that a configuration can name. The next one is one class and one line. */
public interface OptimizerType extends Described {

  /**
   * What a configuration may set, the learning rate first if there is one, but for {@link
   * Regularization}'s parameters, which all optimizers have.
   */
  List<Parameter> ownParameters();

  /** The weight decay where the configuration is silent. */
  default double defaultWeightDecay() {
    return 0;
  }

  /** All that a configuration may set. */
  default List<Parameter> parameters() {
    return Regularization.andParameters(ownParameters(), defaultWeightDecay());
  }

  /**
   * The updater.
   *
   * @param learningRate its schedule
   * @param values a value for each of {@link #parameters}
   */
  IUpdater updater(ISchedule learningRate, Map<String, Double> values);

  /**
   * Does to a network, after {@code init()} or when it was restored, what the optimizer needs.
   *
   * @param values a value for each of {@link #parameters}
   * @throws IllegalArgumentException if the optimizer cannot train such a network
   */
  default void attach(Model network, Map<String, Double> values) {}

  /**
   * What a checkpoint has to keep of an attached network besides the updater's state, which is kept
   * anyway; empty if there is nothing.
   */
  default Map<String, double[]> ownState(Model network) {
    return Map.of();
  }

  /** Gives an attached network what {@link #ownState} gave of it when it was saved. */
  default void restoreOwnState(Model network, Map<String, double[]> state) {}

  /**
   * How F lies in each layer of a network that it trains, by layer name; empty for optimizers that
   * have none.
   */
  default Map<String, FactorSpread> factorSpread(Model network, Map<String, Double> values) {
    return Map.of();
  }

  /** Of how many steps one is dearer than the others, since it refreshes something; 1 for none. */
  default int refreshInterval(Map<String, Double> values) {
    return 1;
  }

  /**
   * The same values, with a refresh interval short enough for timing: refreshes every so many
   * steps.
   */
  default Map<String, Double> withRefreshInterval(Map<String, Double> values, int interval) {
    return values;
  }

  /** The same values but for some. */
  static Map<String, Double> changed(Map<String, Double> values, Map<String, Double> changes) {
    Map<String, Double> result = new HashMap<>(values);
    result.putAll(changes);
    return result;
  }
}
