package org.adafisher.bench.run;

import java.util.List;

/** Is told how an experiment goes on. */
public interface ProgressListener {

  /** An arm has finished an epoch. */
  void epochFinished(String model, String optimizer, int seed, EpochResult result);

  /** All arms of one model and one seed have finished. */
  void groupFinished(List<RunResult> group);
}
