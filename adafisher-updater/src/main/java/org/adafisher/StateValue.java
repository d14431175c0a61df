package org.adafisher;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One number of the updater state.
 *
 * <p>On the CPU it is read and written in place, without an allocation. On a GPU the host's access
 * to one value would move the whole state across, so a copy of that value goes instead.
 */
final class StateValue {

  private final INDArray value;
  private final boolean onHost = Nd4j.getEnvironment().isCPU();

  /**
   * @param value of length 1
   */
  StateValue(INDArray value) {
    this.value = value;
  }

  double get() {
    return onHost ? value.getDouble(0) : value.toDoubleVector()[0];
  }

  void set(double number) {
    if (onHost) {
      value.putScalar(0, number);
    } else {
      value.assign(Nd4j.create(new double[] {number}, new long[] {1}, value.dataType()));
    }
  }

  long count() {
    return Math.round(get());
  }
}
