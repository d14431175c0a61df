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

  /**
   * The kinds of steps that it makes in turn, since some refresh something; for timing. Their
   * shares add up to 1.
   */
  default List<StepKind> stepKinds(Map<String, Double> values) {
    return List.of(new StepKind(1, values));
  }

  /**
   * A kind of step.
   *
   * @param share of all steps that are of this kind
   * @param values with which every step is of this kind
   */
  record StepKind(double share, Map<String, Double> values) {

    /** An interval after which no run gets. */
    static final double NEVER = 1e9;

    /**
     * Of an optimizer that refreshes something at an interval.
     *
     * @param interval name of the parameter that says of how many steps one refreshes
     * @param values a value for each parameter
     */
    static List<StepKind> refreshing(String interval, Map<String, Double> values) {
      double steps = values.get(interval);
      StepKind refresh = new StepKind(1 / steps, changed(values, Map.of(interval, 1.0)));
      return steps == 1
          ? List.of(refresh)
          : List.of(new StepKind(1 - 1 / steps, changed(values, Map.of(interval, NEVER))), refresh);
    }
  }

  /** The same values but for some. */
  static Map<String, Double> changed(Map<String, Double> values, Map<String, Double> changes) {
    Map<String, Double> result = new HashMap<>(values);
    result.putAll(changes);
    return result;
  }
}
