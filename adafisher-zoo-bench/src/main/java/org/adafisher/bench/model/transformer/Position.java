package org.adafisher.bench.model.transformer;

import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The passes of a {@link PositionVertex}. */
@SuppressWarnings("overrides") // as ParameterlessVertex
final class Position extends ParameterlessVertex {

  private static final long serialVersionUID = 1L;

  private final int positions;

  Position(ComputationGraph graph, String name, int index, int positions, DataType dataType) {
    super(graph, name, index, dataType);
    this.positions = positions;
  }

  @Override
  public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
    if (!canDoForward()) {
      throw new IllegalStateException(
          "PositionVertex '%s': its input is not set.".formatted(vertexName));
    }
    INDArray tokens = inputs[0];
    long steps = tokens.size(-1);
    if (steps > positions) {
      throw new DL4JInvalidInputException(
          "PositionVertex '%s': the text has %d tokens, and there are %d positions; cut it into shorter pieces."
              .formatted(vertexName, steps, positions));
    }
    INDArray result = workspaces.create(ArrayType.ACTIVATIONS, dataType, tokens.shape(), 'c');
    result
        .reshape('c', result.length() / steps, steps)
        .addiRowVector(Nd4j.arange(steps).castTo(dataType));
    return result;
  }

  /** What place a token has does not depend on anything. */
  @Override
  public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaces) {
    return new Pair<>(null, new INDArray[] {null});
  }

  @Override
  public Pair<INDArray, MaskState> feedForwardMaskArrays(
      INDArray[] maskArrays, MaskState state, int minibatchSize) {
    return new Pair<>(maskArrays == null ? null : maskArrays[0], state);
  }

  @Override
  public String toString() {
    return "Position(name=\"%s\", positions=%d)".formatted(vertexName, positions);
  }
}
