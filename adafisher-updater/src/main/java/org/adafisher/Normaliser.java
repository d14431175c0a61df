package org.adafisher;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The running mean square of a layer's preconditioned momentum, by whose root its step is divided.
 * It must see every step: between two looks ten steps apart gradients can grow a thousandfold.
 *
 * <p>The state is its root, whose range a FLOAT holds where it would not hold the square's.
 */
final class Normaliser {

  private final Centred centred;
  private final StateValue root;
  private final double largest;

  /**
   * @param centred the constants
   * @param state one value
   */
  Normaliser(Centred centred, INDArray state) {
    this.centred = centred;
    this.root = new StateValue(state);
    this.largest = state.dataType() == DataType.FLOAT ? Float.MAX_VALUE : Double.MAX_VALUE;
  }

  /**
   * Whether a square beyond the data type came of a momentum that is not: it will pass, and there
   * is no step until then. Of a momentum that is no number a step without one would hide the
   * failure.
   *
   * @param square as to {@link #update}
   * @param momentum the layer's
   */
  boolean isOverflow(double square, INDArray momentum) {
    return !holds(square) && isOverflow(square, Nd4j.getBlasWrapper().level1().asum(momentum));
  }

  /**
   * The same.
   *
   * @param size sum of the momentum's absolute values
   */
  boolean isOverflow(double square, double size) {
    return !holds(square) && Double.isFinite(size);
  }

  /** Whether the square, a double, is a number of the state's data type. */
  boolean holds(double square) {
    return square <= largest;
  }

  /** Its state, which a device hands over along with what the square is made of. */
  StateValue root() {
    return root;
  }

  /**
   * @param square mean square of the preconditioned momentum; one that is no number, or beyond the
   *     data type, leaves the average as it is
   * @param step which step it is of
   * @return what the preconditioned momentum is to be divided by
   */
  double update(double square, Step step) {
    double beta2 = centred.beta2();
    double mean = root.get() * root.get();
    if (holds(square)) {
      // Momentum of white noise is that much smaller than the noise.
      double white = (1 + step.beta()) / (1 - step.beta());
      mean = beta2 * mean + (1 - beta2) * white * square;
      root.set(Math.sqrt(mean));
    }
    return Math.sqrt(mean / (1 - Math.pow(beta2, step.count()))) + centred.guardNorm();
  }
}
