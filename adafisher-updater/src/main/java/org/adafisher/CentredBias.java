package org.adafisher;

import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer's bias, which {@link Centred} moves along with its weights.
 *
 * @param momentum the bias in the block's momentum
 * @param gradient the bias in the block's gradient
 * @param weights the weights themselves by unit and input, 1-d
 * @param decay how much of them DL4J decays
 */
record CentredBias(
    ParameterView momentum, ParameterView gradient, Supplier<INDArray> weights, Decay decay) {

  /** How much of the weights is decayed in a step. */
  @FunctionalInterface
  interface Decay {

    /**
     * @param step of the block
     * @return the share of the weights that DL4J subtracts once the updater is through
     */
    double in(Step step);
  }
}
