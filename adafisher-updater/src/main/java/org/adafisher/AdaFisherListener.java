package org.adafisher;

import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.guava.collect.MapMaker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures what AdaFisher's factors are made of. On the passes that refresh factors, one in a
 * hundred by default (one in ten under {@link Centred}, after its burn-in), it taps the layers'
 * backward pass; on the others it only tells the updaters that a pass has begun.
 *
 * <p>{@link AdaFisher#attach} adds it. Adding a new one with {@code net.addListeners} does as well:
 * it attaches itself on the first pass. One listener may serve several networks and threads.
 */
public final class AdaFisherListener extends BaseTrainingListener {

  private static final Logger log = LoggerFactory.getLogger(AdaFisherListener.class);

  /** By identity, and gone with the network. */
  private final Map<Model, Watch> watches = new MapMaker().weakKeys().makeMap();

  private final AtomicLong droppedRefreshes = new AtomicLong();

  /** Serves whichever networks tell it of their passes. */
  public AdaFisherListener() {}

  /** Prepares a network, whether it is a new one or has changed since. */
  void attachTo(Network network) {
    Attachment.prepare(network, !watches.containsKey(network.model()));
    watches.putIfAbsent(network.model(), new Watch());
  }

  /**
   * The present factors; under {@link Centred} its a and s.
   *
   * @param model an attached network
   * @return copies, by layer name; the scale and shift of a dense layer with {@code hasLayerNorm}
   *     are under {@code "<layer>/layerNorm"}. Layers without factors are absent
   */
  public Map<String, KroneckerFactors> factors(Model model) {
    Map<String, KroneckerFactors> result = new LinkedHashMap<>();
    Network network = Network.of(model);
    watchOf(network);
    for (UpdaterBlock block : network.updaterBlocks()) {
      if (block.getGradientUpdater() instanceof AdaFisherUpdater updater) {
        updater.bind(block);
        String layer =
            block.getLayersAndVariablesInBlock().get(0).getLayer().getConfig().getLayerName();
        updater
            .factors()
            .forEach(
                (part, factors) ->
                    result.putIfAbsent(part.isEmpty() ? layer : layer + "/" + part, factors));
      }
    }
    return result;
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
    // Nothing: the update has already used what the pass showed.
  }

  private void begin(Model model) {
    if (model instanceof Layer && !(model instanceof MultiLayerNetwork)) {
      return; // a layer that is pretrained on its own
    }
    Network network = Network.of(model);
    Workspaces.outside(() -> watchOf(network).start(network));
  }

  private Watch watchOf(Network network) {
    return watches.computeIfAbsent(
        network.model(),
        first -> {
          Attachment.prepare(network, true);
          return new Watch();
        });
  }

  /** One network's pass: which layers are watched, and what they showed. */
  private final class Watch {

    private final Taps taps = new Taps();
    private final Map<Layer, Watched> watched = new IdentityHashMap<>();
    private boolean dropLogged;

    private void start(Network network) {
      taps.disarm();
      watched.clear();
      for (UpdaterBlock block : network.updaterBlocks()) {
        if (block.getGradientUpdater() instanceof AdaFisherUpdater updater) {
          updater.bind(block);
          if (updater.beginPass()) {
            Layer layer = Network.layerOf(block.getLayersAndVariablesInBlock().get(0).getLayer());
            watched.computeIfAbsent(layer, Watched::new).blocks.put(updater, block);
          }
        }
      }
      Minibatch minibatch = network.minibatch();
      watched.values().forEach(layer -> layer.watch(taps, minibatch));
    }

    private void finish(Network network) {
      Minibatch minibatch = network.minibatch();
      taps.disarm();
      for (Watched layer : watched.values()) {
        layer.lookBack(minibatch);
        if (layer.raw == null) {
          continue;
        }
        if (!layer.raw.values().stream().allMatch(raw -> raw.fit(network.dataType()))) {
          droppedRefreshes.incrementAndGet();
          if (!dropLogged) {
            dropLogged = true;
            log.warn(
                "Layer '{}' has activations or gradients that are not finite: its factors stay as"
                    + " they are. Further ones are counted, not logged.",
                layer.layer.conf().getLayer().getLayerName());
          }
          layer.raw = Map.of();
        }
        layer.blocks.keySet().forEach(updater -> updater.deliver(layer.raw, true));
      }
      watched.clear();
    }
  }

  /** A layer whose factors are due. */
  private static final class Watched {

    private final Layer layer;
    private final FactorEstimator estimator;
    private final Map<AdaFisherUpdater, UpdaterBlock> blocks = new IdentityHashMap<>();
    private Map<String, RawFactors> raw;
    private Supplier<Map<String, RawFactors>> pass = () -> null;

    private Watched(Layer layer) {
      this.layer = layer;
      this.estimator = FactorEstimators.forLayer(layer).orElseThrow();
    }

    private void watch(Taps taps, Minibatch minibatch) {
      if (estimator instanceof FactorEstimator.FromSignal fromSignal) {
        taps.arm(
            layer,
            signal -> raw = Workspaces.outside(() -> fromSignal.estimate(signal, minibatch)));
      } else if (estimator instanceof FactorEstimator.FromPass fromPass) {
        pass = fromPass.watch(layer, taps, minibatch);
      }
    }

    private void lookBack(Minibatch minibatch) {
      if (estimator instanceof FactorEstimator.FromGradient fromGradient) {
        raw = fromGradient.estimate(layer, this::gradientOf, minibatch);
      } else if (estimator instanceof FactorEstimator.FromPass) {
        raw = pass.get();
      }
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
