package org.adafisher.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the commands that compute have in common: configurations in, a folder with a report out. */
abstract class ExperimentCommand implements Callable<Integer> {

  @Parameters(paramLabel = "CONFIG", arity = "1..*", description = "The YAML file or files.")
  private List<Path> configFiles;

  @Option(
      names = "--out",
      paramLabel = "DIRECTORY",
      description =
          "Where the results go, in place of the directory that CONFIG names; with one CONFIG"
              + " only.")
  private Path out;

  /** Computes. */
  abstract void compute(Experiment experiment) throws IOException, ExperimentException;

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
    for (Path file : configFiles) {
      ExperimentConfig config = ConfigReader.read(file);
      call(file, out == null ? config : config.withOutput(out));
    }
    return 0;
  }

  private void call(Path file, ExperimentConfig config)
      throws DataException, ExperimentException, BackendException, ConfigException, IOException {
    long start = System.nanoTime();
    try {
      check(config);
      BackendSelector.select(config.backend());
      try (ResultsDirectory directory = ResultsDirectory.open(config, file);
          ConsoleProgress progress = ConsoleProgress.start(System.console() != null, System.out)) {
        System.out.printf("%n%s%n", ExperimentReport.headline(config));
        compute(new Experiment(config, directory, progress));
      }
    } catch (DataException | ExperimentException e) {
      throw new ConfigException(file, e.getMessage(), e);
    }
    ExperimentReport.write(config, config.output(), System.out);
    System.out.printf("%d s in all.%n", (System.nanoTime() - start) / 1_000_000_000L);
  }
}
