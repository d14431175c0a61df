package org.adafisher.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.adafisher.bench.backend.BackendException;
import org.adafisher.bench.backend.BackendSelector;
import org.adafisher.bench.config.ConfigException;
import org.adafisher.bench.config.ConfigReader;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.data.DataException;
import org.adafisher.bench.report.ConsoleProgress;
import org.adafisher.bench.run.Experiment;
import org.adafisher.bench.run.ExperimentException;
import org.adafisher.bench.run.ResultsDirectory;
import org.adafisher.bench.run.Work;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the commands that compute have in common: configurations in, a folder with a report out. */
abstract class ExperimentCommand implements Callable<Integer> {

  static final String GO_ON =
      "give the same command again, and it goes on after the last complete epoch of each run";

  @Parameters(paramLabel = "CONFIG", arity = "1..*", description = "The YAML file or files.")
  private List<Path> configFiles;

  @Option(
      names = "--out",
      paramLabel = "DIRECTORY",
      description =
          "Where the results go, in place of the directory that CONFIG names; with one CONFIG"
              + " only.")
  private Path out;

  /** What is done. */
  abstract Work work();

  /** How to go on, for somebody who stops it. */
  abstract String whenStopped();

  /** Writes the report and prints what came out. */
  void report(ExperimentConfig config) throws IOException {
    ExperimentReport.write(config, config.output(), System.out);
  }

  /**
   * Sees whether the command can be given this configuration, before anything is done.
   *
   * @throws ExperimentException if not
   */
  void check(ExperimentConfig config) throws ExperimentException {}

  @Override
  public Integer call()
      throws ConfigException, DataException, ExperimentException, BackendException, IOException {
    if (out != null && configFiles.size() > 1) {
      throw new ConfigException("--out goes with one CONFIG, and there are " + configFiles.size());
    }
    List<ConfigFile> configs = read();
    StopNotice notice = StopNotice.of(whenStopped());
    try {
      return carryOut(configs);
    } finally {
      notice.close();
    }
  }

  private int carryOut(List<ConfigFile> configs)
      throws BackendException, ConfigException, IOException {
    if (configs.size() == 1) {
      carryOut(configs.get(0), prepare(configs.get(0)));
      return 0;
    }
    // Twice, for the data of all may not fit into memory: a mistake in the last is to be found
    // before hours are spent on the first.
    for (ConfigFile config : configs) {
      prepare(config);
    }
    for (ConfigFile config : configs) {
      carryOut(config, prepare(config));
    }
    return 0;
  }

  /**
   * A configuration as it was when it was read: somebody may go on editing the file.
   *
   * @param path for messages
   * @param content what the file held
   * @param config what that says
   */
  private record ConfigFile(Path path, byte[] content, ExperimentConfig config) {}

  /** All configurations, each of which has to write to a folder of its own. */
  private List<ConfigFile> read() throws ConfigException {
    List<ConfigFile> configs = new ArrayList<>();
    Map<Path, Path> owners = new HashMap<>();
    for (Path file : configFiles) {
      byte[] content = ConfigReader.content(file);
      ExperimentConfig read = ConfigReader.read(file, content);
      ExperimentConfig config = out == null ? read : read.withOutput(out);
      configs.add(new ConfigFile(file, content, config));
      Path owner = owners.put(config.output().toAbsolutePath().normalize(), file);
      if (owner != null) {
        throw new ConfigException(
            "%s and %s both write to %s; give each an output of its own, or run one at a time"
                .formatted(owner, file, config.output()));
      }
    }
    return configs;
  }

  private Experiment.Prepared prepare(ConfigFile file)
      throws BackendException, ConfigException, IOException {
    try {
      check(file.config());
      BackendSelector.select(file.config().backend(), file.config().natives());
      return Experiment.prepare(file.config(), work());
    } catch (DataException | ExperimentException e) {
      throw new ConfigException(file.path(), e.getMessage(), e);
    }
  }

  private void carryOut(ConfigFile file, Experiment.Prepared experiment)
      throws ConfigException, IOException {
    long start = System.nanoTime();
    ExperimentConfig config = file.config();
    try (ResultsDirectory directory = ResultsDirectory.open(config, file.content());
        ConsoleProgress progress = ConsoleProgress.start(System.console() != null, System.out)) {
      System.out.printf("%n%s%n", ExperimentReport.headline(config));
      experiment.carryOut(directory, progress);
    } catch (ExperimentException e) {
      throw new ConfigException(file.path(), e.getMessage(), e);
    }
    report(config);
    System.out.printf("%d s in all.%n", (System.nanoTime() - start) / 1_000_000_000L);
  }
}
