package org.adafisher.bench.model.transformer;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InvalidInputTypeException;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Numbers the places of a text: token numbers [examples, steps], or [examples, 1, steps], become 0,
 * 1, 2... in the same shape. An {@code EmbeddingSequenceLayer} behind it learns a vector for each
 * place, and has factors like every other.
 */
public final class PositionVertex extends ParameterlessVertexConfiguration {

  private static final long serialVersionUID = 1L;

  private final int positions;

  /**
   * @param positions how many steps a text can have, at least 1
   * @throws IllegalArgumentException if there are less than one
   */
  public PositionVertex(@JsonProperty("positions") int positions) {
    if (positions < 1) {
      throw new IllegalArgumentException(
          "PositionVertex: positions is %d, but has to be at least 1.".formatted(positions));
    }
    this.positions = positions;
  }

  /**
   * @return how many steps a text can have
   */
  public int getPositions() {
    return positions;
  }

  @Override
  public PositionVertex clone() {
    return new PositionVertex(positions);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PositionVertex that && positions == that.positions;
  }

  @Override
  public int hashCode() {
    return Integer.hashCode(positions);
  }

  @Override
  public String toString() {
    return "PositionVertex(positions=%d)".formatted(positions);
  }

  @Override
  int inputs() {
    return 1;
  }

  @Override
  public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray parameters,
      boolean initializeParameters,
      DataType dataType) {
    return new Position(graph, name, index, positions, dataType);
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType... inputs) {
    if (inputs.length == 1 && inputs[0] instanceof InputType.InputTypeRecurrent series) {
      return InputType.recurrent(positions, series.getTimeSeriesLength());
    }
    throw new InvalidInputTypeException(
        "PositionVertex: it takes one input of a recurrent type, the tokens; set the network's"
            + " input type to InputType.recurrent(vocabulary, length).");
  }

  @Override
  public MemoryReport getMemoryReport(InputType... inputs) {
    return new LayerMemoryReport.Builder(
            null, PositionVertex.class, inputs[0], getOutputType(-1, inputs))
        .standardMemory(0, 0)
        .workingMemory(0, 0, 0, 0)
        .cacheMemory(0, 0)
        .build();
  }
}
