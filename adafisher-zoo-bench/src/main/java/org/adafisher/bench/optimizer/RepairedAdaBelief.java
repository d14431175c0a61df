package org.adafisher.bench.optimizer;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.AdaBeliefUpdater;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.AdaBelief;

/**
 * AdaBelief as 1.0.0-M2.1 means it: its own {@code instantiate} flattens the state to one dimension
 * and then asks for the second, so that a network cannot take its first step.
 */
public final class RepairedAdaBelief extends AdaBelief {

  private static final long serialVersionUID = 1L;

  /** The defaults; also for JSON. */
  public RepairedAdaBelief() {}

  /**
   * All values.
   *
   * @param learningRate unless a schedule is set
   * @param beta1 weight of the old value in the momentum
   * @param beta2 weight of the old value in the variance
   * @param epsilon added to the root of the variance
   */
  public RepairedAdaBelief(double learningRate, double beta1, double beta2, double epsilon) {
    super(learningRate, beta1, beta2, epsilon);
  }

  @Override
  public GradientUpdater<AdaBelief> instantiate(INDArray viewArray, boolean initializeViewArray) {
    AdaBeliefUpdater updater = new AdaBeliefUpdater(this);
    INDArray row = viewArray.reshape(1, viewArray.length());
    long[] gradientShape = {1, viewArray.length() / 2};
    updater.setStateViewArray(row, gradientShape, row.ordering(), initializeViewArray);
    return updater;
  }

  @Override
  public RepairedAdaBelief clone() {
    RepairedAdaBelief copy =
        new RepairedAdaBelief(getLearningRate(), getBeta1(), getBeta2(), getEpsilon());
    copy.setLearningRateSchedule(getLearningRateSchedule());
    return copy;
  }
}
