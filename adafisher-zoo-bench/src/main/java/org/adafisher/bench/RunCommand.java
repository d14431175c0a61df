package org.adafisher.bench;

import org.adafisher.bench.run.Work;
import picocli.CommandLine.Command;

/** Runs experiments as they are configured. */
@Command(
    name = "run",
    description =
        "Trains every model with every optimizer and every seed, and reports; goes on where an"
            + " interrupted run was.",
    mixinStandardHelpOptions = true)
final class RunCommand extends ExperimentCommand {

  @Override
  Work work() {
    return Work.RUN;
  }

  @Override
  String whenStopped() {
    return GO_ON;
  }
}
