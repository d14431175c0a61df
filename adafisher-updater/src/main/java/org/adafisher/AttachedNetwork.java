package org.adafisher;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.deeplearning4j.nn.api.Model;

/**
 * What a listener keeps of one network, so that it outlives the network's updaters. Holds neither
 * the network nor its layers.
 */
final class AttachedNetwork {

  final StateKeeper keeper;
  final RefreshClock clock = new RefreshClock();

  /** How often each layer's statistics were not finite. */
  final Map<String, Long> dropped = new ConcurrentHashMap<>();

  private WeakReference<PassWatch> passes = new WeakReference<>(null);

  AttachedNetwork(Model network) {
    this.keeper = new StateKeeper(network);
  }

  /** What follows the network's passes, {@code null} if it has gone with the network's updater. */
  PassWatch passes() {
    return passes.get();
  }

  void passesAreSeenBy(PassWatch watch) {
    passes = new WeakReference<>(watch);
    keeper.passesAreSeenBy(watch);
  }
}
