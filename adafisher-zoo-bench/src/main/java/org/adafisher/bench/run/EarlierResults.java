package org.adafisher.bench.run;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.adafisher.bench.backend.Backend;
import org.adafisher.bench.backend.Natives;
import org.adafisher.bench.config.ConfigException;
import org.adafisher.bench.config.ConfigReader;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.config.ModelConfig;
import org.adafisher.bench.config.OptimizerConfig;
import org.adafisher.bench.result.ResultLog;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;

/**
 * What a folder has from before, and whether an experiment may go on with it. Reads only.
 *
 * @param directory the folder, which need not exist
 * @param runs of the experiment itself, those that have an epoch
 * @param tried of the tuning, likewise
 * @param datasets the SHA-256 of the data they are of; one is empty if some do not say it
 */
record EarlierResults(
    Path directory, List<RunResult> runs, List<RunResult> tried, Set<Optional<String>> datasets) {

  private static final String ANOTHER_PLACE = "choose another --out, or remove it";

  /**
   * Reads a folder.
   *
   * @throws IOException if a file in it cannot be read, or is damaged
   */
  static EarlierResults in(Path directory) throws IOException {
    ResultLog runs = ResultLog.read(Results.runsFile(directory));
    ResultLog tried = ResultLog.read(Results.tuningFile(directory));
    Set<Optional<String>> datasets = new LinkedHashSet<>(runs.datasets());
    datasets.addAll(tried.datasets());
    return new EarlierResults(directory, runs.runs(), tried.runs(), datasets);
  }

  /** Whether no epoch has been recorded: there is nothing to lose then. */
  boolean none() {
    return runs.isEmpty() && tried.isEmpty();
  }

  /**
   * Sees whether an experiment may add to the folder.
   *
   * @param setup its data and networks as they are now
   * @throws ExperimentException if it would mix results, or leave some of them out
   * @throws IOException if a checkpoint cannot be read
   */
  void requireContinuedBy(ExperimentConfig config, Work work, Setup setup)
      throws ExperimentException, IOException {
    boolean costs = work != Work.COST && Files.exists(Results.costFile(directory));
    if (none() && !costs) {
      return;
    }
    List<String> differences = config.differences(copy());
    if (!differences.isEmpty()) {
      throw new ExperimentException(
          "%s has the results of another configuration (its config.yaml differs in %s; models, optimizers and seeds may be added, and nothing else changed); %s"
              .formatted(directory, String.join(", ", differences), ANOTHER_PLACE));
    }
    List<String> dropped = undescribedBy(config);
    if (!dropped.isEmpty()) {
      throw new ExperimentException(
          "%s has results of %s, which this configuration leaves out; put it back, or choose another --out"
              .formatted(directory, String.join(", ", dropped)));
    }
    requireSameNatives(config);
    requireSameData(config, setup);
    if (work == Work.RUN && !tried.isEmpty()) {
      throw new ExperimentException(
          "%s has learning rates that were tuned, and a run at those of the configuration would not be seen beside them; go on with tune, or choose another --out"
              .formatted(directory));
    }
    if (work == Work.TUNE && tried.isEmpty() && !runs.isEmpty()) {
      throw new ExperimentException(
          "%s has the results of run, which runs at tuned learning rates would hide; choose another --out"
              .formatted(directory));
    }
  }

  /**
   * They differ in the fourth digit of a loss and several times in the time of a step: two in one
   * table would be compared with each other.
   */
  private void requireSameNatives(ExperimentConfig config) throws ExperimentException, IOException {
    if (config.backend() == Backend.CPU && !sameNatives()) {
      throw new ExperimentException(
          "%s has results that were computed with natives: %s, and these would be with %s; set natives: %s to go on, or choose another --out"
              .formatted(directory, natives(), Natives.running(), natives()));
    }
  }

  /** Whether what is in the folder was computed with the natives that run now. */
  boolean sameNatives() throws IOException {
    return natives().equals(Natives.running());
  }

  /** Of a folder that does not say it, or is new, the only ones that there were. */
  private String natives() throws IOException {
    return ResultsDirectory.environment(directory)
        .getOrDefault("natives", Natives.PLAIN.toString());
  }

  private void requireSameData(ExperimentConfig config, Setup setup)
      throws ExperimentException, IOException {
    List<RunResult> saved = Checkpoint.lastEpochs(Results.checkpoints(directory));
    Set<Optional<String>> known = new LinkedHashSet<>(datasets);
    saved.forEach(run -> known.add(run.dataSha256()));
    known.remove(Optional.<String>empty());
    known.remove(Optional.of(setup.dataSha256()));
    String remedy = "put back what they were made of, or choose another --out";
    if (!known.isEmpty()) {
      throw new ExperimentException(
          "%s has results on other data: the content of %s has changed since (SHA-256 %s then, %s now); %s"
              .formatted(
                  directory,
                  config.data(),
                  known.iterator().next().orElseThrow(),
                  setup.dataSha256(),
                  remedy));
    }
    // Of older results this is all that is known.
    for (RunResult run : Stream.of(runs, tried, saved).flatMap(List::stream).toList()) {
      Long parameters = setup.parameters().get(run.trial().model());
      if (parameters != null && parameters != run.parameters()) {
        throw new ExperimentException(
            "%s has results of %s with %d parameters, and on %s it has %d now, so the content of that has changed since; %s"
                .formatted(
                    directory,
                    run.trial().model(),
                    run.parameters(),
                    config.data(),
                    parameters,
                    remedy));
      }
    }
  }

  /** Whether what a stopped program left is of the same data, as far as it says. */
  boolean sameData(Setup setup) throws IOException {
    return Checkpoint.lastEpochs(Results.checkpoints(directory)).stream()
        .allMatch(run -> run.dataSha256().orElse("").equals(setup.dataSha256()));
  }

  /**
   * Sees whether the folder's own configuration says what its results are of.
   *
   * @param config the one in the folder
   * @throws ExperimentException if a report by it would leave results out
   */
  void requireDescribedBy(ExperimentConfig config) throws ExperimentException {
    Set<Optional<String>> known = new LinkedHashSet<>(datasets);
    known.remove(Optional.<String>empty());
    if (known.size() > 1) {
      throw new ExperimentException(
          "its results are of %d different contents of %s, which one table cannot hold; move the lines of each dataSha256 into a folder of their own"
              .formatted(known.size(), config.data()));
    }
    List<String> missing = new ArrayList<>(undescribedBy(config));
    if (missing.isEmpty()) {
      missing.addAll(unplanned(config));
    }
    if (!missing.isEmpty()) {
      throw new ExperimentException(
          "its config.yaml does not have %s, of which there are results; put the configuration back that they were made with"
              .formatted(String.join(", ", missing)));
    }
  }

  /** Whether the folder's configuration can be read and differs in nothing that matters. */
  boolean sameConfiguration(ExperimentConfig config) {
    try {
      return config.differences(copy()).isEmpty();
    } catch (ExperimentException e) {
      return false;
    }
  }

  private ExperimentConfig copy() throws ExperimentException {
    Path copy = ResultsDirectory.configuration(directory);
    if (!Files.exists(copy)) {
      throw new ExperimentException(
          "%s has results, but no config.yaml that says of what; put the one there that they were made with, or choose another --out"
              .formatted(directory));
    }
    try {
      return ConfigReader.read(copy);
    } catch (ConfigException e) {
      throw new ExperimentException(
          "%s has results, and its config.yaml cannot be read (%s); put the one there that they were made with, or choose another --out"
              .formatted(directory, e.getMessage()),
          e);
    }
  }

  private List<String> undescribedBy(ExperimentConfig config) {
    Set<String> missing = new LinkedHashSet<>();
    Set<String> models =
        config.models().stream().map(ModelConfig::name).collect(Collectors.toSet());
    Set<String> optimizers =
        config.optimizers().stream().map(OptimizerConfig::name).collect(Collectors.toSet());
    Stream.concat(runs.stream(), tried.stream())
        .map(RunResult::trial)
        .forEach(
            trial -> {
              if (!models.contains(trial.model())) {
                missing.add("the model '" + trial.model() + "'");
              }
              if (!optimizers.contains(trial.optimizer())) {
                missing.add("the optimizer '" + trial.optimizer() + "'");
              }
            });
    for (RunResult run : runs) {
      if (!config.seeds().contains(run.trial().seed())) {
        missing.add("the seed " + run.trial().seed());
      }
    }
    return List.copyOf(missing);
  }

  /** Runs at learning rates or batch sizes that the configuration does not have. */
  private List<String> unplanned(ExperimentConfig config) {
    Set<Trial> planned = new LinkedHashSet<>();
    Map<String, Map<String, Double>> tuned =
        tried.isEmpty() || config.tuning().isEmpty()
            ? Map.of()
            : Results.tuning(config, tried).chosen();
    for (Stage stage : List.of(Results.stage(config, Map.of()), Results.stage(config, tuned))) {
      stage.groups().stream().flatMap(List::stream).map(Arm::trial).forEach(planned::add);
    }
    return runs.stream()
        .map(RunResult::trial)
        .filter(trial -> !planned.contains(trial))
        .map(
            trial ->
                "'%s' at the learning rate %s and the batch size %d"
                    .formatted(trial.optimizer(), trial.learningRate(), trial.batchSize()))
        .distinct()
        .toList();
  }

  /** Removes what a program left that was stopped before its first epoch. */
  void removeLeftovers() throws IOException {
    Files.deleteIfExists(Results.stepTimesFile(directory));
    Path checkpoints = Results.checkpoints(directory);
    if (Files.isDirectory(checkpoints)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(checkpoints)) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
    }
  }
}
