package org.adafisher.bench.optimizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * How to make an optimizer from numbers.
 *
 * @param parameters what a configuration may set, the learning rate first
 * @param factory makes the updater from the learning rate schedule and a value for every parameter
 * @param attach what the optimizer needs done to a network after {@code init()}
 */
public record OptimizerType(
    List<Parameter> parameters,
    BiFunction<ISchedule, Map<String, Double>, IUpdater> factory,
    Consumer<MultiLayerNetwork> attach) {

  /** Copies the list. */
  public OptimizerType {
    parameters = List.copyOf(parameters);
  }

  /** An optimizer with these parameters and a learning rate. */
  static OptimizerType of(
      List<Parameter> others,
      BiFunction<ISchedule, Map<String, Double>, IUpdater> factory,
      Consumer<MultiLayerNetwork> attach) {
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(Parameter.LEARNING_RATE);
    parameters.addAll(others);
    return new OptimizerType(parameters, factory, attach);
  }

  /** The same for an optimizer that needs nothing done to the network, as DL4J's own. */
  static OptimizerType of(
      List<Parameter> others, BiFunction<ISchedule, Map<String, Double>, IUpdater> factory) {
    return of(others, factory, network -> {});
  }
}
