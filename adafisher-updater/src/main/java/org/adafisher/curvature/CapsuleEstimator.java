package org.adafisher.curvature;

import java.util.List;
import java.util.Map;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.SameDiffTap.GraphOperation;
import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Capsules: every input capsule is a group whose dimensions are the inputs of its own predictions
 * of all output capsules, and a row is an example. The bias is added in every round of the routing:
 * a row of it is a round of an example.
 */
final class CapsuleEstimator extends SameDiffEstimator {

  private static final String WEIGHT = "weight";
  private static final String BIAS = "bias";

  @Override
  public FactorLayout layout(Layer layer) {
    INDArray weights = layer.getParam(WEIGHT); // [1, input capsules, units, inputs, 1]
    long groups = weights.size(1);
    long units = groups * weights.size(2);
    long inputs = weights.size(3);
    FactorPart main = FactorPart.of(FactorPart.MAIN, groups * inputs, units);
    ParameterSpan w =
        new ParameterSpan(WEIGHT, FactorPart.MAIN, 0, inputs, units, groups, Arrangement.BY_UNIT);
    if (!layer.paramTable().containsKey(BIAS)) {
      return new FactorLayout(List.of(main), List.of(w));
    }
    long length = layer.getParam(BIAS).length();
    return new FactorLayout(
        List.of(main, LoneBias.part(BIAS, length)), List.of(w, LoneBias.span(BIAS, length)));
  }

  @Override
  Pass begin(Layer layer, Minibatch minibatch) {
    RowSums weights = new RowSums((int) layer.getParam(WEIGHT).size(1));
    RowSums bias = new RowSums(1);
    return new Pass() {
      @Override
      public void onOperation(GraphOperation operation) {
        List<INDArray> inputs = operation.inputs();
        if (operation.is("multiply_bp", 0, WEIGHT)) {
          // [batch, input capsules, units, inputs, 1], where the input capsules are the same for
          // all units, and the gradient of a sum over the inputs is the same for all inputs.
          var all = NDArrayIndex.all();
          var first = NDArrayIndex.point(0);
          weights.add(
              byExample(inputs.get(1).get(all, all, first, all, first)),
              byExample(inputs.get(2).get(all, all, all, first, first)),
              null);
        } else if (operation.is("add_bp", 1, BIAS)) {
          INDArray rows = byExample(inputs.get(2));
          bias.add(rows, rows, null);
        }
      }

      @Override
      public Map<String, RawFactors> raw(double lossScale) {
        return present(
            Map.of(FactorPart.MAIN, weights.raw(lossScale), BIAS, LoneBias.raw(bias, lossScale)));
      }
    };
  }

  private static INDArray byExample(INDArray x) {
    return x.dup('c').reshape('c', x.size(0), -1);
  }
}
