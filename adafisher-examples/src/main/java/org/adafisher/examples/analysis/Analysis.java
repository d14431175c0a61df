package org.adafisher.examples.analysis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import org.adafisher.onednn.OneDnn;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Draws what AdaFisher sees inside a network: {@code mvn -q -DskipTests -Panalysis package}. Every
 * command writes a PNG and an SVG of each picture, and prints its numbers.
 */
@Command(
    name = "analysis",
    description = "Draws what AdaFisher sees and does inside a network that learns the digits.",
    footer = {
      "",
      "Start with: analysis all. Each command has --help; docs/analysis.md says what one sees.",
      "",
      "Exit status: 0 if all went well, 1 if a file could not be written, 2 for a mistake on the"
          + " command line."
    },
    mixinStandardHelpOptions = true)
public final class Analysis {

  private Analysis() {}

  /** Runs the command that the arguments name, then exits. */
  public static void main(String[] arguments) {
    OneDnn.enable(); // convolutions several times faster: docs/onednn.md
    System.setProperty("java.awt.headless", "true");
    System.exit(execute(arguments));
  }

  static int execute(String... arguments) {
    CommandLine all = new CommandLine(new Analysis());
    for (Study study : Study.values()) {
      CommandLine one = new CommandLine(new One(study));
      one.getCommandSpec().usageMessage().description(study.description());
      all.addSubcommand(study.command(), one);
    }
    all.addSubcommand("all", new All());
    return all.setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (e, command, parsed) -> {
              if (e instanceof IllegalArgumentException) {
                command.getErr().println(e.getMessage());
                return CommandLine.ExitCode.USAGE;
              }
              if (e instanceof IOException || e instanceof UncheckedIOException) {
                command.getErr().println("A file could not be written: " + e.getMessage());
                return CommandLine.ExitCode.SOFTWARE;
              }
              throw e;
            })
        .execute(arguments);
  }

  /** A single study. */
  @Command(mixinStandardHelpOptions = true, showDefaultValues = true)
  private static final class One implements Callable<Integer> {

    private final Study study;

    @Mixin private StudyOptions options;

    private One(Study study) {
      this.study = study;
    }

    @Override
    public Integer call() throws IOException {
      options.check();
      study.run(options, System.out);
      return CommandLine.ExitCode.OK;
    }
  }

  /** All of them. */
  @Command(
      description = "All of these, one after the other.",
      mixinStandardHelpOptions = true,
      showDefaultValues = true)
  private static final class All implements Callable<Integer> {

    @Mixin private StudyOptions options;

    @Override
    public Integer call() throws IOException {
      options.check();
      for (Study study : Study.values()) {
        study.run(options, System.out);
      }
      return CommandLine.ExitCode.OK;
    }
  }
}
