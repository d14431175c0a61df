package org.adafisher.bench.optimizer;

import org.nd4j.linalg.schedule.ISchedule;

/** How a learning rate moves over a run. */
@FunctionalInterface
public interface LearningRateSchedule {

  /**
   * The schedule of one run.
   *
   * @param initialRate the learning rate to start from
   * @param totalSteps how many minibatches the run has
   */
  ISchedule over(double initialRate, int totalSteps);
}
