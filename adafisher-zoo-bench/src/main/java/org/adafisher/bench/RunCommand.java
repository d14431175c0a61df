package org.adafisher.bench;

import java.io.IOException;
import org.adafisher.bench.run.Experiment;
import org.adafisher.bench.run.ExperimentException;
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
  void compute(Experiment experiment) throws IOException, ExperimentException {
    experiment.run();
  }
}
