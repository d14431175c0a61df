package org.adafisher;

import java.util.function.Supplier;
import org.adafisher.curvature.HostVectors;
import org.adafisher.curvature.ParameterSpan;
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

  /**
   * In plain loops: b is to move by u - U mu, and by what the decay of W will take from the mean
   * output.
   *
   * @param step of the block
   * @param span the weights
   * @param start their offset in the block
   * @param mean of the inputs, of one group's after the other's
   * @param biasStep u, times the rate
   * @param blockGradient the step of the weights is in it, that of the bias goes there
   */
  void move(
      Step step,
      ParameterSpan span,
      int start,
      double[] mean,
      double[] biasStep,
      double[] blockGradient) {
    double share = decay.in(step);
    double[] values = share == 0 ? null : HostVectors.copyOf(weights.get());
    int inputs = Math.toIntExact(span.inputs());
    int perGroup = Math.toIntExact(span.outputs() / span.groups());
    for (int k = 0; k < biasStep.length; k++) {
      int group = k / perGroup * inputs;
      double move = biasStep[k];
      for (int j = 0; j < inputs; j++) {
        move -= blockGradient[start + k * inputs + j] * mean[group + j];
      }
      if (values != null) {
        double meanOutput = 0;
        for (int j = 0; j < inputs; j++) {
          meanOutput += values[k * inputs + j] * mean[group + j];
        }
        move -= share * meanOutput;
      }
      blockGradient[gradient.start() + k] = move;
    }
  }

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
