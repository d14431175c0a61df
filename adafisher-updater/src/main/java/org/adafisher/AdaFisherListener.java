package org.adafisher;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.adafisher.capture.Network;
import org.adafisher.capture.Workspaces;
import org.adafisher.curvature.KroneckerFactors;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.shade.guava.collect.MapMaker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures what AdaFisher's factors are made of. On the passes that refresh factors, one in a
 * hundred by default (one in ten under {@link Centred} and {@link Spectral}, after their burn-in),
 * it taps the layers' backward pass; on the others it only tells the updaters that a pass has
 * begun.
 *
 * <p>{@link AdaFisher#attach} adds it. Adding a new one with {@code net.addListeners} does as well:
 * it attaches itself on the first pass. One listener may serve several networks and threads; of
 * several listeners on one network the first one works.
 */
public final class AdaFisherListener extends BaseTrainingListener {

  private static final Logger log = LoggerFactory.getLogger(AdaFisherListener.class);

  /**
   * By identity, and gone with the network. One segment: of several, those that no other network
   * falls into would keep the state of networks that are gone.
   */
  private final Map<Model, AttachedNetwork> attached =
      new MapMaker().concurrencyLevel(1).weakKeys().makeMap();

  private final AtomicLong droppedRefreshes = new AtomicLong();

  /** What has been logged: the replicas of one network would all say the same. */
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  /** Serves whichever networks tell it of their passes. */
  public AdaFisherListener() {}

  /** Prepares a network, whether it is a new one or has changed since. */
  void attachTo(Network network) {
    AttachedNetwork present = attached.get(network.model());
    if (present != null && present.passes() != null) {
      present.passes().abandon();
    }
    Attachment.prepare(network, present == null, said::add);
    attached.putIfAbsent(network.model(), new AttachedNetwork(network.model()));
    passesOf(network);
  }

  /** Leaves a network as if it had never been watched. */
  void detachFrom(Network network) {
    AttachedNetwork present = attached.remove(network.model());
    if (present != null && present.passes() != null) {
      present.passes().end();
    }
  }

  /**
   * Adds itself to a network that has lost it.
   *
   * @return false if the network has a listener of this kind
   */
  boolean comeBackTo(Network network) {
    if (network.listeners().stream().anyMatch(AdaFisherListener.class::isInstance)) {
      return false;
    }
    List<TrainingListener> listeners = new ArrayList<>(network.listeners());
    listeners.add(this);
    network.setListeners(listeners);
    if (isNew("came back")) {
      log.info(
          "AdaFisher's listener is back on the network, which had lost it (setListeners replaces"
              + " all listeners): training goes on as if nothing had happened.");
    }
    return true;
  }

  /** Whether something that is to be logged has not been logged before. */
  boolean isNew(String message) {
    return said.add(message);
  }

  /** A layer's statistics were not finite. */
  void refreshDropped(String layer) {
    droppedRefreshes.incrementAndGet();
    if (isNew("not finite")) {
      log.warn(
          "Layer '{}' has activations or gradients that are not finite: its factors stay as they"
              + " are. Further ones are counted, not logged.",
          layer);
    }
  }

  /**
   * The present factors; under {@link Centred} and {@link Spectral} their a and s.
   *
   * @param model an attached network
   * @return copies, by layer name; the scale and shift of a dense layer with {@code hasLayerNorm}
   *     are under {@code "<layer>/layerNorm"}, the depthwise weights of a separable convolution
   *     under {@code "<layer>/depthwise"}. Layers without factors are absent
   */
  public Map<String, KroneckerFactors> factors(Model model) {
    Map<String, KroneckerFactors> result = new LinkedHashMap<>();
    for (Bound bound : blocks(model)) {
      String layer = bound.layer();
      bound
          .updater
          .factors()
          .forEach(
              (part, factors) ->
                  result.putIfAbsent(part.isEmpty() ? layer : layer + "/" + part, factors));
    }
    return result;
  }

  /**
   * F, what each parameter's momentum is divided by. Under {@link Centred} and {@link Spectral},
   * whose step is normalised as a whole afterwards, it is relative: 1 / (s' h), {@code (a / mean(a)
   * + dampingIn) (s / mean(s) + dampingOut)} of a weight, {@code f / mean(f) + dampingRest} of
   * other parameters.
   *
   * @param model an attached network
   * @return by layer name, a copy: 1-d, its parameters under AdaFisher in the order of the
   *     parameter vector, each by unit and input
   */
  public Map<String, INDArray> fisher(Model model) {
    Map<String, List<INDArray>> parts = new LinkedHashMap<>();
    for (Bound bound : blocks(model)) {
      bound
          .fisherByLayer()
          .forEach((layer, f) -> parts.computeIfAbsent(layer, x -> new ArrayList<>()).addAll(f));
    }
    Map<String, INDArray> result = new LinkedHashMap<>();
    parts.forEach(
        (layer, vectors) ->
            result.put(
                layer,
                vectors.size() == 1
                    ? vectors.get(0)
                    : Nd4j.concat(0, vectors.toArray(INDArray[]::new))));
    return result;
  }

  /** How much of every F of a layer is damping; NaN if it is not a term of F. */
  Map<String, Double> dampings(Model model) {
    Map<String, Double> result = new LinkedHashMap<>();
    blocks(model)
        .forEach(
            bound -> bound.layers().forEach(layer -> result.put(layer, bound.updater.damping())));
    return result;
  }

  /** How long the refreshes of a network have taken so far. */
  RefreshClock clock(Model model) {
    return attachedTo(Network.of(model)).clock;
  }

  /** How often the statistics of each layer were not finite; without those that always were. */
  Map<String, Long> dropped(Model model) {
    return Map.copyOf(attachedTo(Network.of(model)).dropped);
  }

  /** A block under AdaFisher with its updater, bound to it. */
  private record Bound(UpdaterBlock block, AdaFisherUpdater updater) {

    /** Of a block with factors, which are of one layer. */
    private String layer() {
      return nameOf(block.getLayersAndVariablesInBlock().get(0));
    }

    /** Of any block: layers without factors may share one. */
    private List<String> layers() {
      return block.getLayersAndVariablesInBlock().stream().map(Bound::nameOf).distinct().toList();
    }

    private Map<String, List<INDArray>> fisherByLayer() {
      INDArray all = updater.fisher();
      if (layers().size() == 1) {
        return Map.of(layer(), List.of(all));
      }
      Map<String, List<INDArray>> result = new LinkedHashMap<>();
      for (UpdaterBlock.ParamState parameter : block.getLayersAndVariablesInBlock()) {
        long start = parameter.getParamOffsetStart() - block.getParamOffsetStart();
        long end = parameter.getParamOffsetEnd() - block.getParamOffsetStart();
        result
            .computeIfAbsent(nameOf(parameter), name -> new ArrayList<>())
            .add(all.get(NDArrayIndex.interval(start, end)));
      }
      return result;
    }

    private static String nameOf(UpdaterBlock.ParamState parameter) {
      return parameter.getLayer().getConfig().getLayerName();
    }
  }

  /** In the order of the parameter vector. */
  private List<Bound> blocks(Model model) {
    Network network = Network.of(model);
    attachedTo(network);
    List<Bound> result = new ArrayList<>();
    for (UpdaterBlock block : network.updaterBlocks()) {
      if (block.getGradientUpdater() instanceof AdaFisherUpdater updater) {
        updater.bind(block);
        result.add(new Bound(block, updater));
      }
    }
    return result;
  }

  /**
   * What the formulation's rule for parameters without factors is for; {@code attach} logs it once.
   *
   * @param model an attached network
   * @return names of layers, and as {@code layer/parameter} those of single parameters, in the
   *     network's order; empty if every trained parameter has factors
   */
  public Set<String> parametersWithoutFactors(Model model) {
    Network network = Network.of(model);
    attachedTo(network);
    return Attachment.parametersWithoutFactors(network);
  }

  /**
   * @return how many times a layer's statistics were not finite and its refresh was left out
   */
  public long droppedRefreshes() {
    return droppedRefreshes.get();
  }

  @Override
  public void onForwardPass(Model model, List<INDArray> activations) {
    begin(model);
  }

  @Override
  public void onForwardPass(Model model, Map<String, INDArray> activations) {
    begin(model);
  }

  @Override
  public void onBackwardPass(Model model) {
    AttachedNetwork network = attached.get(model);
    if (network != null && network.passes() != null) {
      network.passes().backwardPass();
    }
  }

  /** Only called in a {@code fit}, whose step is of the last pass alone. */
  @Override
  public void onGradientCalculation(Model model) {
    AttachedNetwork network = attached.get(model);
    if (network != null && network.passes() != null) {
      network.passes().stepFollows();
    }
  }

  @Override
  public void iterationDone(Model model, int iteration, int epoch) {
    AttachedNetwork network = attached.get(model);
    if (network != null) {
      network.keeper.passEnds();
      if (network.passes() != null) {
        network.passes().stepDone();
      }
    }
  }

  private void begin(Model model) {
    if (model instanceof Layer && !(model instanceof MultiLayerNetwork)) {
      return; // a layer that is pretrained on its own
    }
    Network network = Network.of(model);
    if (leads(network)) {
      Workspaces.outside(() -> passesOf(network).forwardPass());
    }
  }

  private boolean leads(Network network) {
    for (TrainingListener listener : network.listeners()) {
      if (listener instanceof AdaFisherListener) {
        return listener == this;
      }
    }
    return true;
  }

  private AttachedNetwork attachedTo(Network network) {
    return attached.computeIfAbsent(
        network.model(),
        first -> {
          Attachment.prepare(network, true, said::add);
          return new AttachedNetwork(first);
        });
  }

  private PassWatch passesOf(Network network) {
    AttachedNetwork present = attachedTo(network);
    PassWatch passes = present.passes();
    return passes == null ? PassWatch.of(network, present, this) : passes;
  }
}
