package org.adafisher;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Network;
import org.adafisher.capture.ParameterReads;
import org.adafisher.capture.Taps;
import org.adafisher.capture.Workspaces;
import org.adafisher.curvature.BidirectionalHalves;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.layers.recurrent.BidirectionalLayer;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one network's passes: which layers are watched in them, and what they showed until the
 * next update.
 *
 * <p>The listener tells of passes. Of those that Deeplearning4j tells no listener of, and of those
 * after the network's listeners were replaced, the layers' own reads of their parameters tell, in
 * the steps that refresh factors. In the others an update that nobody announced is as good as any.
 *
 * <p>It belongs to the network: the layers' tables of parameters and the updaters hold it.
 */
final class PassWatch implements ParameterReads.Observer {

  private static final Logger log = LoggerFactory.getLogger(AdaFisherListener.class);

  private final Network network;
  private final AttachedNetwork attached;
  private final AdaFisherListener listener;
  private final Divergence divergence;
  private final Taps taps = new Taps();
  private final Map<Trainable, WatchedLayer> watched = new IdentityHashMap<>();

  /** Whose refresh is due; DL4J may replace them between a pass and its update. */
  private List<AdaFisherUpdater> updaters = List.of();

  /** Whether the update that comes next wants statistics; so it may as long as that is unknown. */
  private boolean due = true;

  /** Whether a pass is under way, and who has said so. */
  private boolean running;

  private boolean announced;
  private Thread thread;
  private Layer lastReader;

  /** The passes since the last update: the last one, and those before it. */
  private PassStatistics last;

  private PassStatistics earlier;

  /** Whether the update that the passes were for has begun. */
  private boolean updating;

  /** Whether nobody has told of that update's end. */
  private boolean stepOpen;

  private PassWatch(Network network, AttachedNetwork attached, AdaFisherListener listener) {
    this.network = network;
    this.attached = attached;
    this.listener = listener;
    this.divergence = new Divergence(listener);
  }

  /** Has a prepared network followed. */
  static PassWatch of(Network network, AttachedNetwork attached, AdaFisherListener listener) {
    PassWatch present = attached.passes();
    PassWatch watch = present == null ? new PassWatch(network, attached, listener) : present;
    attached.passesAreSeenBy(watch);
    for (Trainable trainable : network.trainables()) {
      Layer layer = Network.layerOf(trainable);
      if (layer instanceof BidirectionalLayer both) {
        BidirectionalHalves.of(both).forEach(half -> ParameterReads.watch(half, watch));
      } else if (layer != null) {
        ParameterReads.watch(layer, watch);
      }
    }
    Attachment.updatersOf(network).forEach(updater -> updater.keepBy(attached.keeper));
    return watch;
  }

  /** A forward pass is over, and a backward pass may follow; not called inside a workspace. */
  void forwardPass() {
    begin(true);
  }

  /** A backward pass is over, and its arrays are still valid. */
  void backwardPass() {
    if (running) {
      Workspaces.outside(() -> finish(true));
    }
  }

  /** The update that follows is of the last pass alone, as in every {@code fit}. */
  void stepFollows() {
    earlier = null;
  }

  /** The step of a {@code fit} is done. */
  void stepDone() {
    stepEnds(network.model().score(), true);
  }

  private void stepEnds(double loss, boolean known) {
    if (stepOpen) {
      stepOpen = false;
      divergence.stepDone(loss, known, last != null, network.iterationAndEpoch(), updaters);
    }
  }

  /** A pass that threw had no end: what it left on the layers comes off now. */
  void abandon() {
    taps.disarm();
    watched.clear();
    running = false;
    lastReader = null;
  }

  /** The network is not to be followed any more. */
  void end() {
    abandon();
    due = false;
  }

  @Override
  public boolean isWaiting() {
    return due && !(running && announced && !asksInBetween());
  }

