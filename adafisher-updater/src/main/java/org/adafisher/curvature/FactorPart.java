package org.adafisher.curvature;

import java.io.Serializable;

/**
 * A group of parameters of one layer that share a pair of factors.
 *
 * @param name unique within the layer; empty for the part that carries the layer's own name
 * @param inputs length of H
 * @param outputs length of S
 * @param inputScale what the authors' code multiplies H by beyond the mean over rows: 1, but 1 /
 *     (channels * kernel height * kernel width) for a convolution. It matters through the 1e-6 of
 *     the min-max normalisation
 * @param kind what its inputs are
 */
public record FactorPart(String name, long inputs, long outputs, double inputScale, Kind kind)
    implements Serializable {

  /** What the inputs of a part's parameters are. */
  public enum Kind {
    /** z = W x, perhaps + b: H is the mean over rows of x^2, and of 1^2 for the bias. */
    LINEAR,

    /** z = W x of an x that is 1 at one index and 0 elsewhere: H is how frequent an index is. */
    ONE_HOT,

    /** z = scale * norm(x) + shift: H has one entry for the scale and one for the shift. */
    NORMALIZATION,

    /** A parameter that nothing is known of: one entry each of H and S, which only decay. */
    NONE
  }

  /** The name of the part that carries its layer's own name. */
  public static final String MAIN = "";

  private static final String WITHOUT_FACTORS = "without factors: ";

  /** The name of the scale and shift that follow a layer's weights. */
  public static final String LAYER_NORM = "layerNorm";

  /**
   * @param name see above
   * @param inputs see above
   * @param outputs see above
   * @return a linear part whose H is the plain mean over rows
   */
  public static FactorPart of(String name, long inputs, long outputs) {
    return new FactorPart(name, inputs, outputs, 1.0, Kind.LINEAR);
  }

  /**
   * @param parameter DL4J's name of a parameter without factors
   * @return the part that stands for it
   */
  public static FactorPart withoutFactors(String parameter) {
    return new FactorPart(WITHOUT_FACTORS + parameter, 1, 1, 1.0, Kind.NONE);
  }

  /**
   * @param name see above
   * @param outputs see above
   * @return the part of a normalization's scale and shift
   */
  static FactorPart ofNormalization(String name, long outputs) {
    return new FactorPart(name, 2, outputs, 1.0, Kind.NORMALIZATION);
  }
}
