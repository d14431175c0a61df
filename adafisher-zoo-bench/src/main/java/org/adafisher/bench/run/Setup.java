package org.adafisher.bench.run;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.config.ModelConfig;
import org.adafisher.bench.config.OptimizerConfig;
import org.adafisher.bench.data.DataException;
import org.adafisher.bench.data.Dataset;
import org.adafisher.bench.data.Datasets;
import org.adafisher.bench.data.Part;
import org.adafisher.bench.data.Shape;
import org.adafisher.bench.model.Blueprint;
import org.adafisher.bench.model.ModelType;
import org.adafisher.bench.model.Models;
import org.adafisher.bench.optimizer.OptimizerType;
import org.adafisher.bench.optimizer.Optimizers;
import org.adafisher.bench.optimizer.Regularization;
import org.adafisher.bench.optimizer.Schedules;
import org.adafisher.bench.result.ChanceLevel;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.ISchedule;

/** An experiment's data and networks. */
final class Setup {

  private static final int CHANCE_BATCH = 100;

  private final ExperimentConfig config;
  private final Dataset data;
  private final String dataSha256;
  private final Map<String, Long> parameters = new HashMap<>();

  private Setup(ExperimentConfig config, Dataset data) {
    this.config = config;
    this.data = data;
    this.dataSha256 = data.sha256();
  }

  /**
   * Loads the data and sees whether every model takes it and can be trained by every optimizer.
   *
   * @throws DataException if files are missing or wrong
   * @throws ExperimentException if data and models do not go together
   */
  static Setup of(ExperimentConfig config) throws DataException, ExperimentException {
    Dataset data = Datasets.REGISTRY.get(config.data().type()).load(config.data().request());
    Shape shape = data.shape();
    for (ModelConfig model : config.models()) {
      String refusal = Models.REGISTRY.get(model.type()).refusal(shape).orElse(null);
      if (refusal != null) {
        throw new ExperimentException(
            "%s cannot be trained on %s: %s"
                .formatted(model.name(), config.data().type(), refusal));
      }
    }
    int largest =
        config.sweep().map(sweep -> Collections.max(sweep.batchSizes())).orElse(config.batchSize());
    if (largest > data.size(Part.TRAIN)) {
      throw new ExperimentException(
          "the batch size of %d is larger than the training part of %s, which has %d examples"
              .formatted(largest, config.data().type(), data.size(Part.TRAIN)));
    }
    Setup setup = new Setup(config, data);
    setup.requireNetworks();
    return setup;
  }

  /**
   * Builds every network once, small cost beside its training: what cannot be trained is said
   * before anything is written, not after hours, when its turn comes.
   */
  private void requireNetworks() throws ExperimentException {
    int seed = config.seeds().get(0);
    for (ModelConfig model : config.models()) {
      for (OptimizerConfig optimizer : config.optimizers()) {
        parameters.put(
            model.name(),
            network(model, optimizer, seed, stepsAnEpoch(config.batchSize())).numParams());
      }
    }
  }

  /** How many parameters each model has on this data, by name. */
  Map<String, Long> parameters() {
    return parameters;
  }

  /** The content of the data set. */
  String dataSha256() {
    return dataSha256;
  }

  /** What can be guessed on the validation part: a pass over it. */
  ChanceLevel chance() {
    return Chance.of(
        data.shape().task(), data.shape().classes(), data.inOrder(Part.VALIDATION, CHANCE_BATCH));
  }

  Dataset data() {
    return data;
  }

  int stepsAnEpoch(int batchSize) {
    return (data.size(Part.TRAIN) + batchSize - 1) / batchSize;
  }

  /**
   * A new network, ready to train.
   *
   * @param steps how many minibatches the schedule spans
   * @throws ExperimentException if Deeplearning4j cannot build it
   */
  Model network(ModelConfig model, OptimizerConfig optimizer, int seed, long steps)
      throws ExperimentException {
    OptimizerType type = Optimizers.REGISTRY.get(optimizer.type());
    ISchedule schedule =
        Schedules.REGISTRY
            .get(config.schedule())
            .over(optimizer.learningRate(), Math.toIntExact(steps));
    Nd4j.getRandom().setSeed(seed);
    Model network =
        build(
            model,
            new Blueprint(
                data.shape(), seed, type.updater(schedule, optimizer.values()), model.values()));
    if (optimizer.hasLearningRate()) {
      Networks.setLearningRate(network, schedule); // AdaGrad loses it when the layers copy it
    }
    Regularization.apply(network, optimizer.values());
    attach(type, network, model, optimizer);
    return network;
  }

  private static void attach(
      OptimizerType type, Model network, ModelConfig model, OptimizerConfig optimizer)
      throws ExperimentException {
    try {
      type.attach(network, optimizer.values());
    } catch (IllegalArgumentException e) {
      throw new ExperimentException(
          "%s and %s do not go together: %s"
              .formatted(model.name(), optimizer.name(), e.getMessage()),
          e);
    }
  }

  private Model build(ModelConfig model, Blueprint blueprint) throws ExperimentException {
    ModelType type = Models.REGISTRY.get(model.type());
    try {
      return type.build(blueprint);
    } catch (RuntimeException e) {
      throw new ExperimentException(
          "%s cannot be built for %s: %s"
              .formatted(
                  model.name(),
                  config.data().type(),
                  String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
  }
}
