package org.adafisher.curvature;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Taps;
import org.adafisher.curvature.CallLog.Function;
import org.adafisher.curvature.CallLog.Kept;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.params.SimpleRnnParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * z = W x_t + R h_(t-1) + b. W and b meet x_t, R meets h_(t-1), both the same rows: an example's
 * step. DL4J's gradient of R leaves out the first step that it reaches, even where truncated
 * back-propagation hands a state on; so h_(t-1) is 0 there.
 *
 * <p>With {@code hasLayerNorm} it has no factors: DL4J 1.0.0-M2.1 fails in that layer's forward
 * pass, so there is nothing to train.
 */
final class SimpleRnnEstimator implements FactorEstimator.FromPass {

  private static final String W = SimpleRnnParamInitializer.WEIGHT_KEY;
  private static final String R = SimpleRnnParamInitializer.RECURRENT_WEIGHT_KEY;
  private static final String B = SimpleRnnParamInitializer.BIAS_KEY;

  @Override
  public FactorLayout layout(Layer layer) {
    if (layer.paramTable().containsKey(SimpleRnnParamInitializer.GAIN_KEY)) {
      return new FactorLayout(List.of(), List.of());
    }
    long inputs = layer.getParam(W).size(0);
    long units = layer.getParam(W).size(1);
    return new FactorLayout(
        List.of(
            FactorPart.of(FactorPart.MAIN, inputs + 1, units),
            FactorPart.of(RecurrentSteps.RECURRENT, units, units)),
        List.of(
            new ParameterSpan(W, FactorPart.MAIN, 0, inputs, units),
            new ParameterSpan(R, RecurrentSteps.RECURRENT, 0, units, units),
            new ParameterSpan(B, FactorPart.MAIN, inputs, 1, units)));
  }

  @Override
  public Supplier<Map<String, RawFactors>> watch(Layer listed, Taps taps, Minibatch minibatch) {
    Layer layer = RecurrentSteps.unwrapped(listed);
    CallLog log = new CallLog(layer, taps, Kept.ONLY_CALL, Kept.ONLY_CALL);
    taps.replaceConfiguration(
        layer,
        conf -> {
          BaseLayer rnn = (BaseLayer) conf.getLayer();
          rnn.setActivationFn(log.tapped(Function.ACTIVATION, rnn.getActivationFn()));
        });
    return () -> estimate(layer, log, minibatch);
  }

  private static Map<String, RawFactors> estimate(Layer layer, CallLog log, Minibatch minibatch) {
    if (log.passes().size() != 1) {
      return RecurrentSteps.nothing();
    }
    CallLog.Pass pass = log.passes().get(0);
    int all = pass.activations().functions().size();
    int taken = pass.gradients().functions().size();
    if (taken == 0 || taken > all || !pass.isUniform()) {
      return RecurrentSteps.nothing();
    }
    RecurrentSteps steps = RecurrentSteps.of(layer, log, true, taken);
    if (steps.rows() == 0) {
      return RecurrentSteps.nothing();
    }
    INDArray results = RecurrentSteps.each(pass.activations().stack().asSteps(all, 1), 0).dup('c');
    INDArray zeros = Nd4j.zeros(results.dataType(), results.size(2), results.size(1));
    INDArray previous =
        RecurrentSteps.delayed(zeros, RecurrentSteps.steps(results, all - taken, all));
    double[] gradient =
        steps.ofGradient(pass.gradients().stack().asSteps(taken, 1), minibatch.lossScale());
    return Map.of(
        FactorPart.MAIN,
        steps.ofInputs(gradient),
        RecurrentSteps.RECURRENT,
        steps.ofPrevious(previous, gradient));
  }
}
