package org.adafisher.bench.rival.kfac;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.adafisher.bench.rival.LayerUpdaters;
import org.adafisher.bench.rival.LayerUpdaters.Attached;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Network;
import org.adafisher.capture.Taps;
import org.adafisher.capture.Workspaces;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures K-FAC's statistics on the passes that refresh factors, and preconditions and clips the
 * gradients of the whole network before its step. It keeps nothing from one step to the next.
 *
 * <p>{@link KFac#attach} adds it. One listener serves one network: replicas that train side by side
 * need one each.
 */
public final class KFacListener extends BaseTrainingListener {

  private static final Logger log = LoggerFactory.getLogger(KFacListener.class);

  private final Taps taps = new Taps();

  /** Of the pass that is under way, by layer name. */
  private final Map<String, KroneckerMoments> observed = new HashMap<>();

  /** Whether there was a pass since the last step. */
  private boolean passSeen;

  private final Set<String> said = new HashSet<>();
  private long droppedRefreshes;
  private long failedInverses;

  KFacListener() {}

  /** How many times a layer's statistics were not finite and its refresh was left out. */
  public long droppedRefreshes() {
    return droppedRefreshes;
  }

  /** How many times a layer's factors could not be inverted and its old inverses stayed. */
  public long failedInverses() {
    return failedInverses;
  }

  @Override
  public void onForwardPass(Model model, List<INDArray> activations) {
    begin(model);
  }

  @Override
  public void onForwardPass(Model model, Map<String, INDArray> activations) {
    begin(model);
  }

  private void begin(Model model) {
    if (model instanceof Layer && !(model instanceof MultiLayerNetwork)) {
      return; // a layer that is pretrained on its own
    }
    Network network = Network.of(model);
    taps.disarm();
    observed.clear();
    passSeen = true;
    Workspaces.outside(
        () -> {
          Minibatch minibatch = network.minibatch();
          factored(network).stream()
              .filter(attached -> attached.updater().refreshesFactors())
              .forEach(attached -> watch(attached, minibatch));
        });
  }

  private void watch(Attached<KFacUpdater> attached, Minibatch minibatch) {
    Layer layer = Network.layerOf(attached.trainable());
    WeightMatrix weights = attached.updater().weights().orElseThrow();
    taps.arm(
        layer,
        signal ->
            Workspaces.outside(
                () -> {
                  observed.put(
                      attached.updater().block().layer(),
                      KroneckerMoments.of(signal, minibatch, weights));
                }));
  }

  @Override
  public void onBackwardPass(Model model) {
    taps.disarm();
  }

  /**
   * Only called when a step follows: by Deeplearning4j in every {@code fit}, by hand otherwise.
   *
   * @throws IllegalStateException if it was told of no pass and the step needs statistics
   */
  @Override
  public void onGradientCalculation(Model model) {
    Network network = Network.of(model);
    List<Attached<KFacUpdater>> factored = factored(network);
    if (!passSeen && factored.stream().anyMatch(one -> one.updater().refreshesFactors())) {
      throw new IllegalStateException(
          "KFac was not told of the pass that this step's gradient is from, whose statistics it"
              + " needs: call net.getListeners().forEach(l -> l.onForwardPass(net, List.of()))"
              + " between feedForward and backpropGradient.");
    }
    passSeen = false;
    taps.disarm();
    int[] time = network.iterationAndEpoch();
    double lossScale = network.minibatch().lossScale();
    double sum = 0;
    List<Attached<KFacUpdater>> preconditioned = new ArrayList<>();
    for (Attached<KFacUpdater> attached : factored) {
      KFacUpdater updater = attached.updater();
      refresh(updater);
      OptionalDouble product = updater.precondition(attached.gradient());
      if (product.isPresent()) {
        // Deeplearning4j divides by the minibatch later.
        double rate = updater.getConfig().getLearningRate(time[0], time[1]) * lossScale;
        sum += rate * rate * product.getAsDouble();
        preconditioned.add(attached);
      }
    }
    observed.clear();
    for (Attached<KFacUpdater> attached : preconditioned) {
      double nu = klFactor(attached.updater().getConfig().getKlClip(), sum);
      if (nu < 1) {
        attached.gradient().muli(nu);
      }
    }
  }

  /** nu for a sum over all layers of lr^2 times preconditioned gradient times gradient. */
  static double klFactor(double klClip, double sum) {
    return sum > klClip ? Math.sqrt(klClip / sum) : 1;
  }

  private void refresh(KFacUpdater updater) {
    String layer = updater.block().layer();
    KroneckerMoments moments = observed.get(layer);
    if (moments != null) {
      if (moments.isFinite()) {
        updater.factors().refresh(moments, updater.getConfig().getStatDecay());
      } else {
        droppedRefreshes++;
        warnOnce(
            "not finite",
            "Layer '{}' has activations or gradients that are not finite: its factors stay as they"
                + " are. Further ones are counted, not logged.",
            layer);
      }
    }
    if (updater.refreshesInverses()
        && !updater.factors().invert(updater.getConfig().getDamping())) {
      failedInverses++;
      warnOnce(
          "not inverted",
          "The damped factors of layer '{}' are not positive definite: their old inverses stay."
              + " Further ones are counted, not logged.",
          layer);
    }
  }

  private void warnOnce(String key, String message, String layer) {
    if (said.add(key)) {
      log.warn(message, layer);
    }
  }

  private static List<Attached<KFacUpdater>> factored(Network network) {
    return LayerUpdaters.in(network, KFacUpdater.class).stream()
        .filter(attached -> attached.updater().weights().isPresent())
        .toList();
  }
}
