package org.adafisher;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.ConvexOptimizer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Keeps a network's AdaFisher state from being lost when a training thread of DL4J's drops the
 * network's optimizer, and all updater state with it: ParallelWrapper does so to a
 * MultiLayerNetwork whenever a {@code fit} ends. The updater that DL4J makes next, for whatever it
 * needs one, goes on with the state of the last.
 *
 * <p>State is dropped on purpose, and stays so, by {@code setUpdater(null)}, which leaves the
 * optimizer in its place, and by {@code clear()} on the thread that has trained the network.
 *
 * <p>Holds neither the network nor its layers, and belongs to the listener: updater configurations
 * know it weakly.
 */
final class StateKeeper {

  private final WeakReference<Model> network;
  private WeakReference<ConvexOptimizer> optimizer = new WeakReference<>(null);
  private WeakReference<Thread> trainer = new WeakReference<>(null);

  /** As of the last pass. */
  private List<Kept> kept = List.of();

  /** What was kept when the present optimizer appeared, until its second pass. */
  private List<Kept> taken = List.of();

  /** The updaters that know of the pass which is under way. */
  private List<WeakReference<AdaFisherUpdater>> announced = List.of();

  private WeakReference<PassWatch> passes = new WeakReference<>(null);

  StateKeeper(Model network) {
    this.network = new WeakReference<>(network);
  }

  /**
   * One block's state: its place in the whole state tells the blocks of one configuration apart.
   */
  private record Kept(AdaFisher config, long offset, INDArray state) {

    private static Kept of(AdaFisherUpdater updater) {
      return new Kept(updater.getConfig(), updater.state().offset(), updater.state());
    }

    private boolean isOf(AdaFisher other, INDArray view) {
      return config == other && offset == view.offset() && state.length() == view.length();
    }
  }

  boolean keeps(Network other) {
    return network.get() == other.model();
  }

  void passesAreSeenBy(PassWatch watch) {
    passes = new WeakReference<>(watch);
  }

  /**
   * @return what follows the network's passes
   */
  Optional<PassWatch> passes() {
    return Optional.ofNullable(passes.get());
  }

  /**
   * @param network the network, with its optimizer
   * @param updaters its AdaFisher updaters
   */
  synchronized void passBegins(Network network, List<AdaFisherUpdater> updaters) {
    ConvexOptimizer present = network.optimizer();
    taken = present == optimizer.get() ? List.of() : kept;
    optimizer = new WeakReference<>(present);
    trainer = new WeakReference<>(Thread.currentThread());
    kept = updaters.stream().map(Kept::of).toList();
    announced = updaters.stream().map(WeakReference::new).toList();
    updaters.forEach(updater -> updater.getConfig().keepBy(this));
  }

  synchronized void passEnds() {
    announced = List.of();
  }

  /**
   * @param config the configuration that a new updater is made from
   * @param view where its state will be
   * @return the state to go on with, if the network has lost it
   */
  synchronized Optional<INDArray> lostState(AdaFisher config, INDArray view) {
    Model model = network.get();
    ConvexOptimizer present = model == null ? null : Network.of(model).optimizer();
    if (present == null || trainer.get() == Thread.currentThread()) {
      // Made for another network from the same configuration, or dropped on purpose.
      return Optional.empty();
    }
    // Two threads may make updaters for a new optimizer at once, one of them in its first pass.
    return (present == optimizer.get() ? taken : kept)
        .stream()
            .filter(one -> one.isOf(config, view) && !one.state.wasClosed())
            .map(Kept::state)
            .findFirst();
  }

  /**
   * @param updater has not been told of a pass
   * @return the one for the same parameters that has, if DL4J has replaced it since
   */
  synchronized Optional<AdaFisherUpdater> announcedInsteadOf(AdaFisherUpdater updater) {
    return announced.stream()
        .map(WeakReference::get)
        .filter(Objects::nonNull)
        .filter(one -> Kept.of(one).isOf(updater.getConfig(), updater.state()))
        .findFirst();
  }
}
