package org.adafisher.curvature;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Taps;
import org.adafisher.capture.Workspaces;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.recurrent.BidirectionalLayer;
import org.deeplearning4j.nn.params.BidirectionalParamInitializer;

/**
 * A recurrent layer and its twin that sees the steps backwards: the factors are those of the two,
 * the names of their parts behind {@code forward/} and {@code backward/}. The order of rows, which
 * is all that they differ in, matters to no factor.
 */
final class BidirectionalEstimator implements FactorEstimator.FromPass {

  /**
   * One of the two.
   *
   * @param prefix of its parameters
   * @param part of its parts
   * @param layer the layer
   * @param estimator for its kind
   */
  private record Half(String prefix, String part, Layer layer, FactorEstimator estimator) {

    String part(String name) {
      return name.isEmpty() ? part : part + "/" + name;
    }

    Supplier<Map<String, RawFactors>> watch(Taps taps, Minibatch minibatch) {
      if (estimator instanceof FromPass fromPass) {
        return fromPass.watch(layer, taps, minibatch);
      }
      Map<String, RawFactors> seen = new HashMap<>();
      if (estimator instanceof FromSignal fromSignal) {
        taps.arm(
            layer,
            signal ->
                seen.putAll(Workspaces.outside(() -> fromSignal.estimate(signal, minibatch))));
      }
      return () -> seen;
    }
  }

  @Override
  public FactorLayout layout(Layer layer) {
    List<FactorPart> parts = new ArrayList<>();
    List<ParameterSpan> spans = new ArrayList<>();
    for (Half half : halves(layer)) {
      FactorLayout own = half.estimator.layout(half.layer);
      own.parts()
          .forEach(
              part ->
                  parts.add(
                      new FactorPart(
                          half.part(part.name()),
                          part.inputs(),
                          part.outputs(),
                          part.inputScale(),
                          part.kind())));
      own.spans()
          .forEach(
              span ->
                  spans.add(
                      new ParameterSpan(
                          half.prefix + span.parameter(),
                          half.part(span.part()),
                          span.inputOffset(),
                          span.inputs(),
                          span.outputs(),
                          span.groups(),
                          span.arrangement())));
    }
    return new FactorLayout(parts, spans);
  }

  @Override
  public Supplier<Map<String, RawFactors>> watch(Layer layer, Taps taps, Minibatch minibatch) {
    Map<Half, Supplier<Map<String, RawFactors>>> watched = new LinkedHashMap<>();
    halves(layer).forEach(half -> watched.put(half, half.watch(taps, minibatch)));
    return () -> {
      Map<String, RawFactors> result = new HashMap<>();
      watched.forEach(
          (half, pass) -> pass.get().forEach((name, raw) -> result.put(half.part(name), raw)));
      return result;
    };
  }

  /** Both, or none if their kind has no factors. */
  private static List<Half> halves(Layer layer) {
    var both = (BidirectionalLayer) RecurrentSteps.unwrapped(layer);
    Layer forward = BidirectionalHalves.forward(both);
    Layer backward = BidirectionalHalves.backward(both);
    return FactorEstimators.forLayer(forward)
        .map(
            estimator ->
                List.of(
                    new Half(
                        BidirectionalParamInitializer.FORWARD_PREFIX,
                        "forward",
                        forward,
                        estimator),
                    new Half(
                        BidirectionalParamInitializer.BACKWARD_PREFIX,
                        "backward",
                        backward,
                        estimator)))
        .orElse(List.of());
  }
}
