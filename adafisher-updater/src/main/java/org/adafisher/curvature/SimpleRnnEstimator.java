package org.adafisher.curvature;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Taps;
import org.adafisher.curvature.CallLog.Function;
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
    CallLog log = new CallLog(layer, taps);
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
    int all = pass.activations().size();
    int taken = pass.gradients().size();
    if (taken == 0 || taken > all) {
      return RecurrentSteps.nothing();
    }
    RecurrentSteps steps = RecurrentSteps.of(layer, log, true, taken);
    double rows = steps.rows();
    if (rows == 0) {
      return RecurrentSteps.nothing();
    }
    List<INDArray> gradients =
        IntStream.rangeClosed(1, taken)
            .mapToObj(i -> pass.gradients().get(taken - i).result())
            .toList();
    List<INDArray> previous = new ArrayList<>();
    for (int step = all - taken; step < all; step++) {
      previous.add(
          step == all - taken
              ? Nd4j.zerosLike(gradients.get(0))
              : pass.activations()
                  .get(step - 1)
                  .result()
                  .mulColumnVector(RecurrentSteps.counts(log, gradients.get(0), step - 1)));
    }
    INDArray gradient = steps.rowsOf(gradients);
    double scale = minibatch.lossScale();
    return Map.of(
        FactorPart.MAIN,
        RecurrentSteps.linear(steps.rowsOf(steps.inputs()), gradient, true, rows, scale),
        RecurrentSteps.RECURRENT,
        RecurrentSteps.linear(steps.rowsOf(previous), gradient, false, rows, scale));
  }
}
