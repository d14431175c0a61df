package org.adafisher.curvature;

import java.util.Map;
import java.util.function.Supplier;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.SameDiffTap;
import org.adafisher.capture.SameDiffTap.GraphOperation;
import org.adafisher.capture.Taps;
import org.adafisher.capture.Workspaces;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;

/**
 * Attention of several heads as a vertex: as {@link AttentionEstimator}, but its queries come from
 * elsewhere than its keys and values and have a mask of their own, which the vertex multiplies its
 * outputs by.
 */
final class AttentionVertexEstimator implements VertexEstimator {

  @Override
  public FactorLayout layout(SameDiffGraphVertex vertex) {
    return AttentionEstimator.layout(vertex.paramTable(false));
  }

  @Override
  public Supplier<Map<String, RawFactors>> watch(
      SameDiffGraphVertex vertex, Taps taps, Minibatch minibatch) {
    AttentionEstimator.Projections projections = new AttentionEstimator.Projections();
    SameDiffTap.watch(
        vertex, taps, operation -> Workspaces.outside(() -> see(operation, projections)));
    return () -> projections.raw(minibatch.lossScale());
  }

  private static void see(GraphOperation operation, AttentionEstimator.Projections projections) {
    if (operation.kind().equals("multiply_bp")) { // above the attention
      projections.setQueryMask(operation.inputs().get(1).dup());
    }
    projections.onOperation(operation);
  }
}
