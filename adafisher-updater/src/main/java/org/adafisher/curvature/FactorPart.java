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
 */
public record FactorPart(String name, long inputs, long outputs, double inputScale)
    implements Serializable {

  /** The name of the part that carries its layer's own name. */
  public static final String MAIN = "";

  /** The name of the scale and shift that follow a layer's weights. */
  public static final String LAYER_NORM = "layerNorm";

  /**
   * @param name see above
   * @param inputs see above
   * @param outputs see above
   * @return a part whose H is the plain mean over rows
   */
  public static FactorPart of(String name, long inputs, long outputs) {
    return new FactorPart(name, inputs, outputs, 1.0);
  }
}
