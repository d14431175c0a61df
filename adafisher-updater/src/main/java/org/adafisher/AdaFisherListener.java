package org.adafisher;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Network;
import org.adafisher.capture.Taps;
import org.adafisher.capture.Workspaces;
import org.adafisher.curvature.FactorEstimator;
import org.adafisher.curvature.FactorEstimators;
import org.adafisher.curvature.KroneckerFactors;
import org.adafisher.curvature.RawFactors;
import org.adafisher.curvature.VertexEstimator;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;
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
 * hundred by default (one in ten under {@link Centred}, after its burn-in), it taps the layers'
 * backward pass; on the others it only tells the updaters that a pass has begun.
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
  private final Map<Model, Watch> watches = new MapMaker().concurrencyLevel(1).weakKeys().makeMap();

  private final AtomicLong droppedRefreshes = new AtomicLong();

  /** What has been logged: the replicas of one network would all say the same. */
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  /** Serves whichever networks tell it of their passes. */
  public AdaFisherListener() {}

  /** Prepares a network, whether it is a new one or has changed since. */
  void attachTo(Network network) {
    Watch present = watches.get(network.model());
    if (present != null) {
      present.endPass();
    }
    Attachment.prepare(network, present == null, said::add);
    watches.putIfAbsent(network.model(), new Watch(network.model()));
  }

  /** Leaves a network as if it had never been watched. */
  void detachFrom(Network network) {
    Watch watch = watches.remove(network.model());
    if (watch != null) {
      watch.endPass();
    }
  }

  /**
   * The present factors; under {@link Centred} its a and s.
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
   * F, what each parameter's momentum is divided by. Under {@link Centred}, whose step is
   * normalised as a whole afterwards, it is relative: 1 / (s' h), {@code (a / mean(a) + dampingIn)
   * (s / mean(s) + dampingOut)} of a weight, {@code f / mean(f) + dampingRest} of other parameters.
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
    return watchOf(Network.of(model)).clock;
  }

  /** How often the statistics of each layer were not finite; without those that always were. */
  Map<String, Long> dropped(Model model) {
    return Map.copyOf(watchOf(Network.of(model)).dropped);
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
    watchOf(network);
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
    watchOf(network);
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
    Watch watch = watches.get(model);
    if (watch != null) {
      Workspaces.outside(
          () -> {
            watch.finish(Network.of(model));
          });
    }
  }

  @Override
  public void iterationDone(Model model, int iteration, int epoch) {
    Watch watch = watches.get(model);
    if (watch != null) {
      watch.keeper.passEnds();
    }
  }

  private void begin(Model model) {
    if (model instanceof Layer && !(model instanceof MultiLayerNetwork)) {
      return; // a layer that is pretrained on its own
    }
    Network network = Network.of(model);
    if (leads(network)) {
      Workspaces.outside(
          () -> {
            Watch watch = watchOf(network);
            watch.endPass();
            Attachment.followConfiguration(network, said::add);
            watch.start(network);
          });
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

  private Watch watchOf(Network network) {
    return watches.computeIfAbsent(
        network.model(),
        first -> {
          Attachment.prepare(network, true, said::add);
          return new Watch(first);
        });
  }

  /** One network's pass: which layers are watched, and what they showed. */
  private final class Watch {

    private final Taps taps = new Taps();
    private final Map<Trainable, Watched> watched = new IdentityHashMap<>();
    private final StateKeeper keeper;
    private final RefreshClock clock = new RefreshClock();
    private final Map<String, Long> dropped = new ConcurrentHashMap<>();

    private Watch(Model model) {
      this.keeper = new StateKeeper(model);
    }

    /** A pass that threw had no end: what it left on the layers comes off now. */
    private void endPass() {
      taps.disarm();
      watched.clear();
    }

    private void start(Network network) {
      List<AdaFisherUpdater> updaters = new ArrayList<>();
      for (UpdaterBlock block : network.updaterBlocks()) {
        if (block.getGradientUpdater() instanceof AdaFisherUpdater updater) {
          updater.bind(block);
          updater.timeBy(clock);
          updaters.add(updater);
          if (updater.beginPass()) {
            Trainable layer = block.getLayersAndVariablesInBlock().get(0).getLayer();
            watched.computeIfAbsent(layer, Watched::of).blocks.put(updater, block);
          }
        }
      }
      keeper.passBegins(network, updaters);
      if (!watched.isEmpty()) {
        clock.begin();
        Minibatch minibatch = network.minibatch();
        timed(
            () -> watched.values().forEach(layer -> layer.watching.begin(layer, this, minibatch)));
      }
    }

    private void timed(Runnable part) {
      long start = System.nanoTime();
      part.run();
      clock.add(System.nanoTime() - start);
    }

    private void finish(Network network) {
      if (!watched.isEmpty()) {
        timed(() -> takeStatistics(network));
      }
    }

    private void takeStatistics(Network network) {
      taps.disarm();
      for (Watched layer : watched.values()) {
        layer.lookBack();
        if (layer.raw == null) {
          continue;
        }
        if (!layer.raw.values().stream().allMatch(raw -> raw.fit(network.dataType()))) {
          droppedRefreshes.incrementAndGet();
          dropped.merge(layer.name, 1L, Long::sum);
          if (said.add("not finite")) {
            log.warn(
                "Layer '{}' has activations or gradients that are not finite: its factors stay as"
                    + " they are. Further ones are counted, not logged.",
                layer.name);
          }
          layer.raw = Map.of();
        }
        layer.blocks.keySet().forEach(updater -> updater.deliver(layer.raw, true));
      }
      watched.clear();
    }
  }

  /** A layer, or a vertex without one, whose factors are due. */
  private static final class Watched {

    private final String name;
    private final Watching watching;
    private final Map<AdaFisherUpdater, UpdaterBlock> blocks = new IdentityHashMap<>();
    private Map<String, RawFactors> raw;
    private Supplier<Map<String, RawFactors>> pass = () -> null;

    /** Begins to watch. */
    @FunctionalInterface
    private interface Watching {
      void begin(Watched watched, Watch watch, Minibatch minibatch);
    }

    private Watched(String name, Watching watching) {
      this.name = name;
      this.watching = watching;
    }

    private static Watched of(Trainable trainable) {
      String name = trainable.getConfig().getLayerName();
      if (trainable instanceof SameDiffGraphVertex vertex) {
        VertexEstimator estimator = FactorEstimators.forVertex(vertex).orElseThrow();
        return new Watched(
            name,
            (watched, watch, minibatch) ->
                watched.pass = estimator.watch(vertex, watch.taps, minibatch));
      }
      Layer layer = Network.layerOf(trainable);
      FactorEstimator estimator = FactorEstimators.forLayer(layer).orElseThrow();
      return new Watched(
          name, (watched, watch, minibatch) -> watched.watch(layer, estimator, watch, minibatch));
    }

    private void watch(Layer layer, FactorEstimator estimator, Watch watch, Minibatch minibatch) {
      if (estimator instanceof FactorEstimator.FromSignal fromSignal) {
        watch.taps.arm(
            layer,
            signal ->
                watch.timed(
                    () -> raw = Workspaces.outside(() -> fromSignal.estimate(signal, minibatch))));
        pass = () -> raw;
      } else if (estimator instanceof FactorEstimator.FromPass fromPass) {
        pass = fromPass.watch(layer, watch.taps, minibatch);
      } else if (estimator instanceof FactorEstimator.FromGradient fromGradient) {
        pass = () -> fromGradient.estimate(layer, this::gradientOf, minibatch);
      }
    }

    private void lookBack() {
      raw = pass.get();
    }

    private INDArray gradientOf(String parameter) {
      return blocks.values().stream()
          .flatMap(block -> block.getLayersAndVariablesInBlock().stream())
          .filter(state -> state.getParamName().equals(parameter))
          .map(UpdaterBlock.ParamState::getGradView)
          .findFirst()
          .orElseThrow();
    }
  }
}
