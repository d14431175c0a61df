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
    return layout(layer.paramTable());
  }

  static FactorLayout layout(Map<String, INDArray> weights) {
    List<FactorPart> parts = new ArrayList<>();
    List<ParameterSpan> spans = new ArrayList<>();
    addProjections(weights, parts, spans);
    return new FactorLayout(parts, spans);
  }

  /** Adds the parts of the projections, named as their weights, if there are some. */
  static void addProjections(
      Map<String, INDArray> weights, List<FactorPart> parts, List<ParameterSpan> spans) {
    if (!weights.containsKey(QUERIES)) {
      return;
    }
    for (String name : List.of(QUERIES, KEYS, VALUES)) {
      INDArray projection = weights.get(name); // [heads, size, inputs]
      long units = projection.size(0) * projection.size(1);
      parts.add(FactorPart.of(name, projection.size(2), units));
      spans.add(new ParameterSpan(name, name, 0, projection.size(2), units));
    }
    INDArray output = weights.get(OUTPUT); // [heads * size, units]
    parts.add(FactorPart.of(OUTPUT, output.size(0), output.size(1)));
    spans.add(
        new ParameterSpan(
            OUTPUT, OUTPUT, 0, output.size(0), output.size(1), 1, Arrangement.of(output, 1, 0)));
  }

  @Override
  Pass begin(Layer layer, Minibatch minibatch) {
    return new Projections();
  }

  /** One attention; its queries have the mask of the keys unless told of their own. */
  static final class Projections implements Pass {

    private final Map<String, RowSums> sums = new LinkedHashMap<>();
    private INDArray queryMask;

    Projections() {
      List.of(QUERIES, KEYS, VALUES, OUTPUT).forEach(name -> sums.put(name, new RowSums(1)));
    }

    /**
     * @param mask [batch, query steps] or [batch, 1, query steps]
     */
    void setQueryMask(INDArray mask) {
      queryMask = mask;
    }

    @Override
    public void onOperation(GraphOperation operation) {
      if (operation.is(FusedAttention.BACKWARD, 3, QUERIES)) {
        List<INDArray> inputs = operation.inputs();
        FusedAttention attention = FusedAttention.of(inputs);
        INDArray ofKeys = rowMask(inputs.get(8)); // DL4J gives one of ones if all steps count
        INDArray ofQueries = queryMask == null ? ofKeys : rowMask(queryMask);
        sums.get(QUERIES).add(stepsAsRows(inputs.get(0)), attention.queries(), ofQueries);
        sums.get(KEYS).add(stepsAsRows(inputs.get(1)), attention.keys(), ofKeys);
        sums.get(VALUES).add(stepsAsRows(inputs.get(2)), attention.values(), ofKeys);
        sums.get(OUTPUT).add(attention.attended(), attention.output(), ofQueries);
      }
    }

    @Override
    public Map<String, RawFactors> raw(double lossScale) {
      Map<String, RawFactors> result = new LinkedHashMap<>();
      sums.forEach(
          (name, rows) -> rows.raw(lossScale).ifPresent(factors -> result.put(name, factors)));
      return result;
    }
  }

  /** A mask of time steps, [batch, steps], as a column. */
  static INDArray rowMask(INDArray mask) {
    return mask == null ? null : mask.dup('c').reshape('c', mask.length(), 1);
  }
}
