package org.adafisher.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.adafisher.bench.backend.BackendException;
import org.adafisher.bench.config.ConfigException;
import org.adafisher.bench.data.DataException;
import org.adafisher.bench.run.ExperimentException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line; its exit status is 0, or 1 if the run failed, or 2 for a mistake in input. */
@Command(
    name = "adafisher-bench",
    description = {
      "Trains networks with AdaFisher and its rivals, fairly, and reports what came out.",
      ""
    },
    footer = {
      "",
      "Start with: adafisher-bench run config/quickstart.yaml",
      "",
      "Everything is a YAML file: data, models, optimizers, budget, seeds. Results go to the folder"
          + " that it names: report.html, plots, tables as CSV, and epochs.jsonl, to which every"
          + " epoch adds a line. A command that was interrupted goes on where it was when it is"
          + " given again.",
      "",
      "Set OMP_WAIT_POLICY=PASSIVE, or small networks run several times slower on a busy machine.",
      "",
      "Exit status: 0 if all went well, 1 if a file could not be read or written, 2 for a mistake"
          + " on the command line, in a configuration or in the data."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      ListCommand.class,
      RunCommand.class,
      TuneCommand.class,
      CostCommand.class,
      ReportCommand.class
    })
public final class Main {

  private Main() {}

  /** Runs the command that the arguments name, then exits. */
  public static void main(String[] arguments) {
    System.setProperty("java.awt.headless", "true");
    System.exit(execute(arguments));
  }

  /**
   * Runs a command.
   *
   * @return the exit status
   */
  static int execute(String... arguments) {
    return new CommandLine(new Main())
        .registerConverter(Path.class, PathArgument::convert)
        .setExecutionExceptionHandler((e, command, parsed) -> explain(e, command))
        .execute(arguments);
  }

  /** One sentence where the user can mend it; everything there is where a developer has to. */
  private static int explain(Exception e, CommandLine command) throws Exception {
    if (e instanceof ConfigException
        || e instanceof DataException
        || e instanceof ExperimentException
        || e instanceof BackendException) {
      command.getErr().println(oneLine(e));
      return CommandLine.ExitCode.USAGE;
    }
    if (e instanceof IOException || e instanceof UncheckedIOException) {
      command.getErr().println("A file could not be read or written: " + oneLine(e));
      return CommandLine.ExitCode.SOFTWARE;
    }
    throw e;
  }

  /** Names of files, which messages repeat, may have line breaks in them. */
  private static String oneLine(Exception e) {
    return String.valueOf(e.getMessage()).replaceAll("\\R", "\\\\n");
  }
}
