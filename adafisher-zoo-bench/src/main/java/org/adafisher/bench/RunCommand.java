package org.adafisher.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.adafisher.bench.config.ConfigException;
import org.adafisher.bench.config.ConfigReader;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.report.ArmSummary;
import org.adafisher.bench.report.ConsoleProgress;
import org.adafisher.bench.report.CurvesPlot;
import org.adafisher.bench.report.Summary;
import org.adafisher.bench.report.SummaryCsv;
import org.adafisher.bench.report.SummaryTable;
import org.adafisher.bench.run.AtomicFile;
import org.adafisher.bench.run.Experiment;
import org.adafisher.bench.run.RunResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs an experiment and reports it: a table on the console, CSV files and a plot on disk. */
@Command(
    name = "run",
    description = "Runs the experiment that a YAML file describes.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

  private static final String CONFIG_FILE = "config.yaml";
  private static final String SUMMARY_FILE = "summary.csv";
  private static final String PLOT_FILE = "curves.png";

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "CONFIG", description = "The YAML file.")
  private Path configFile;

  @Option(
      names = "--out",
      paramLabel = "DIRECTORY",
      description = "Where the results go, in place of the directory that CONFIG names.")
  private Path out;

  @Override
  public Integer call() throws ConfigException, IOException {
    long start = System.nanoTime();
    ExperimentConfig config = ConfigReader.read(configFile);
    if (out != null) {
      config = config.withOutput(out);
    }
    Path output = config.output();
    Files.createDirectories(output);
    AtomicFile.write(output.resolve(CONFIG_FILE), Files.readAllBytes(configFile));
    String conditions = conditions(config);
    System.out.printf("%n%s: %s%n", config.name(), conditions);
    List<RunResult> runs;
    boolean terminal = System.console() != null;
    try (ConsoleProgress progress = ConsoleProgress.start(config, terminal, System.out)) {
      runs = new Experiment(config, progress).run();
    }
    List<ArmSummary> arms = Summary.of(runs, config.reference());
    System.out.printf("%n%s%n", SummaryTable.of(arms, config.reference()));
    AtomicFile.write(output.resolve(SUMMARY_FILE), SummaryCsv.of(arms));
    String plot = plot(config, conditions, runs) ? PLOT_FILE + ", " : "";
    System.out.printf(
        Locale.ROOT,
        "%d runs in %d s. In %s: %s%s, %s, %s, %s%n",
        runs.size(),
        Duration.ofNanos(System.nanoTime() - start).toSeconds(),
        output,
        plot,
        SUMMARY_FILE,
        Experiment.EPOCHS_FILE,
        CONFIG_FILE,
        Experiment.ENVIRONMENT_FILE);
    return 0;
  }

  private static String conditions(ExperimentConfig config) {
    return String.format(
        Locale.ROOT,
        "%s, %d epochs of minibatches of %d, %s schedule, seeds %s",
        config.data(),
        config.epochs(),
        config.batchSize(),
        config.schedule(),
        config.seeds().stream().map(String::valueOf).collect(Collectors.joining(", ")));
  }

  /** Everything else is worth keeping where there are no fonts to draw with. */
  private boolean plot(ExperimentConfig config, String conditions, List<RunResult> runs)
      throws IOException {
    try {
      String subtitle = conditions + "; lines: mean, bands: lowest to highest seed";
      byte[] png = CurvesPlot.png(config.name(), subtitle, runs);
      AtomicFile.write(config.output().resolve(PLOT_FILE), png);
      return true;
    } catch (InternalError | LinkageError e) { // what AWT throws without fontconfig or freetype
      spec.commandLine()
          .getErr()
          .println("No plot: this system has no fonts, install fontconfig and any font.");
      return false;
    }
  }
}
