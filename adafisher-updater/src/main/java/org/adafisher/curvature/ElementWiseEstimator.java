package org.adafisher.curvature;

import java.util.List;
import java.util.Map;
import org.adafisher.capture.LayerSignal;
import org.adafisher.capture.Minibatch;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;

/**
 * z = w * x + b, value by value: as a dense layer whose every unit meets one input of its own. A
 * row is an example, or an example's time step; masked ones are left out.
 */
final class ElementWiseEstimator implements FactorEstimator.FromSignal {

  private static final String W = DefaultParamInitializer.WEIGHT_KEY;
  private static final String B = DefaultParamInitializer.BIAS_KEY;

  private final DenseEstimator rows = new DenseEstimator();

  @Override
  public FactorLayout layout(Layer layer) {
    long units = layer.getParam(W).length();
    return new FactorLayout(
        List.of(FactorPart.of(FactorPart.MAIN, units + 1, units)),
        List.of(
            new ParameterSpan(W, FactorPart.MAIN, 0, 1, units, units, Arrangement.BY_UNIT),
            new ParameterSpan(B, FactorPart.MAIN, units, 1, units)));
  }

  @Override
  public Map<String, RawFactors> estimate(LayerSignal signal, Minibatch minibatch) {
    return rows.estimate(signal, minibatch);
  }
}
