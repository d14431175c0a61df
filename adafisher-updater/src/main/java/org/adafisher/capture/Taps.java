package org.adafisher.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The taps of one network for one backward pass.
 *
 * <p>DL4J hands every dL/dz out of {@code IActivation.backprop} or {@code
 * ILossFunction.computeGradient}, so a tap is a delegate of one of these two. It is put on a
 * <em>copy</em> of the layer's configuration, which the layer uses for this pass only: the
 * network's own configuration, which is saved, cloned and perhaps shared with other networks, is
 * never touched. A tap takes itself off when it has fired, and all of them come off when a layer's
 * activation or loss throws; {@link #disarm()} removes what is left.
 */
public final class Taps {

  private final List<Runnable> removals = new ArrayList<>();

  /**
   * Can this layer be tapped?
   *
   * @param layer a layer of a network
   * @return whether its configuration has the activation or loss function that a tap delegates to
   */
  public static boolean fits(Layer layer) {
    return layer.conf().getLayer() instanceof BaseLayer;
  }

  /**
   * Taps a layer for its next backward pass.
   *
   * @param layer a layer for which {@link #fits} holds
   * @param observer told what the layer shows
   */
  public void arm(Layer layer, SignalObserver observer) {
    removals.add(new Tap(layer, observer)::remove);
  }

  /**
   * Puts another configuration in place of a layer's own until {@link #disarm()}: for layers that
   * call their functions more than once in a pass.
   *
   * @param layer a layer of a network
   * @param change applied to a copy of the layer's configuration
   */
  public void replaceConfiguration(Layer layer, Consumer<NeuralNetConfiguration> change) {
    NeuralNetConfiguration original = layer.conf();
    NeuralNetConfiguration changed = copyOf(original);
    change.accept(changed);
    layer.setConf(changed);
    onDisarm(
        () -> {
          if (layer.conf() == changed) {
            layer.setConf(original);
          }
        });
  }

  /**
   * For what is watched by other means than a tap.
   *
   * @param removal ends the watch; harmless if it has ended already
   */
  public void onDisarm(Runnable removal) {
    removals.add(removal);
  }

  /** Takes off every tap that is still on; the layers have their own configurations again. */
  public void disarm() {
    removals.forEach(Runnable::run);
    removals.clear();
  }

  /**
   * A configuration to change, which shares with the original whatever has a state of its own: a
   * layer's dropout remembers in the forward pass what the backward pass needs, and an output layer
   * does both in its backward pass, with the tap and without it.
   */
  private static NeuralNetConfiguration copyOf(NeuralNetConfiguration original) {
    NeuralNetConfiguration copy = original.clone();
    org.deeplearning4j.nn.conf.layers.Layer from = original.getLayer();
    org.deeplearning4j.nn.conf.layers.Layer to = copy.getLayer();
    to.setIDropout(from.getIDropout());
    to.setConstraints(from.getConstraints());
    if (from instanceof BaseLayer layer) {
      BaseLayer same = (BaseLayer) to;
      same.setWeightNoise(layer.getWeightNoise());
      same.setActivationFn(layer.getActivationFn());
    }
    if (from instanceof BaseOutputLayer layer) {
      ((BaseOutputLayer) to).setLossFn(layer.getLossFn());
    }
    return copy;
  }

  /** One tapped layer: holds its own configuration while the copy with the tap is in place. */
  private final class Tap implements GradientReport {

    private final Layer layer;
    private final SignalObserver observer;
    private final NeuralNetConfiguration original;
    private final NeuralNetConfiguration tapped;

    private Tap(Layer layer, SignalObserver observer) {
      this.layer = layer;
      this.observer = observer;
      this.original = layer.conf();
      this.tapped = copyOf(original);
      if (tapped.getLayer() instanceof BaseOutputLayer output) {
        output.setLossFn(new LossTap(output.getLossFn(), this));
      } else {
        BaseLayer conf = (BaseLayer) tapped.getLayer();
        conf.setActivationFn(new ActivationTap(conf.getActivationFn(), this));
      }
      layer.setConf(tapped);
    }

    private void remove() {
      // Somebody may have given the layer another configuration meanwhile: that one stays.
      if (layer.conf() == tapped) {
        layer.setConf(original);
      }
    }

    @Override
    public void computed(INDArray gradient) {
      remove();
      try {
        observer.onSignal(new LayerSignal(layer, layer.input(), gradient, layer.getMaskArray()));
      } catch (RuntimeException | Error e) {
        disarm();
        throw e;
      }
    }

    @Override
    public void failed() {
      disarm();
    }
  }
}
