package org.adafisher.bench.run;

import java.util.List;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;

/** Is told how an experiment goes on. */
public interface ProgressListener {

  /**
   * A stage begins.
   *
   * @param name "tuning" for example
   * @param runs how many runs it has
   * @param steps how many steps these have in all
   * @param done how many of them an earlier, interrupted program has done
   */
  void stageStarted(String name, int runs, long steps, long done);

  /** Something that takes a while and is not training, "timing steps of lenet" for example. */
  void preparing(String what);

  /**
   * A run begins an epoch.
   *
   * @param run as it has been so far
   * @param epochs how many it will have in all
   */
  void epochStarted(RunResult run, int epochs);

  /** A run has done some training steps. */
  void stepsDone(Trial trial, long steps);

  /** A run has finished an epoch. */
  void epochFinished(Trial trial, EpochResult result);

  /** A run has diverged, and these of its steps will not be done. */
  void stepsDropped(long steps);

  /** All runs of one model, batch size and seed have finished. */
  void groupFinished(List<RunResult> group);
}
