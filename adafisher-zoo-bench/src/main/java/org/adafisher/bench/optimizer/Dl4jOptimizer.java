package org.adafisher.bench.optimizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.adafisher.bench.registry.Parameter;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * One of Deeplearning4j's own updaters.
 *
 * @param description one line
 * @param ownParameters what a configuration may set
 * @param defaultWeightDecay where the configuration is silent
 * @param factory makes the updater from its learning rate and a value for every parameter
 */
record Dl4jOptimizer(
    String description,
    List<Parameter> ownParameters,
    double defaultWeightDecay,
    BiFunction<ISchedule, Map<String, Double>, IUpdater> factory)
    implements OptimizerType {

  /** An optimizer with a learning rate and these parameters. */
  static Dl4jOptimizer of(
      String description,
      List<Parameter> others,
      BiFunction<ISchedule, Map<String, Double>, IUpdater> factory) {
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(Parameter.LEARNING_RATE);
    parameters.addAll(others);
    return new Dl4jOptimizer(description, List.copyOf(parameters), 0, factory);
  }

  Dl4jOptimizer decaying(double weightDecay) {
    return new Dl4jOptimizer(description, ownParameters, weightDecay, factory);
  }

  @Override
  public IUpdater updater(ISchedule learningRate, Map<String, Double> values) {
    return factory.apply(learningRate, values);
  }
}
