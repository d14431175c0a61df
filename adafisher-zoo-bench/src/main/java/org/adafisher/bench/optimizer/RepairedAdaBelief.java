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
    RepairedAdaBelief copy = new RepairedAdaBelief();
    copy.setLrAndSchedule(getLearningRate(), getLearningRateSchedule());
    copy.setBeta1(getBeta1());
    copy.setBeta2(getBeta2());
    copy.setEpsilon(getEpsilon());
    return copy;
  }
}
