package org.adafisher.spark;

import java.util.ArrayList;
import java.util.List;
import org.adafisher.AdaFisher;
import org.adafisher.AdaFisherListener;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;

/**
 * Connects AdaFisher to a network that Spark trains: the driver's network, and those of the workers
 * by a hook of the training master.
 *
 * <pre>{@code
 * ParameterAveragingTrainingMaster master = new ParameterAveragingTrainingMaster.Builder(...)
 *     .saveUpdater(true) ... .build();
 * SparkDl4jMultiLayer net = new SparkDl4jMultiLayer(sparkContext, conf, master);
 * AdaFisherSpark.attach(net);
 * net.fit(data);
 * }</pre>
 *
 * <p>Momentum, factors and step counts are in the updater's state, which DL4J averages with the
 * parameters after every round, keeps in the driver's network and sends to the workers of the next
 * round: the factors of a round are the mean of the workers'.
 */
public final class AdaFisherSpark {

  private AdaFisherSpark() {}

  /**
   * Call it before the first {@code fit}, and again after {@code setNetwork}. Calling it twice
   * changes nothing.
   *
   * @param network a network with a {@link ParameterAveragingTrainingMaster}
   * @return the driver's listener, which knows the averaged factors: {@code
   *     listener.factors(network.getNetwork())}
   * @throws IllegalArgumentException see {@link #attach(Model, TrainingMaster)}
   * @throws IllegalStateException see {@link AdaFisher#attach}
   */
  public static AdaFisherListener attach(SparkDl4jMultiLayer network) {
    return attach(network.getNetwork(), network.getTrainingMaster());
  }

  /**
   * Call it before the first {@code fit}, and again after {@code setNetwork}. Calling it twice
   * changes nothing.
   *
   * @param network a network with a {@link ParameterAveragingTrainingMaster}
   * @return the driver's listener, which knows the averaged factors: {@code
   *     listener.factors(network.getNetwork())}
   * @throws IllegalArgumentException see {@link #attach(Model, TrainingMaster)}
   * @throws IllegalStateException see {@link AdaFisher#attach}
   */
  public static AdaFisherListener attach(SparkComputationGraph network) {
    return attach(network.getNetwork(), network.getTrainingMaster());
  }

  /**
   * For what takes a network and a training master and makes the Spark network itself, as the early
   * stopping trainers do.
   *
   * @param network the driver's network, a MultiLayerNetwork or ComputationGraph
   * @param master what will train it
   * @return the driver's listener
   * @throws IllegalArgumentException if the training master is not a {@link
   *     ParameterAveragingTrainingMaster} with {@code saveUpdater(true)}, or see {@link
   *     AdaFisher#attach}
   * @throws IllegalStateException see {@link AdaFisher#attach}
   */
  public static AdaFisherListener attach(Model network, TrainingMaster<?, ?> master) {
    if (!(master instanceof ParameterAveragingTrainingMaster averaging)) {
      throw new IllegalArgumentException(
          "AdaFisher: on Spark it trains under a ParameterAveragingTrainingMaster, not under %s."
              .formatted(master == null ? "null" : master.getClass().getName()));
    }
    if (!averaging.isSaveUpdater()) {
      throw new IllegalArgumentException(
          "AdaFisher: this ParameterAveragingTrainingMaster drops the updater's state after every"
              + " round, so that each would begin the warm-up anew; build it with"
              + " saveUpdater(true), which is not its default.");
    }
    AdaFisherListener listener = AdaFisher.attach(network);
    addHook(averaging);
    return listener;
  }

  private static void addHook(ParameterAveragingTrainingMaster master) {
    List<TrainingHook> hooks = new ArrayList<>();
    if (master.getTrainingHookList() != null) {
      hooks.addAll(master.getTrainingHookList());
    }
    if (hooks.stream().noneMatch(AttachingHook.class::isInstance)) {
      hooks.add(new AttachingHook());
      // Not addHook: the list that the master's builder makes of hooks cannot grow.
      master.setTrainingHookList(hooks);
    }
  }
}
