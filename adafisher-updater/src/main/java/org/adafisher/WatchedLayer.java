package org.adafisher;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Network;
import org.adafisher.capture.Taps;
import org.adafisher.capture.Workspaces;
import org.adafisher.curvature.FactorEstimator;
import org.adafisher.curvature.FactorEstimators;
import org.adafisher.curvature.RawFactors;
import org.adafisher.curvature.VertexEstimator;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A layer, or a vertex without one, whose factors are due: what it shows in one pass. */
final class WatchedLayer {

  /** Whose blocks they are. */
  final Trainable trainable;

  final Map<AdaFisherUpdater, UpdaterBlock> blocks = new IdentityHashMap<>();

  /** {@code null} if nothing was seen. */
  Map<String, RawFactors> raw;

  private final String name;
  private Supplier<Map<String, RawFactors>> pass = () -> null;
  private boolean bySignal;
  private boolean afterItsPass;
  private boolean lookedBack;

  WatchedLayer(Trainable trainable) {
    this.trainable = trainable;
    this.name = trainable.getConfig().getLayerName();
  }

  String name() {
    return name;
  }

  /**
   * Begins to watch.
   *
   * @param taps where what is put on the layer is put
   * @param minibatch the examples of this pass
   * @param timed runs what takes time
   */
  void begin(Taps taps, Minibatch minibatch, Consumer<Runnable> timed) {
    if (trainable instanceof SameDiffGraphVertex vertex) {
      VertexEstimator estimator = FactorEstimators.forVertex(vertex).orElseThrow();
      pass = estimator.watch(vertex, taps, minibatch);
      return;
    }
    Layer layer = Network.layerOf(trainable);
    FactorEstimator estimator = FactorEstimators.forLayer(layer).orElseThrow();
    if (estimator instanceof FactorEstimator.FromSignal fromSignal) {
      taps.arm(
          layer,
          signal ->
              timed.accept(
                  () -> raw = Workspaces.outside(() -> fromSignal.estimate(signal, minibatch))));
      pass = () -> raw;
      bySignal = true;
    } else if (estimator instanceof FactorEstimator.FromPass fromPass) {
      pass = fromPass.watch(layer, taps, minibatch);
    } else if (estimator instanceof FactorEstimator.FromGradient fromGradient) {
      pass = () -> fromGradient.estimate(layer, this::gradientOf, minibatch);
      afterItsPass = true;
    }
  }

  /**
   * Whether it has to be asked between its own backward pass and the end of the network's, and has
   * not been yet.
   */
  boolean hasToBeAsked() {
    return afterItsPass && !lookedBack;
  }

  /** Whether the network's pass may have come past it: it has not if it owes its signal. */
  boolean mayBeComplete() {
    return !bySignal || raw != null;
  }

  /** Its backward pass is over. */
  void lookBack() {
    if (!lookedBack) {
      raw = pass.get();
      lookedBack = true;
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
