package org.adafisher.curvature;

import java.io.Serializable;

/**
 * How one parameter of a layer meets its part's factors: the value at flat position {@code k *
 * inputs + j} has the Fisher information {@code H[inputOffset + j] * S[k]}. DL4J's flat order of
 * dense [in, out] (f) and convolution [out, in, kh, kw] (c) weights is of this kind.
 *
 * @param parameter DL4J's name of the parameter: W, b, gamma, ...
 * @param part name of the {@link FactorPart}
 * @param inputOffset first entry of H that it meets
 * @param inputs how many of them
 * @param outputs length of S
 */
public record ParameterSpan(
    String parameter, String part, long inputOffset, long inputs, long outputs)
    implements Serializable {

  /**
   * @return whether this is the weight of a linear part, rather than its bias
   */
  public boolean isWeight() {
    return inputOffset == 0;
  }

  /**
   * @return number of values of the parameter
   */
  public long length() {
    return inputs * outputs;
  }
}
