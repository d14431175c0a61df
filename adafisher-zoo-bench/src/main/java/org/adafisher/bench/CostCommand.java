package org.adafisher.bench;

import org.adafisher.bench.run.Work;
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
  Work work() {
    return Work.COST;
  }
}
