package org.adafisher.bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.config.OptimizerConfig;
import org.adafisher.bench.data.Dataset;
import org.adafisher.bench.data.Datasets;
import org.adafisher.bench.model.Model;
import org.adafisher.bench.model.Models;
import org.adafisher.bench.optimizer.OptimizerType;
import org.adafisher.bench.optimizer.Optimizers;
import org.adafisher.bench.optimizer.Schedules;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Runs an experiment so that the arms differ in nothing but the optimizer: at equal seed the same
 * initial weights, the same minibatches in the same order, and the same schedule. The arms of a
 * model and a seed take turns epoch by epoch, so that a slow minute of the machine hits them all.
 */
public final class Experiment {

  /** The file in the output directory with one line an epoch, rewritten after every group. */
  public static final String EPOCHS_FILE = "epochs.csv";

  /** The file in the output directory that says where the run took place. */
  public static final String ENVIRONMENT_FILE = "environment.json";

  private final ExperimentConfig config;
  private final ProgressListener listener;

  /**
   * @param config what to run
   * @param listener is told about the progress
   */
  public Experiment(ExperimentConfig config, ProgressListener listener) {
    this.config = config;
    this.listener = listener;
  }

  /**
   * Trains everything and keeps {@link #EPOCHS_FILE} up to date meanwhile: an interrupted run
   * leaves the groups that were complete.
   *
   * @throws IOException if the output directory cannot be written
   */
  public List<RunResult> run() throws IOException {
    Path output = config.output();
    Files.createDirectories(output);
    AtomicFile.write(output.resolve(ENVIRONMENT_FILE), Environment.current().toJson());
    Dataset data = Datasets.REGISTRY.get(config.data()).get();
    List<RunResult> results = new ArrayList<>();
    for (String model : config.models()) {
      for (int seed : config.seeds()) {
        List<RunResult> group = runGroup(model, seed, data);
        results.addAll(group);
        AtomicFile.write(output.resolve(EPOCHS_FILE), EpochsCsv.of(results));
        listener.groupFinished(group);
      }
    }
    return results;
  }

  private List<RunResult> runGroup(String model, int seed, Dataset data) {
    List<Arm> arms = new ArrayList<>();
    for (OptimizerConfig optimizer : config.optimizers()) {
      arms.add(new Arm(optimizer.name(), network(model, optimizer, seed, data)));
    }
    for (int epoch = 1; epoch <= config.epochs(); epoch++) {
      long epochSeed = 1_000_003L * seed + epoch;
      for (int i = 0; i < arms.size(); i++) {
        Arm arm = arms.get((i + epoch) % arms.size()); // nobody is always the first
        Nd4j.getRandom().setSeed(epochSeed);
        EpochResult result = arm.runEpoch(data, config.batchSize(), epochSeed);
        listener.epochFinished(model, arm.optimizer(), seed, result);
      }
    }
    return arms.stream().map(arm -> arm.result(model, seed)).toList();
  }

  private MultiLayerNetwork network(
      String modelName, OptimizerConfig optimizer, int seed, Dataset data) {
    Model model = Models.REGISTRY.get(modelName);
    OptimizerType type = Optimizers.REGISTRY.get(optimizer.type());
    int stepsAnEpoch = (data.trainExamples() + config.batchSize() - 1) / config.batchSize();
    ISchedule schedule =
        Schedules.REGISTRY
            .get(config.schedule())
            .over(optimizer.values().get("learningRate"), stepsAnEpoch * config.epochs());
    NeuralNetConfiguration.Builder base =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .dataType(DataType.FLOAT)
            .updater(type.factory().apply(schedule, optimizer.values()));
    Nd4j.getRandom().setSeed(seed);
    MultiLayerNetwork network =
        new MultiLayerNetwork(model.build(base, data.inputType(), data.classes()));
    network.init();
    type.attach().accept(network);
    return network;
  }
}
