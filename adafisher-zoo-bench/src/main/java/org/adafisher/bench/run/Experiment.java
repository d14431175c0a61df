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

  private Experiment(
      ExperimentConfig config, Setup setup, ResultsDirectory directory, ProgressListener listener) {
    this.config = config;
    this.setup = setup;
    this.directory = directory;
    this.listener = listener;
  }

  /**
   * An experiment of which all that could be refused has been looked at; nothing has been written.
   */
  public static final class Prepared {

    private final ExperimentConfig config;
    private final Work work;
    private final Setup setup;

    private Prepared(ExperimentConfig config, Work work, Setup setup) {
      this.config = config;
      this.work = work;
      this.setup = setup;
    }

    /**
     * Does the work.
     *
     * @param directory keeps the results
     * @param listener is told about the progress
     * @throws IOException if results cannot be written or read
     * @throws ExperimentException if another program has changed the folder since
     */
    public void carryOut(ResultsDirectory directory, ProgressListener listener)
        throws IOException, ExperimentException {
      Experiment experiment = new Experiment(config, setup, directory, listener);
      switch (work) {
        case RUN -> experiment.run();
        case TUNE -> experiment.tune();
        case COST -> experiment.cost();
      }
    }
  }

  /**
   * Loads the data, builds the networks and looks at the folder's earlier results. Reads only.
   *
   * @param config what to do, and where the results are to go
   * @throws DataException if files of the data set are missing or wrong
   * @throws ExperimentException if data, models and optimizers do not go together, or the folder
   *     has results that this experiment may not add to
   * @throws IOException if the folder's results cannot be read
   */
  public static Prepared prepare(ExperimentConfig config, Work work)
      throws DataException, ExperimentException, IOException {
    Setup setup = Setup.of(config);
    EarlierResults.in(config.output()).requireContinuedBy(config, work, setup);
    return new Prepared(config, work, setup);
  }

  /** Makes all runs at the learning rates of the configuration, or on its sweep. */
  private void run() throws IOException, ExperimentException {
    directory.begin(config, Work.RUN, setup);
    make(Results.stage(config, Map.of()), Results.runsFile(directory.path()));
  }

  /** Tries learning rates, then makes all runs at the best ones. */
  private void tune() throws IOException, ExperimentException {
    if (config.tuning().isEmpty()) {
      throw new ExperimentException(
          "it does not say how to tune; add for example tuning: {trials: 5, seeds: [11]}");
    }
    directory.begin(config, Work.TUNE, setup);
    Path tuningFile = Results.tuningFile(directory.path());
    make(Stage.tuning(config), tuningFile);
    Results.Tuning tuning = Results.tuning(config, ResultLog.read(tuningFile).runs());
    make(Stage.experiment(config, tuning.chosen()), Results.runsFile(directory.path()));
  }

  /** Times training steps. */
  private void cost() throws IOException, ExperimentException {
    List<CostResult> costs = time(config.costRounds(), List.of(config.batchSize()));
    directory.begin(config, Work.COST, setup);
    CostFile.write(Results.costFile(directory.path()), costs);
  }

  private void make(Stage stage, Path file) throws IOException, ExperimentException {
    List<CostResult> times = Allowance.needsTimes(stage.budget()) ? stepTimes(stage) : List.of();
    new StageRunner(
            setup,
            new Allowance(config.reference(), times),
            ResultLog.open(file),
            Results.checkpoints(directory.path()),
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
