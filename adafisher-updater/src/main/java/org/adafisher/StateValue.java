package org.adafisher;

import org.adafisher.curvature.HostVectors;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One number of the updater state.
 *
 * <p>On the CPU it is read and written in place, without an allocation. On a device, where a read
 * waits, it is read once, and then known until it is forgotten.
 */
final class StateValue {

  private final INDArray value;
  private double known = Double.NaN;

  /**
   * @param value of length 1
   */
  StateValue(INDArray value) {
    this.value = value;
  }

  double get() {
    if (HostVectors.areAtHand()) {
      return value.getDouble(0);
    }
    if (Double.isNaN(known)) {
      known = value.toDoubleVector()[0];
    }
    return known;
  }

  void set(double number) {
    if (HostVectors.areAtHand()) {
      value.putScalar(0, number);
    } else {
      value.assign(Nd4j.create(new double[] {number}, new long[] {1}, value.dataType()));
      learn(number);
    }
  }

  /** It was read in company. */
  void learn(double number) {
    known = value.dataType() == DataType.FLOAT ? (float) number : number;
  }

  /** Deeplearning4j may have overwritten the state since: it is read again. */
  void forget() {
    known = Double.NaN;
  }

  long count() {
    return Math.round(get());
  }

  /** The number itself, as a view of the state. */
  INDArray array() {
    return value;
  }
}
