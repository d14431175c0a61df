package org.adafisher.bench.model.transformer;

import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InvalidInputTypeException;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Causal multi-head attention (Vaswani et al., 2017) without parameters: the projections are dense
 * layers in front of it and behind it, so that their weights have factors. Its three inputs are
 * queries Q, keys K and values V of one shape. Each head has width / heads of their features, d:
 *
 * <pre>
 * output = softmax(Q K^T / sqrt(d), over the steps up to the query's own) V
 * </pre>
 *
 * <p>Inputs and output are time series [examples, width, steps], or the rows [steps * examples,
 * width] that DL4J's {@code RnnToFeedForwardPreProcessor} makes of them and dense layers work on,
 * which saves the way there and back. What a mask of the features hides has no share in the output
 * of other steps, and an output of 0.
 */
public final class CausalAttentionVertex extends ParameterlessVertexConfiguration {

  private static final long serialVersionUID = 1L;

  private final int heads;

  /**
   * @param heads how many parts the features are cut into, at least 1; has to divide the width
   * @throws IllegalArgumentException if there are less than one
   */
  public CausalAttentionVertex(@JsonProperty("heads") int heads) {
    if (heads < 1) {
      throw new IllegalArgumentException(
          "CausalAttentionVertex: heads is %d, but has to be at least 1.".formatted(heads));
    }
    this.heads = heads;
  }

  /**
   * @return how many heads there are
   */
  public int getHeads() {
    return heads;
  }

  @Override
  public CausalAttentionVertex clone() {
    return new CausalAttentionVertex(heads);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CausalAttentionVertex that && heads == that.heads;
  }

  @Override
  public int hashCode() {
    return Integer.hashCode(heads);
  }

  @Override
  public String toString() {
    return "CausalAttentionVertex(heads=%d)".formatted(heads);
  }

  @Override
  int inputs() {
    return 3;
  }

  @Override
  public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray parameters,
      boolean initializeParameters,
      DataType dataType) {
    return new CausalAttention(graph, name, index, heads, dataType);
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType... inputs) {
    if (inputs.length != 3) {
      throw new InvalidInputTypeException(
          "CausalAttentionVertex: it has %d inputs, but needs three, queries, keys and values."
              .formatted(inputs.length));
    }
    long width = width(inputs[0]);
    for (InputType input : inputs) {
      if (input.getType() != inputs[0].getType() || width(input) != width) {
        throw new InvalidInputTypeException(
            "CausalAttentionVertex: queries, keys and values are of the types %s, %s and %s, but have to be alike."
                .formatted((Object[]) inputs));
      }
    }
    if (width % heads != 0) {
      throw new InvalidInputTypeException(
          "CausalAttentionVertex: a width of %d cannot be shared by %d heads; take a multiple."
              .formatted(width, heads));
    }
    return inputs[0];
  }

  private static long width(InputType input) {
    if (input instanceof InputType.InputTypeFeedForward rows) {
      return rows.getSize();
    }
    if (input instanceof InputType.InputTypeRecurrent series
        && series.getFormat() == RNNFormat.NCW) {
      return series.getSize();
    }
    throw new InvalidInputTypeException(
        "CausalAttentionVertex: an input is of the type %s, but it takes time series in the format NCW, or their rows."
            .formatted(input));
  }

  @Override
  public MemoryReport getMemoryReport(InputType... inputs) {
    InputType output = getOutputType(-1, inputs);
    // The weights of all pairs of steps; backwards their gradient and a product of the two as well.
    long steps =
        output instanceof InputType.InputTypeRecurrent series
            ? Math.max(0, series.getTimeSeriesLength())
            : 0;
    long weights = heads * steps * steps;
    return new LayerMemoryReport.Builder(null, CausalAttentionVertex.class, inputs[0], output)
        .standardMemory(0, 0)
        .workingMemory(0, weights, 0, 2 * weights)
        .cacheMemory(0, 0)
        .build();
  }
}
