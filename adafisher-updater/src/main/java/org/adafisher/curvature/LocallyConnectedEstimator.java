package org.adafisher.curvature;

import java.util.List;
import java.util.Map;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.SameDiffTap.GraphOperation;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution whose output positions have weights of their own: each position is a group with its
 * own inputs and units, and a row is an example. All positions share the bias, of which a row is a
 * position of an example.
 */
final class LocallyConnectedEstimator extends SameDiffEstimator {

  private static final String W = ConvolutionParamInitializer.WEIGHT_KEY;
  private static final String B = ConvolutionParamInitializer.BIAS_KEY;

  @Override
  public FactorLayout layout(Layer layer) {
    INDArray weights = layer.getParam(W); // [positions, inputs, units]
    long positions = weights.size(0);
    long inputs = weights.size(1);
    long units = weights.size(2);
    FactorPart main =
        new FactorPart(
            FactorPart.MAIN,
            positions * inputs,
            positions * units,
            1.0 / inputs,
            FactorPart.Kind.LINEAR);
    ParameterSpan w =
        new ParameterSpan(
            W,
            FactorPart.MAIN,
            0,
            inputs,
            positions * units,
            positions,
            Arrangement.of(weights, 0, 2, 1));
    return layer.paramTable().containsKey(B)
        ? new FactorLayout(
            List.of(main, LoneBias.part(B, units)), List.of(w, LoneBias.span(B, units)))
        : new FactorLayout(List.of(main), List.of(w));
  }

  @Override
  Pass begin(Layer layer, Minibatch minibatch) {
    int positions = (int) layer.getParam(W).size(0);
    RowSums weights = new RowSums(positions);
    RowSums bias = new RowSums(1);
    return new Pass() {
      @Override
      public void onOperation(GraphOperation operation) {
        if (!operation.is("matmul_bp", 1, W)) {
          return;
        }
        INDArray x = operation.inputs().get(0); // [positions, batch, inputs]
        INDArray s = operation.inputs().get(2); // [positions, batch, units]
        long batch = x.size(1);
        INDArray mask = layer.getMaskArray();
        // A mask of the input's steps says nothing of the outputs where those are others.
        boolean masked = mask != null && mask.rank() == 2 && mask.size(1) == positions;
        weights.add(byExample(x), byExample(s), masked ? mask : null);
        INDArray rows = s.permute(1, 0, 2).dup('c').reshape('c', batch * positions, s.size(2));
        bias.add(rows, rows, masked ? mask.dup('c').reshape('c', batch * positions, 1) : null);
      }

      @Override
      public Map<String, RawFactors> raw(double lossScale) {
        return layer.paramTable().containsKey(B)
            ? present(
                Map.of(FactorPart.MAIN, weights.raw(lossScale), B, LoneBias.raw(bias, lossScale)))
            : present(Map.of(FactorPart.MAIN, weights.raw(lossScale)));
      }
    };
  }

  /** [positions, batch, n] as [batch, positions * n]. */
  private static INDArray byExample(INDArray x) {
    return x.permute(1, 0, 2).dup('c').reshape('c', x.size(1), x.size(0) * x.size(2));
  }
}
