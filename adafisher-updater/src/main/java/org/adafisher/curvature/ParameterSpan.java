package org.adafisher.curvature;

import java.io.Serializable;

/**
 * How one parameter of a layer, or a run of its values, meets its part's factors: the value of unit
 * {@code k} and input {@code j} has the Fisher information {@code H[inputOffset + j] * S[k]}. Its
 * values come by unit and then by input, as DL4J's dense [in, out] (f) and convolution [out, in,
 * kh, kw] (c) weights do, or its arrangement brings them in that order.
 *
 * <p>In groups, as in a depthwise convolution, units meet the inputs of their own group alone:
 * there are {@code groups} blocks of {@code inputs} entries of H, and each is for the next {@code
 * outputs / groups} units.
 *
 * @param parameter DL4J's name of the parameter: W, b, gamma, ...
 * @param part name of the {@link FactorPart}
 * @param inputOffset first entry of H that it meets
 * @param inputs how many of them a unit meets
 * @param outputs length of S
 * @param groups of units with inputs of their own; 1 if all share theirs
 * @param arrangement how DL4J lays it out
 */
public record ParameterSpan(
    String parameter,
    String part,
    long inputOffset,
    long inputs,
    long outputs,
    long groups,
    Arrangement arrangement)
    implements Serializable {

  /**
   * One group, by unit and input.
   *
   * @param parameter see above
   * @param part see above
   * @param inputOffset see above
   * @param inputs see above
   * @param outputs see above
   */
  public ParameterSpan(String parameter, String part, long inputOffset, long inputs, long outputs) {
    this(parameter, part, inputOffset, inputs, outputs, 1, Arrangement.BY_UNIT);
  }

  /**
   * A parameter without factors, in a layer whose other parameters have some.
   *
   * @param parameter DL4J's name
   * @param length number of its values
   * @return a span that meets {@link FactorPart#withoutFactors}
   */
  public static ParameterSpan withoutFactors(String parameter, long length) {
    return new ParameterSpan(parameter, FactorPart.withoutFactors(parameter).name(), 0, 1, length);
  }

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
