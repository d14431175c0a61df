package org.adafisher.bench.run;

import java.util.Objects;
import java.util.Set;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.ISchedule;

/** What Deeplearning4j's two network classes have in common, but not in their types. */
final class Networks {

  private static final Set<String> RUNNING_AVERAGES =
      Set.of(
          BatchNormalizationParamInitializer.GLOBAL_MEAN,
          BatchNormalizationParamInitializer.GLOBAL_VAR,
          BatchNormalizationParamInitializer.GLOBAL_LOG_STD);

  private Networks() {}

  /** One training step, done when the call returns. */
  static void fit(Model network, DataSet batch) {
    if (network instanceof MultiLayerNetwork stack) {
      stack.fit(batch);
    } else {
      ((ComputationGraph) network).fit(batch);
    }
    Nd4j.getExecutioner().commit(); // a GPU may still be at work on the step
  }

  /**
   * What weight decay, L1 and L2 add to the loss: they are in the score of the next step, which is
   * of the weights as they are now.
   */
  static double penalties(Model network) {
    return network instanceof MultiLayerNetwork stack
        ? stack.calcRegularizationScore(true)
        : ((ComputationGraph) network).calcRegularizationScore(true);
  }

  /** The output in evaluation mode. */
  static INDArray output(Model network, INDArray features) {
    if (network instanceof MultiLayerNetwork stack) {
      return stack.output(features, false);
    }
    ComputationGraph graph = (ComputationGraph) network;
    // A graph takes the number of examples from the labels of its last minibatch, if it has them.
    graph.clear();
    return graph.output(false, features)[0];
  }

  /**
   * Whether all trained parameters are finite. BatchNorm's running averages, which DL4J keeps among
   * the parameters, may not be: the logarithm of a dead channel's deviation is not.
   */
  static boolean finite(Model network) {
    return Network.of(network).trainables().stream()
        .map(trainable -> trainable.paramTable(false))
        .filter(Objects::nonNull)
        .flatMap(parameters -> parameters.entrySet().stream())
        .filter(parameter -> !RUNNING_AVERAGES.contains(parameter.getKey()))
        .allMatch(parameter -> Double.isFinite(parameter.getValue().sumNumber().doubleValue()));
  }

  /** Sets the learning rate's schedule in every layer. */
  static void setLearningRate(Model network, ISchedule schedule) {
    if (network instanceof MultiLayerNetwork stack) {
      stack.setLearningRate(schedule);
    } else {
      ((ComputationGraph) network).setLearningRate(schedule);
    }
  }

  /** The optimizer's state in bytes. */
  static long stateBytes(Model network) {
    INDArray state = updaterState(network);
    return state == null ? 0 : state.length() * state.dataType().width();
  }

  /** The updater's state; {@code null} if it has none. */
  static INDArray updaterState(Model network) {
    return network instanceof MultiLayerNetwork stack
        ? stack.getUpdater().getStateViewArray()
        : ((ComputationGraph) network).getUpdater().getStateViewArray();
  }
}
