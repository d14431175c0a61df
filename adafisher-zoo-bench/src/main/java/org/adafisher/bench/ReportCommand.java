package org.adafisher.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.adafisher.bench.config.ConfigException;
import org.adafisher.bench.config.ConfigReader;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.run.ExperimentException;
import org.adafisher.bench.run.ResultsDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes the report of a folder again. */
@Command(
    name = "report",
    description = "Makes the report of a results folder, also of one that is not complete yet.",
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {

  @Parameters(paramLabel = "DIR", description = "A folder that run, tune or cost wrote.")
  private Path directory;

  @Override
  public Integer call() throws ConfigException, IOException {
    Path configuration = ResultsDirectory.configuration(directory);
    if (!Files.exists(configuration)) {
      throw new ConfigException(
          directory,
          "there are no results here, a folder with a config.yaml that run, tune or cost wrote is"
              + " expected",
          null);
    }
    ExperimentConfig config = ConfigReader.read(configuration);
    try {
      ResultsDirectory.requireDescribed(config, directory);
    } catch (ExperimentException e) {
      throw new ConfigException(directory, e.getMessage(), e);
    }
    ExperimentReport.write(config, directory, System.out);
    return 0;
  }
}
