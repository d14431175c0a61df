package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.List;
import org.adafisher.bench.run.EpochResult;
import org.adafisher.bench.run.RunResult;

/** Made-up measurements. */
final class Runs {

  private Runs() {}

  /** A run whose epochs have these losses; every step took as many ms as its epoch's number. */
  static RunResult run(String model, String optimizer, int seed, double... losses) {
    List<EpochResult> epochs = new ArrayList<>();
    for (double loss : losses) {
      double epoch = epochs.size() + 1;
      epochs.add(
          Double.isNaN(loss)
              ? new EpochResult((int) epoch, loss, loss, List.of())
              : new EpochResult((int) epoch, loss, 1 - loss, List.of(epoch, epoch, epoch)));
    }
    return new RunResult(model, 1234, optimizer, seed, epochs);
  }
}