  private boolean asksInBetween() {
    for (WatchedLayer layer : watched.values()) {
      if (layer.hasToBeAsked()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void onRead(Layer reader, boolean backward) {
    if (running && thread != Thread.currentThread()) {
      return; // somebody else asks the network for its output meanwhile
    }
    if (backward && !running) {
      Workspaces.outside(() -> begin(false));
    }
    if (lastReader != null && lastReader != reader) {
      Layer before = lastReader;
      Workspaces.outside(() -> lookBackAt(before));
    }
    lastReader = backward ? reader : null;
    if (!backward && running && !announced) {
      Workspaces.outside(() -> finish(false));
    }
  }

  private void lookBackAt(Layer layer) {
    for (WatchedLayer candidate : watched.values()) {
      if (candidate.hasToBeAsked() && Network.layerOf(candidate.trainable) == layer) {
        timed(candidate::lookBack);
      }
    }
  }

  private void begin(boolean byListener) {
    if (running) {
      finish(false);
    }
    abandon();
    if (updating) {
      forget();
    } else if (last != null) {
      earlier = earlier == null ? last : earlier.and(last);
      last = null;
    }
    if (!byListener) {
      listener.comeBackTo(network);
    }
    Attachment.followConfiguration(network, listener::isNew);
    thread = Thread.currentThread();
    announced = byListener;
    running = true;
    bindUpdaters();
    if (!watched.isEmpty()) {
      attached.clock.begin();
      Minibatch minibatch = network.minibatch();
      last = PassStatistics.of(minibatch);
      timed(() -> watched.values().forEach(layer -> layer.begin(taps, minibatch, this::timed)));
    }
  }

  /** Tells the updaters of a pass, and finds the layers whose factors it is to refresh. */
  private void bindUpdaters() {
    List<AdaFisherUpdater> present = new ArrayList<>();
    for (UpdaterBlock block : network.updaterBlocks()) {
      if (block.getGradientUpdater() instanceof AdaFisherUpdater updater) {
        updater.bind(block);
        updater.timeBy(attached.clock);
        updater.watchedBy(this);
        present.add(updater);
        if (updater.beginPass()) {
          Trainable layer = block.getLayersAndVariablesInBlock().get(0).getLayer();
          watched.computeIfAbsent(layer, WatchedLayer::new).blocks.put(updater, block);
        }
      }
    }
    updaters = present;
    due = !watched.isEmpty();
    attached.keeper.passBegins(network, present);
  }

  private void timed(Runnable part) {
    long start = System.nanoTime();
    part.run();
    attached.clock.add(System.nanoTime() - start);
  }

  /**
   * @param inPass whether the network's pass is still under way, and its arrays valid
   */
  private void finish(boolean inPass) {
    running = false;
    lastReader = null;
    if (watched.isEmpty()) {
      return;
    }
    taps.disarm();
    if (inPass) {
      timed(() -> takeStatistics(true));
    } else if (watched.values().stream().allMatch(WatchedLayer::mayBeComplete)) {
      try {
        timed(() -> takeStatistics(false));
      } catch (RuntimeException e) {
        last = null; // the pass threw in the middle of a layer
        log.debug("A pass that ended early was left out.", e);
      }
    } else {
      last = null; // the pass threw
    }
    watched.clear();
  }

  private void takeStatistics(boolean inPass) {
    for (WatchedLayer layer : watched.values()) {
      if (inPass || !layer.hasToBeAsked()) {
        layer.lookBack();
      } else if (listener.isNew("unseen " + layer.name())) {
        log.warn(
            "AdaFisher cannot see the backward pass of layer '{}' in a training loop by hand, since"
                + " no other layer's comes after it: its factors are those of a layer without"
                + " signal.",
            layer.name());
      }
      if (layer.raw == null) {
        continue;
      }
      if (!layer.raw.values().stream().allMatch(raw -> raw.fit(network.dataType()))) {
        attached.dropped.merge(layer.name(), 1L, Long::sum);
        listener.refreshDropped(layer.name());
        layer.raw = Map.of();
      }
      last.layers().put(layer.trainable, layer.raw);
      layer.blocks.keySet().forEach(updater -> updater.deliver(layer.raw, true));
    }
  }

  /**
   * An updater is to make its step: the passes that it is of are over.
   *
   * @param updater one of the network's
   * @param wantsNext whether its next step but this one refreshes factors
   */
  void stepBegins(AdaFisherUpdater updater, boolean wantsNext) {
    if (!updating) {
      updating = true;
      stepOpen = true;
      due = false;
      Workspaces.outside(this::conclude);
    }
    due |= wantsNext;
  }

  private void conclude() {
    if (running) {
      finish(false);
    }
    if (last != null && earlier != null) {
      PassStatistics all = earlier.and(last);
      for (UpdaterBlock block : network.updaterBlocks()) {
        Trainable layer = block.getLayersAndVariablesInBlock().get(0).getLayer();
        if (block.getGradientUpdater() instanceof AdaFisherUpdater updater
            && all.layers().containsKey(layer)) {
          updater.deliver(all.layers().get(layer), true);
        }
      }
    }
  }

  private void forget() {
    stepEnds(Double.NaN, false); // of a loop by hand
    updating = false;
    last = null;
    earlier = null;
  }

  /**
   * Makes up for an update that no pass was seen before.
   *
   * @throws IllegalStateException if it needs to know of the pass
   */
  void updateUnannounced() {
    abandon();
    forget();
    boolean lost =
        Workspaces.outside(
            () -> {
              boolean gone = listener.comeBackTo(network);
              bindUpdaters();
              return gone;
            });
    if (!watched.isEmpty()) {
      String layer = watched.values().iterator().next().name();
      watched.clear();
      updaters.forEach(AdaFisherUpdater::forgetPass);
      throw new IllegalStateException(
          "AdaFisher: this update is to refresh the factors (layer '%s'), but the backward pass that its gradient is from was not seen on this network: %s."
              .formatted(
                  layer,
                  lost
                      ? "net.setListeners(...) had taken AdaFisher's listener off, which is back"
                          + " now, so fit this minibatch again"
                      : "compute the gradient on the network that is updated, and if it was, call"
                          + " AdaFisherListener.onForwardPass(net, List.of()) between its"
                          + " feedForward and backpropGradient"));
    }
  }

  /** Whether an updater is one of the network's. */
  boolean isOf(AdaFisherUpdater updater) {
    return network.updater(false) != null
        && network.updaterBlocks().stream().anyMatch(b -> b.getGradientUpdater() == updater);
  }
}
