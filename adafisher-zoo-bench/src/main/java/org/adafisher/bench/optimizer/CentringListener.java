package org.adafisher.bench.optimizer;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.adafisher.Centred;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Network;
import org.adafisher.capture.Taps;
import org.adafisher.capture.Workspaces;
import org.adafisher.curvature.FactorPart;
import org.adafisher.curvature.RawFactors;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Lets a network's updater work in coordinates in which every layer's inputs have mean zero. For a
 * layer z = W x + b, which is z = W (x - mu) + c with c = b + W mu:
 *
 * <pre>
 * mu = E[x] (running average)
 * G_W' = G_W - G_b mu^T      G_b' = G_b          the gradient in W and c
 * U, u = the updater's step for G_W', G_b'       with the decay of W
 * W = W - U      b = b - (u - U mu)
 * </pre>
 *
 * <p>The gradient is changed in place before the updater sees it. Deeplearning4j leaves the step
 * that it took in the same place, from which the bias gets what is missing.
 *
 * <p>One listener serves one network.
 */
final class CentringListener extends BaseTrainingListener {

  private final Centred refreshes;
  private final int refreshInterval;
  private final double rho;
  private final Map<String, InputMean> means = new LinkedHashMap<>();
  private final Taps taps = new Taps();

  /** Of the pass that is under way, as what follows; by layer name. */
  private List<CentredLayer> layers = List.of();

  private final Map<String, RawFactors> observed = new HashMap<>();

  /** The mu of the step that is under way; empty if none is. */
  private final Map<String, INDArray> stepping = new HashMap<>();

  private CentringListener(Centred refreshes, int refreshInterval, double rho) {
    this.refreshes = refreshes;
    this.refreshInterval = refreshInterval;
    this.rho = rho;
  }

  /**
   * Adds one to a network.
   *
   * @param refreshes says which steps refresh mu
   * @param refreshInterval in steps
   * @param rho weight of the old mu
   * @throws IllegalArgumentException if a layer that would be centred normalises or clips its
   *     gradient: what that does depends on the coordinates
   */
  static void attach(Model network, Centred refreshes, int refreshInterval, double rho) {
    for (CentredLayer layer : CentredLayer.of(Network.of(network))) {
      GradientNormalization normalization =
          ((BaseLayer) layer.layer().conf().getLayer()).getGradientNormalization();
      if (normalization != null && normalization != GradientNormalization.None) {
        throw new IllegalArgumentException(
            "centred-adam cannot train it, since its layer %s normalises or clips its gradient (%s)"
                .formatted(layer.name(), normalization));
      }
    }
    network.addListeners(new CentringListener(refreshes, refreshInterval, rho));
  }

  /**
   * That of a network.
   *
   * @throws IllegalStateException if it has none
   */
  static CentringListener of(Model network) {
    return Network.of(network).listeners().stream()
        .filter(CentringListener.class::isInstance)
        .map(CentringListener.class::cast)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("centred-adam is not attached"));
  }

  /** All that the next step depends on, by layer. */
  Map<String, double[]> state() {
    Map<String, double[]> state = new LinkedHashMap<>();
    means.forEach((layer, mean) -> state.put(layer, mean.state()));
    return state;
  }

  void restore(Map<String, double[]> state) {
    means.clear();
    state.forEach((layer, mean) -> means.put(layer, new InputMean(mean)));
  }

  @Override
  public void onForwardPass(Model model, List<INDArray> activations) {
    begin(Network.of(model));
  }

  @Override
  public void onForwardPass(Model model, Map<String, INDArray> activations) {
    begin(Network.of(model));
  }

  private void begin(Network network) {
    taps.disarm();
    observed.clear();
    stepping.clear();
    layers = Workspaces.outside(() -> CentredLayer.of(network));
    Minibatch minibatch = network.minibatch();
    for (CentredLayer layer : layers) {
      if (refreshes.refreshesAt(mean(layer).steps(), refreshInterval)) {
        taps.arm(
            layer.layer(),
            signal ->
                Workspaces.outside(
                    () -> {
                      Map<String, RawFactors> raw = layer.estimator().estimate(signal, minibatch);
                      if (raw.containsKey(FactorPart.MAIN)) {
                        observed.put(layer.name(), raw.get(FactorPart.MAIN));
                      }
                    }));
      }
    }
  }

  @Override
  public void onBackwardPass(Model model) {
    taps.disarm();
  }

  /** Only called when a step follows. */
  @Override
  public void onGradientCalculation(Model model) {
    for (CentredLayer layer : layers) {
      InputMean mean = mean(layer);
      RawFactors raw = observed.get(layer.name());
      // As Centred does: a minibatch whose numbers overflow leaves the average as it is.
      if (raw != null && raw.fit(layer.bias().dataType())) {
        mean.refresh(raw.inputMean(), rho);
      }
      INDArray mu = Nd4j.createFromArray(mean.value(rho)).castTo(layer.bias().dataType());
      layer.centreGradient(mu);
      stepping.put(layer.name(), mu);
    }
  }

  @Override
  public void iterationDone(Model model, int iteration, int epoch) {
    for (CentredLayer layer : layers) {
      INDArray mu = stepping.remove(layer.name());
      if (mu != null) {
        layer.shiftBias(mu);
        mean(layer).stepDone();
      }
    }
  }

  private InputMean mean(CentredLayer layer) {
    return means.computeIfAbsent(layer.name(), name -> new InputMean(layer.inputs()));
  }
}
