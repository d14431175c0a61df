package org.adafisher.bench.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.config.ModelConfig;
import org.adafisher.bench.data.DataException;
import org.adafisher.bench.result.CostFile;
import org.adafisher.bench.result.CostResult;
import org.adafisher.bench.result.ResultLog;

/** Does what a configuration describes and keeps the results in a folder. */
public final class Experiment {

  /** Enough for a steady median; the more exact measure is the cost command. */
  private static final int STEP_TIME_ROUNDS = 25;

  private final ExperimentConfig config;
  private final ResultsDirectory directory;
  private final ProgressListener listener;
  private final Setup setup;

  /**
   * Loads the data.
   *
   * @param config what to do
   * @param directory keeps the results
   * @param listener is told about the progress
   * @throws DataException if files of the data set are missing or wrong
   * @throws ExperimentException if data and models do not go together
   */
  public Experiment(ExperimentConfig config, ResultsDirectory directory, ProgressListener listener)
      throws DataException, ExperimentException {
    this.config = config;
    this.directory = directory;
    this.listener = listener;
    this.setup = Setup.of(config);
  }

  /**
   * Makes all runs at the learning rates of the configuration, or on its sweep.
   *
   * @throws IOException if results cannot be written or read
   */
  public void run() throws IOException, ExperimentException {
    make(Results.stage(config, Map.of()), Results.runsFile(directory.path()));
  }

  /**
   * Tries learning rates, then makes all runs at the best ones.
   *
   * @throws ExperimentException if the configuration does not say how to tune
   * @throws IOException if results cannot be written or read
   */
  public void tune() throws IOException, ExperimentException {
    Path tuningFile = Results.tuningFile(directory.path());
    make(Stage.tuning(config), tuningFile);
    Results.Tuning tuning = Results.tuning(config, ResultLog.read(tuningFile).runs());
    make(Stage.experiment(config, tuning.chosen()), Results.runsFile(directory.path()));
  }

  /**
   * Times training steps.
   *
   * @throws IOException if results cannot be written
   */
  public void cost() throws IOException, ExperimentException {
    CostFile.write(
        Results.costFile(directory.path()), time(config.costRounds(), List.of(config.batchSize())));
  }

  private void make(Stage stage, Path file) throws IOException, ExperimentException {
    List<CostResult> times = Allowance.needsTimes(stage.budget()) ? stepTimes(stage) : List.of();
    new StageRunner(
            setup,
            new Allowance(config.reference(), times),
            ResultLog.open(file),
            directory.path().resolve("checkpoints"),
            listener)
        .run(stage);
  }

  /** Measured once and kept: a resumed run has to share the time out in the same way. */
  private List<CostResult> stepTimes(Stage stage) throws IOException, ExperimentException {
    Path file = Results.stepTimesFile(directory.path());
    List<CostResult> times = new ArrayList<>(CostFile.read(file));
    Allowance known = new Allowance(config.reference(), times);
    List<Arm> arms = stage.groups().stream().flatMap(List::stream).toList();
    if (!arms.stream().allMatch(known::knows)) {
      time(STEP_TIME_ROUNDS, arms.stream().map(Arm::batchSize).distinct().toList()).stream()
          .filter(time -> times.stream().noneMatch(time::sameStepAs))
          .forEach(times::add);
      CostFile.write(file, times);
    }
    return times;
  }

  private List<CostResult> time(int rounds, List<Integer> batchSizes) throws ExperimentException {
    List<CostResult> times = new ArrayList<>();
    StepTimer timer = new StepTimer(config, setup);
    for (ModelConfig model : config.models()) {
      for (int batchSize : batchSizes) {
        listener.preparing(
            "timing steps of %s in batches of %d".formatted(model.name(), batchSize));
        times.addAll(timer.time(model, batchSize, rounds));
        System.gc(); // a network for each optimizer is garbage now, most of it off the heap
      }
    }
    return times;
  }
}
