package org.adafisher.bench;

import java.io.IOException;
import org.adafisher.bench.run.Experiment;
import org.adafisher.bench.run.ExperimentException;
import picocli.CommandLine.Command;

/** Times training steps. */
@Command(
    name = "cost",
    description =
        "Times a training step of every model under every optimizer, in turns, and says how large"
            + " the optimizers' states are; trains nothing.",
    mixinStandardHelpOptions = true)
final class CostCommand extends ExperimentCommand {

  @Override
  void compute(Experiment experiment) throws IOException, ExperimentException {
    experiment.cost();
  }
}
