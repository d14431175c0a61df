package org.adafisher.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.adafisher.bench.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line; its exit status is 0, or 1 if the run failed, or 2 for a mistake in input. */
@Command(
    name = "adafisher-bench",
    description = "Trains networks with AdaFisher and its rivals and reports what came out.",
    mixinStandardHelpOptions = true,
    subcommands = RunCommand.class)
public final class Main {

  private Main() {}

  /** Runs the command that the arguments name, then exits. */
  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  /**
   * Runs a command.
   *
   * @return the exit status
   */
  static int execute(String... arguments) {
    return new CommandLine(new Main())
        .setExecutionExceptionHandler((e, command, parsed) -> explain(e, command))
        .execute(arguments);
  }

  /** One sentence where the user can mend it; everything there is where a developer has to. */
  private static int explain(Exception e, CommandLine command) throws Exception {
    if (e instanceof ConfigException) {
      command.getErr().println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    if (e instanceof IOException || e instanceof UncheckedIOException) {
      command.getErr().println("A file could not be read or written: " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    throw e;
  }
}
