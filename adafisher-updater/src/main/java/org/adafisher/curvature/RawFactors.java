package org.adafisher.curvature;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One minibatch's statistics for a {@link FactorPart}, before any normalising or averaging. The
 * arrays are nobody else's and lie outside all workspaces.
 *
 * @param input mean over rows of the squared inputs, and 1 for a bias: [inputs] of the part
 * @param gradient mean over rows of the squared pre-activation gradients of the loss that is
 *     minimised: [outputs] of the part
 */
public record RawFactors(INDArray input, INDArray gradient) {

  /**
   * @return whether every value is a number: an infinite or undefined activation or gradient, or a
   *     square beyond the data type's range, makes it false
   */
  public boolean isFinite() {
    return Double.isFinite(input.sumNumber().doubleValue())
        && Double.isFinite(gradient.sumNumber().doubleValue());
  }
}
