package org.adafisher.curvature;

import java.util.Arrays;

/**
 * One minibatch's statistics for a {@link FactorPart}, before any normalising or averaging. They
 * are short vectors, so they are kept on the host, in double precision whatever the network's type.
 *
 * @param input mean over rows of the squared inputs, and 1 for a bias: [inputs] of the part
 * @param gradient mean over rows of the squared pre-activation gradients of the loss that is
 *     minimised: [outputs] of the part
 */
public record RawFactors(double[] input, double[] gradient) {

  /**
   * @return whether every value is a number: an infinite or undefined activation or gradient, or a
   *     square beyond the data type's range, makes it false
   */
  public boolean isFinite() {
    return Arrays.stream(input).allMatch(Double::isFinite)
        && Arrays.stream(gradient).allMatch(Double::isFinite);
  }
}
