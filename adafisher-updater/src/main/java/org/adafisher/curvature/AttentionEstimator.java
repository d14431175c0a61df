package org.adafisher.curvature;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.SameDiffTap.GraphOperation;
import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Attention of several heads: four projections without a bias, of which a row is a time step of an
 * example, of the queries, the keys, the values and the outputs; masked ones are left out.
 */
final class AttentionEstimator extends SameDiffEstimator {

  static final String QUERIES = "Wq";
  static final String KEYS = "Wk";
  static final String VALUES = "Wv";
  static final String OUTPUT = "Wo";

  @Override
  public FactorLayout layout(Layer layer) {
    List<FactorPart> parts = new ArrayList<>();
    List<ParameterSpan> spans = new ArrayList<>();
    addProjections(layer, parts, spans);
    return new FactorLayout(parts, spans);
  }

  /** Adds the parts of the projections, named as their weights, if the layer has some. */
  static void addProjections(Layer layer, List<FactorPart> parts, List<ParameterSpan> spans) {
    if (!layer.paramTable().containsKey(QUERIES)) {
      return;
    }
    for (String name : List.of(QUERIES, KEYS, VALUES)) {
      INDArray weights = layer.getParam(name); // [heads, size, inputs]
      long units = weights.size(0) * weights.size(1);
      parts.add(FactorPart.of(name, weights.size(2), units));
      spans.add(new ParameterSpan(name, name, 0, weights.size(2), units));
    }
    INDArray output = layer.getParam(OUTPUT); // [heads * size, units]
    parts.add(FactorPart.of(OUTPUT, output.size(0), output.size(1)));
    spans.add(
        new ParameterSpan(
            OUTPUT, OUTPUT, 0, output.size(0), output.size(1), 1, Arrangement.of(output, 1, 0)));
  }

  @Override
  Pass begin(Layer layer, Minibatch minibatch) {
    Map<String, RowSums> sums = new LinkedHashMap<>();
    List.of(QUERIES, KEYS, VALUES, OUTPUT).forEach(name -> sums.put(name, new RowSums(1)));
    return new Pass() {
      @Override
      public void onOperation(GraphOperation operation) {
        if (operation.is(FusedAttention.BACKWARD, 3, QUERIES)) {
          List<INDArray> inputs = operation.inputs();
          FusedAttention attention = FusedAttention.of(inputs);
          INDArray mask = rowMask(layer.getMaskArray());
          sums.get(QUERIES).add(stepsAsRows(inputs.get(0)), attention.queries(), mask);
          sums.get(KEYS).add(stepsAsRows(inputs.get(1)), attention.keys(), mask);
          sums.get(VALUES).add(stepsAsRows(inputs.get(2)), attention.values(), mask);
          sums.get(OUTPUT).add(attention.attended(), attention.output(), mask);
        }
      }

      @Override
      public Map<String, RawFactors> raw(double lossScale) {
        Map<String, RawFactors> result = new LinkedHashMap<>();
        sums.forEach(
            (name, rows) -> rows.raw(lossScale).ifPresent(factors -> result.put(name, factors)));
        return result;
      }
    };
  }

  /** A mask of time steps, [batch, steps], as a column. */
  static INDArray rowMask(INDArray mask) {
    return mask == null ? null : mask.dup('c').reshape('c', mask.length(), 1);
  }
}
