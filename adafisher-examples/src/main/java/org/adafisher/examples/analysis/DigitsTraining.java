package org.adafisher.examples.analysis;

import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.adafisher.AdaFisher;
import org.adafisher.bench.data.DataException;
import org.adafisher.bench.data.DataRequest;
import org.adafisher.bench.data.Dataset;
import org.adafisher.bench.data.Datasets;
import org.adafisher.bench.data.Part;
import org.adafisher.bench.model.Blueprint;
import org.adafisher.bench.model.ModelType;
import org.adafisher.bench.model.Models;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One of the benchmark's networks in training on the built-in digits with AdaFisher: what most of
 * the analyses look at. The same arguments give the same network.
 */
public final class DigitsTraining {

  private static final int BATCH = 32;

  private final Model network;
  private final Dataset digits;
  private final long seed;
  private DataSetIterator batches;
  private int epoch;
  private int steps;

  private DigitsTraining(Model network, Dataset digits, long seed) {
    this.network = network;
    this.digits = digits;
    this.seed = seed;
  }

  /**
   * A new network, attached, before its first step.
   *
   * @param model a model of the benchmark that takes the digits: {@code digits-cnn}, {@code
   *     digits-mlp}
   * @param updater AdaFisher in any formulation
   * @param seed of the initial weights and the order of the examples
   * @return its training
   * @throws IllegalArgumentException if there is no such model, or it does not take the digits
   */
  public static DigitsTraining of(String model, AdaFisher updater, long seed) {
    if (!Models.REGISTRY.names().contains(model)) {
      throw new IllegalArgumentException(
          "There is no model '%s'; take digits-cnn or digits-mlp.".formatted(model));
    }
    Dataset digits = load();
    ModelType type = Models.REGISTRY.get(model);
    type.refusal(digits.shape())
        .ifPresent(
            why -> {
              throw new IllegalArgumentException(
                  "%s cannot be trained on the digits: %s.".formatted(model, why));
            });
    Nd4j.getRandom().setSeed(seed);
    Model network = type.build(new Blueprint(digits.shape(), seed, updater, Map.of()));
    AdaFisher.attach(network);
    return new DigitsTraining(network, digits, seed);
  }

  /**
   * Trains on minibatches of 32.
   *
   * @param count how many steps
   * @return this
   */
  public DigitsTraining train(int count) {
    return train(count, step -> {});
  }

  /**
   * Trains on minibatches of 32.
   *
   * @param count how many steps
   * @param afterEach told how many steps have been done in all
   * @return this
   */
  public DigitsTraining train(int count, IntConsumer afterEach) {
    for (int i = 0; i < count; i++) {
      fit(network, next());
      steps++;
      afterEach.accept(steps);
    }
    return this;
  }

  /**
   * @return the network
   */
  public Model network() {
    return network;
  }

  /**
   * @return how many steps it has been trained
   */
  public int steps() {
    return steps;
  }

  /**
   * The first examples of the training part, always the same ones, to take statistics from.
   *
   * @param examples at most 997
   * @return one minibatch
   */
  public DataSet probe(int examples) {
    return digits.inOrder(Part.TRAIN, examples).next();
  }

  /**
   * The layer that is looked at unless one is named: the last one before the output that has full
   * factors.
   *
   * @return its name
   */
  public String usualLayer() {
    List<String> layers = FactorMatrices.layers(network);
    return layers.get(Math.max(0, layers.size() - 2));
  }

  private DataSet next() {
    if (batches == null || !batches.hasNext()) {
      epoch++;
      batches = digits.train(BATCH, seed * 1_000_003L + epoch);
    }
    return batches.next();
  }

  private static void fit(Model network, DataSet batch) {
    if (network instanceof MultiLayerNetwork stack) {
      stack.fit(batch);
    } else {
      ((ComputationGraph) network).fit(batch);
    }
  }

  private static Dataset load() {
    try {
      return Datasets.REGISTRY.get("digits").load(DataRequest.plain());
    } catch (DataException e) { // it is built in
      throw new IllegalStateException(e);
    }
  }
}
