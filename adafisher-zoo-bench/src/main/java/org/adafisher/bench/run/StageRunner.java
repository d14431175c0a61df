package org.adafisher.bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.adafisher.bench.optimizer.OptimizerType;
import org.adafisher.bench.optimizer.Optimizers;
import org.adafisher.bench.result.ChanceLevel;
import org.adafisher.bench.result.ResultLog;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;
import org.deeplearning4j.nn.api.Model;

/**
 * Makes the runs of a stage so that they differ in nothing but what they are to differ in: at equal
 * seed the same initial weights and the same minibatches in the same order. The arms of a group
 * take turns epoch by epoch, so that a slow minute of the machine hits them all.
 *
 * <p>After every epoch the network is saved, then the epoch's line is added to the log. A program
 * that is killed at any moment therefore finds a network that is as old as its last line or one
 * epoch older, and goes on from there.
 */
final class StageRunner {

  private final Setup setup;
  private final Allowance allowance;
  private final ResultLog log;
  private final Path checkpoints;
  private final ProgressListener listener;
  private final ChanceLevel chance;

  StageRunner(
      Setup setup,
      Allowance allowance,
      ResultLog log,
      Path checkpoints,
      ProgressListener listener) {
    this.setup = setup;
    this.allowance = allowance;
    this.log = log;
    this.checkpoints = checkpoints;
    this.listener = listener;
    this.chance = setup.chance();
  }

  /**
   * Makes all runs that are not complete yet.
   *
   * @return all of them, in the order of the stage
   */
  List<RunResult> run(Stage stage) throws IOException, ExperimentException {
    List<Arm> arms = stage.groups().stream().flatMap(List::stream).toList();
    long planned = 0;
    long done = 0;
    for (Arm arm : arms) {
      long steps = plannedSteps(stage, arm);
      planned += steps;
      Optional<RunResult> before = log.run(arm.trial());
      done += before.map(run -> run.complete() ? steps : run.last().steps()).orElse(0L);
    }
    listener.stageStarted(stage.name(), arms.size(), planned, done);
    List<RunResult> results = new ArrayList<>();
    for (List<Arm> group : stage.groups()) {
      List<RunResult> runs = runGroup(stage, group);
      results.addAll(runs);
      listener.groupFinished(runs);
    }
    return results;
  }

  private long plannedSteps(Stage stage, Arm arm) {
    return allowance.steps(stage.budget(), arm, setup.stepsAnEpoch(arm.batchSize()));
  }

  private List<RunResult> runGroup(Stage stage, List<Arm> group)
      throws IOException, ExperimentException {
    List<TrainingRun> runs = new ArrayList<>();
    for (Arm arm : group) {
      if (log.run(arm.trial()).map(RunResult::complete).orElse(false)) {
        Files.deleteIfExists(checkpoint(arm.trial())); // of a kill between the last line and this
      } else {
        runs.add(begin(arm, plannedSteps(stage, arm)));
      }
    }
    for (int epoch = 1; runs.stream().anyMatch(run -> !run.result().complete()); epoch++) {
      for (int i = 0; i < runs.size(); i++) {
        TrainingRun run = runs.get((i + epoch) % runs.size()); // nobody is always the first
        if (run.result().epochs().size() < epoch && !run.result().complete()) {
          advance(run);
        }
      }
    }
    return group.stream().map(arm -> log.run(arm.trial()).orElseThrow()).toList();
  }

  /** A run from its checkpoint, or from the start. */
  private TrainingRun begin(Arm arm, long steps) throws IOException, ExperimentException {
    Trial trial = arm.trial();
    Path file = checkpoint(trial);
    if (!Files.exists(file)) {
      if (log.run(trial).isPresent()) {
        log.truncate(trial, 0);
      }
      Model network = setup.network(arm.model(), arm.optimizer(), arm.seed(), steps);
      RunResult nothing = new RunResult(trial, network.numParams(), steps, List.of());
      return new TrainingRun(arm, network, nothing.onData(setup.dataSha256(), chance));
    }
    Checkpoint checkpoint = Checkpoint.read(file);
    OptimizerType type = Optimizers.REGISTRY.get(arm.optimizer().type());
    type.attach(checkpoint.network(), arm.optimizer().values());
    type.restoreOwnState(checkpoint.network(), checkpoint.optimizerState());
    int logged = log.run(trial).map(run -> run.epochs().size()).orElse(0);
    int saved = checkpoint.epoch().epoch();
    if (logged < saved - 1) {
      throw new IOException(
          "%s is of epoch %d, but the results end with epoch %d; remove it, and its run starts again"
              .formatted(file, saved, logged));
    }
    if (logged > saved) {
      log.truncate(trial, saved);
    }
    RunResult run =
        log.run(trial)
            .orElse(new RunResult(trial, checkpoint.network().numParams(), steps, List.of()))
            .onData(setup.dataSha256(), chance);
    if (logged == saved - 1) {
      run = run.with(checkpoint.epoch());
      log.append(run);
    }
    return new TrainingRun(arm, checkpoint.network(), run);
  }

  private void advance(TrainingRun run) throws IOException {
    Trial trial = run.arm().trial();
    int stepsAnEpoch = setup.stepsAnEpoch(trial.batchSize());
    long planned = run.result().plannedSteps();
    listener.epochStarted(
        run.result(), Math.toIntExact((planned + stepsAnEpoch - 1) / stepsAnEpoch));
    run.runEpoch(setup.data(), steps -> listener.stepsDone(trial, steps));
    RunResult result = run.result();
    if (!result.complete()) {
      Map<String, double[]> state =
          Optimizers.REGISTRY.get(run.arm().optimizer().type()).ownState(run.network());
      Checkpoint.write(checkpoint(trial), run.network(), state, result);
    }
    log.append(result);
    listener.epochFinished(trial, result.last());
    if (result.complete()) {
      Files.deleteIfExists(checkpoint(trial));
      listener.stepsDropped(result.plannedSteps() - result.last().steps());
    }
  }

  private Path checkpoint(Trial trial) {
    return Checkpoint.file(checkpoints, trial);
  }
}
