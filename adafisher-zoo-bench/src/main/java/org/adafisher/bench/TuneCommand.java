package org.adafisher.bench;

import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.run.ExperimentException;
import org.adafisher.bench.run.Work;
import picocli.CommandLine.Command;

/** Chooses learning rates, then runs experiments at them. */
@Command(
    name = "tune",
    description =
        "Tries equally many learning rates for every optimizer, picks the best on validation data,"
            + " then runs the experiment at those, on fresh seeds and test data.",
    mixinStandardHelpOptions = true)
final class TuneCommand extends ExperimentCommand {

  @Override
  void check(ExperimentConfig config) throws ExperimentException {
    if (config.tuning().isEmpty()) {
      throw new ExperimentException(
          "it does not say how to tune; add for example tuning: {trials: 5, seeds: [11]}");
    }
  }

  @Override
  Work work() {
    return Work.TUNE;
  }

  @Override
  String whenStopped() {
    return GO_ON;
  }
}
