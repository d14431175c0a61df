package org.adafisher.curvature;

import java.util.Map;
import java.util.function.Supplier;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Taps;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;

/**
 * The factors of a graph's vertex that has parameters without holding a layer: as {@link
 * FactorEstimator.FromPass}, of which DL4J's types allow none for both.
 */
public interface VertexEstimator {

  /**
   * @param vertex of a kind that this estimator is for
   * @return its factors and the parameters that meet them
   */
  FactorLayout layout(SameDiffGraphVertex vertex);

  /**
   * Begins to watch, between the forward and the backward pass.
   *
   * @param vertex whose parameters are in place
   * @param taps where it puts what it needs, and says how that comes off again
   * @param minibatch the examples of this pass
   * @return asked once the backward pass is over: raw factors by part name; empty if nothing was
   *     seen or no row counts
   */
  Supplier<Map<String, RawFactors>> watch(
      SameDiffGraphVertex vertex, Taps taps, Minibatch minibatch);
}
