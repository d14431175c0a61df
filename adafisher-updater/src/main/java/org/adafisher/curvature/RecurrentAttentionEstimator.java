package org.adafisher.curvature;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.SameDiffTap.GraphOperation;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.params.SimpleRnnParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A recurrent layer whose every step but the first attends to the whole input: z = W x + R a + b. A
 * row of W and b is a time step of an example, one of R and of the projections of queries and
 * outputs a time step from the second on; masked ones are left out. Keys and values are the same
 * for all steps: a row is a time step of the input, its gradient the sum over the steps that attend
 * to it.
 */
final class RecurrentAttentionEstimator extends SameDiffEstimator {

  private static final String W = SimpleRnnParamInitializer.WEIGHT_KEY;
  private static final String R = SimpleRnnParamInitializer.RECURRENT_WEIGHT_KEY;
  private static final String B = SimpleRnnParamInitializer.BIAS_KEY;
  private static final String RECURRENT = "recurrent";

  @Override
  public FactorLayout layout(Layer layer) {
    INDArray weights = layer.getParam(W); // [inputs, units]
    long inputs = weights.size(0);
    long units = weights.size(1);
    boolean bias = layer.paramTable().containsKey(B);
    List<FactorPart> parts = new ArrayList<>();
    List<ParameterSpan> spans = new ArrayList<>();
    parts.add(FactorPart.of(FactorPart.MAIN, inputs + (bias ? 1 : 0), units));
    parts.add(FactorPart.of(RECURRENT, units, units));
    spans.add(transposed(W, FactorPart.MAIN, weights));
    spans.add(transposed(R, RECURRENT, layer.getParam(R)));
    if (bias) {
      spans.add(new ParameterSpan(B, FactorPart.MAIN, inputs, 1, units));
    }
    AttentionEstimator.addProjections(layer.paramTable(), parts, spans);
    return new FactorLayout(parts, spans);
  }

  private static ParameterSpan transposed(String parameter, String part, INDArray weights) {
    return new ParameterSpan(
        parameter, part, 0, weights.size(0), weights.size(1), 1, Arrangement.of(weights, 1, 0));
  }

  @Override
  Pass begin(Layer layer, Minibatch minibatch) {
    return new Steps(layer);
  }

  private static final class Steps implements Pass {

    private final Layer layer;
    private final RowSums weights = new RowSums(1);
    private final RowSums recurrent = new RowSums(1);
    private final RowSums queries = new RowSums(1);
    private final RowSums output = new RowSums(1);
    private INDArray input;
    private INDArray keys;
    private INDArray values;

    private Steps(Layer layer) {
      this.layer = layer;
    }

    @Override
    public void onOperation(GraphOperation operation) {
      List<INDArray> inputs = operation.inputs();
      if (operation.is("matmul_bp", 1, W)) {
        weights.add(inputs.get(0), inputs.get(2), mask(operation.use(1, W)));
      } else if (operation.is("matmul_bp", 1, R)) {
        recurrent.add(inputs.get(0), inputs.get(2), mask(1 + operation.use(1, R)));
      } else if (operation.is(FusedAttention.BACKWARD, 3, AttentionEstimator.QUERIES)) {
        FusedAttention attention = FusedAttention.of(inputs);
        INDArray mask = mask(1 + operation.use(3, AttentionEstimator.QUERIES));
        queries.add(stepsAsRows(inputs.get(0)), attention.queries(), mask);
        output.add(attention.attended(), attention.output(), mask);
        if (input == null) {
          input = stepsAsRows(inputs.get(1));
          keys = attention.keys();
          values = attention.values();
        } else {
          keys.addi(attention.keys());
          values.addi(attention.values());
        }
      }
    }

    /** The mask of one time step, a column. */
    private INDArray mask(int step) {
      INDArray mask = layer.getMaskArray();
      return mask == null ? null : mask.getColumn(step).reshape(-1, 1);
    }

    @Override
    public Map<String, RawFactors> raw(double lossScale) {
      Map<String, Optional<RawFactors>> result = new LinkedHashMap<>();
      result.put(
          FactorPart.MAIN,
          layer.paramTable().containsKey(B)
              ? weights.rawWithBias(lossScale)
              : weights.raw(lossScale));
      result.put(RECURRENT, recurrent.raw(lossScale));
      result.put(AttentionEstimator.QUERIES, queries.raw(lossScale));
      result.put(AttentionEstimator.OUTPUT, output.raw(lossScale));
      if (input != null) {
        INDArray mask = AttentionEstimator.rowMask(layer.getMaskArray());
        result.put(AttentionEstimator.KEYS, ofAll(keys, mask, lossScale));
        result.put(AttentionEstimator.VALUES, ofAll(values, mask, lossScale));
      }
      return present(result);
    }

    private Optional<RawFactors> ofAll(INDArray gradient, INDArray mask, double lossScale) {
      RowSums sums = new RowSums(1);
      sums.add(input, gradient, mask);
      return sums.raw(lossScale);
    }
  }
}
