package org.adafisher.curvature;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.SameDiffTap;
import org.adafisher.capture.Taps;
import org.adafisher.capture.Workspaces;
import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer that is a SameDiff graph: its weights' rows are seen where the backward pass takes them
 * through the operations that the weights are in.
 */
abstract class SameDiffEstimator implements FactorEstimator.FromPass {

  /** What is seen of one pass. */
  interface Pass extends SameDiffTap.Observer {

    /** Raw factors by part name, of those parts of which rows were seen. */
    Map<String, RawFactors> raw(double lossScale);
  }

  abstract Pass begin(Layer layer, Minibatch minibatch);

  @Override
  public Supplier<Map<String, RawFactors>> watch(Layer layer, Taps taps, Minibatch minibatch) {
    Pass pass = begin(layer, minibatch);
    SameDiffTap.watch(
        layer, taps, operation -> Workspaces.outside(() -> pass.onOperation(operation)));
    return () -> pass.raw(minibatch.lossScale());
  }

  /** [batch, features, steps] as [batch * steps, features]. */
  static INDArray stepsAsRows(INDArray x) {
    return x.permute(0, 2, 1).dup('c').reshape('c', x.size(0) * x.size(2), x.size(1));
  }

  /** The parts that have rows. */
  static Map<String, RawFactors> present(Map<String, Optional<RawFactors>> parts) {
    Map<String, RawFactors> result = new HashMap<>();
    parts.forEach((name, raw) -> raw.ifPresent(factors -> result.put(name, factors)));
    return result;
  }
}
