package org.adafisher.curvature;

import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.adafisher.capture.LayerSignal;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Taps;
import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The factors of one kind of layer: one class a kind, listed in {@link FactorEstimators}. Called
 * outside all workspaces, so that what it makes outlives the pass.
 */
public sealed interface FactorEstimator {

  /**
   * @param layer a layer of a kind that this estimator is for
   * @return its factors and the parameters that meet them
   */
  FactorLayout layout(Layer layer);

  /**
   * @return how the factors differ from the mean over rows of squared inputs and squared
   *     pre-activation gradients, in a few words; empty if they do not
   */
  default String approximation() {
    return "";
  }

  /** An estimator that needs the layer's input and pre-activation gradient. */
  non-sealed interface FromSignal extends FactorEstimator {

    /**
     * @param signal what the layer showed in this backward pass
     * @param minibatch the examples of this pass
     * @return raw factors by part name; empty if no row counts
     */
    Map<String, RawFactors> estimate(LayerSignal signal, Minibatch minibatch);
  }

  /** An estimator that has to see more of the pass than one pre-activation gradient. */
  non-sealed interface FromPass extends FactorEstimator {

    /**
     * Begins to watch, between the forward and the backward pass.
     *
     * @param layer whose configuration and parameters are in place
     * @param taps where it puts what it needs, and says how that comes off again
     * @param minibatch the examples of this pass
     * @return asked once the backward pass is over: raw factors by part name; empty if nothing was
     *     seen or no row counts
     */
    Supplier<Map<String, RawFactors>> watch(Layer layer, Taps taps, Minibatch minibatch);
  }

  /** An estimator that finds what it needs in the layer once the backward pass is over. */
  non-sealed interface FromGradient extends FactorEstimator {

    /**
     * @param layer after the backward pass, its input still in place
     * @param parameterGradient the gradient of a parameter of it, summed over the minibatch
     * @param minibatch the examples of this pass
     * @return raw factors by part name
     */
    Map<String, RawFactors> estimate(
        Layer layer, Function<String, INDArray> parameterGradient, Minibatch minibatch);
  }
}
