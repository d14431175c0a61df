package org.adafisher.bench.optimizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.adafisher.capture.Network;
import org.adafisher.curvature.FactorEstimator;
import org.adafisher.curvature.FactorEstimators;
import org.adafisher.curvature.FactorLayout;
import org.adafisher.curvature.FactorPart;
import org.adafisher.curvature.ParameterSpan;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.nn.updater.UpdaterBlock.ParamState;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer z = W x + b with views into the network's vectors, as they are for one step.
 *
 * @param layer the layer
 * @param estimator tells the mean of its inputs
 * @param weightGradient [units, inputs]; after the updater, what is taken off the weights
 * @param biasGradient [units, 1]
 * @param bias [units, 1]
 */
record CentredLayer(
    Layer layer,
    FactorEstimator.FromSignal estimator,
    INDArray weightGradient,
    INDArray biasGradient,
    INDArray bias) {

  /** All of a network. */
  static List<CentredLayer> of(Network network) {
    Map<Layer, Map<String, ParamState>> states = new IdentityHashMap<>();
    List<Layer> inOrder = new ArrayList<>();
    for (UpdaterBlock block : network.updaterBlocks()) {
      for (ParamState state : block.getLayersAndVariablesInBlock()) {
        Layer layer = Network.layerOf(state.getLayer());
        if (layer != null) {
          states
              .computeIfAbsent(
                  layer,
                  added -> {
                    inOrder.add(added);
                    return new HashMap<>();
                  })
              .put(state.getParamName(), state);
        }
      }
    }
    return inOrder.stream()
        .flatMap(layer -> CentredLayer.of(layer, states.get(layer)).stream())
        .toList();
  }

  private static Optional<CentredLayer> of(Layer layer, Map<String, ParamState> states) {
    if (!(FactorEstimators.forLayer(layer).orElse(null)
        instanceof FactorEstimator.FromSignal estimator)) {
      return Optional.empty();
    }
    FactorLayout layout = estimator.layout(layer);
    boolean linear =
        layout.parts().stream()
            .anyMatch(
                part ->
                    part.name().equals(FactorPart.MAIN) && part.kind() == FactorPart.Kind.LINEAR);
    List<ParameterSpan> spans =
        layout.spans().stream().filter(span -> span.part().equals(FactorPart.MAIN)).toList();
    Optional<ParameterSpan> weight = spans.stream().filter(ParameterSpan::isWeight).findFirst();
    Optional<ParameterSpan> bias = spans.stream().filter(span -> !span.isWeight()).findFirst();
    if (!linear || weight.isEmpty() || bias.isEmpty()) {
      return Optional.empty();
    }
    ParamState w = states.get(weight.get().parameter());
    ParamState b = states.get(bias.get().parameter());
    long units = weight.get().outputs();
    return Optional.of(
        new CentredLayer(
            layer,
            estimator,
            w.getGradView().reshape('c', units, weight.get().inputs()),
            b.getGradView().reshape('c', units, 1),
            b.getParamView().reshape('c', units, 1)));
  }

  String name() {
    return layer.conf().getLayer().getLayerName();
  }

  int inputs() {
    return Math.toIntExact(weightGradient.size(1));
  }

  /** G_W = G_W - G_b mu^T, in place. */
  void centreGradient(INDArray mu) {
    weightGradient.subi(biasGradient.mmul(mu.reshape(1, inputs())));
  }

  /** b = b + U mu, which makes b - u, as the updater left it, b - (u - U mu). */
  void shiftBias(INDArray mu) {
    bias.addi(weightGradient.mmul(mu.reshape(inputs(), 1)));
  }
}
