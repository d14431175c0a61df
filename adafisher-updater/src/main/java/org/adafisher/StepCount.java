package org.adafisher;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A block's count of steps, one value of the updater state.
 *
 * <p>On the CPU it is read and written in place, without an allocation. On a GPU the host's access
 * to one value would move the whole state across, so a copy of that value goes instead.
 */
final class StepCount {

  private final INDArray value;
  private final boolean onHost = Nd4j.getEnvironment().isCPU();

  StepCount(INDArray value) {
    this.value = value;
  }

  long get() {
    return Math.round(onHost ? value.getDouble(0) : value.toDoubleVector()[0]);
  }

  void set(long steps) {
    if (onHost) {
      value.putScalar(0, steps);
    } else {
      value.assign(Nd4j.create(new double[] {steps}, new long[] {1}, value.dataType()));
    }
  }
}
