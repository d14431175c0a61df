package org.adafisher.bench;

import java.io.IOException;
import org.adafisher.bench.config.ExperimentConfig;
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

  @Override
  String whenStopped() {
    return "no costs were written; give the same command again to time them from the start";
  }

  @Override
  void report(ExperimentConfig config) throws IOException {
    ExperimentReport.writeCosts(config, config.output(), System.out);
  }
}
