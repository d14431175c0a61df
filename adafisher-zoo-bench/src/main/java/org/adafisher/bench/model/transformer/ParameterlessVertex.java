package org.adafisher.bench.model.transformer;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A vertex that has neither a layer nor parameters of its own. */
@SuppressWarnings("overrides") // DL4J's setInputs(INDArray[]) of setInputs(INDArray...)
abstract class ParameterlessVertex extends BaseGraphVertex {

  private static final long serialVersionUID = 1L;

  ParameterlessVertex(ComputationGraph graph, String name, int index, DataType dataType) {
    super(graph, name, index, null, null, dataType);
  }

  @Override
  public final boolean hasLayer() {
    return false;
  }

  @Override
  public final Layer getLayer() {
    return null;
  }

  @Override
  public final void setBackpropGradientsViewArray(INDArray gradients) {
    if (gradients != null) {
      throw new IllegalArgumentException(
          "Vertex '%s' has no parameters, hence no gradients of any.".formatted(vertexName));
    }
  }
}
