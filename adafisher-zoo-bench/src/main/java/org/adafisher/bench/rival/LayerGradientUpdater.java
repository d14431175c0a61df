package org.adafisher.bench.rival;

import java.util.Map;
import org.adafisher.capture.Workspaces;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * Steps one block of parameters. Nothing that the next step depends on is kept outside of the state
 * that Deeplearning4j saves. A state of zeros is a fresh one.
 *
 * @param <T> its configuration
 */
public abstract class LayerGradientUpdater<T extends LayerUpdater> implements GradientUpdater<T> {

  private static final String STATE = "state";

  private final T config;
  private INDArray state;

  /**
   * @param config with or without a block
   */
  protected LayerGradientUpdater(T config) {
    this.config = config;
  }

  /**
   * Makes the step.
   *
   * @param gradient 1-d, as long as the block, with L1, L2 in it; becomes what is taken off the
   *     parameters
   * @param learningRate of this step
   * @param steps made before this one
   */
  protected abstract void step(INDArray gradient, double learningRate, long steps);

  @Override
  public final T getConfig() {
    return config;
  }

  /** The block that it steps. */
  public final ParameterBlock block() {
    return config.getBlock();
  }

  @Override
  public final void setState(Map<String, INDArray> stateMap, boolean initialize) {
    INDArray view = stateMap.get(STATE);
    setStateViewArray(view, view.shape(), view.ordering(), initialize);
  }

  @Override
  public final Map<String, INDArray> getState() {
    return Map.of(STATE, state);
  }

  /**
   * @throws IllegalStateException if the state has not the size that the layer needs
   */
  @Override
  public final void setStateViewArray(
      INDArray viewArray, long[] gradientShape, char gradientOrder, boolean initialize) {
    if (block() != null && viewArray.length() != config.blockStateSize()) {
      throw new IllegalStateException(
          "%s: the updater state of layer '%s' has %d values where %d are needed; it is from a network of other layer sizes or from another updater."
              .formatted(
                  config.getClass().getSimpleName(),
                  block().layer(),
                  viewArray.length(),
                  config.blockStateSize()));
    }
    state = viewArray.reshape(viewArray.length());
    if (initialize) {
      state.assign(0);
    }
    stateMoved();
  }

  /** The state is another array from now on: views of the former one are to be forgotten. */
  protected void stateMoved() {}

  /**
   * One of the arrays that are as long as the block.
   *
   * @param index from 0
   * @return a view of the state, 1-d
   */
  protected final INDArray array(int index) {
    long n = block().length();
    return view(index * n, n);
  }

  /**
   * A piece of what the state has besides.
   *
   * @param offset from 0
   * @param length of it
   * @return a view of the state, 1-d
   */
  protected final INDArray other(long offset, long length) {
    return view(stepCountAt() + 1 + offset, length);
  }

  private long stepCountAt() {
    return config.arraysAsLongAsTheParameters() * block().length();
  }

  private INDArray view(long offset, long length) {
    return Workspaces.outside(() -> state.get(NDArrayIndex.interval(offset, offset + length)));
  }

  /** How many steps were made. */
  public final long steps() {
    return Math.round(state.getDouble(stepCountAt()));
  }

  /**
   * @throws IllegalStateException if the network is not attached
   */
  @Override
  public final void applyUpdater(INDArray gradient, int iteration, int epoch) {
    if (block() == null) {
      throw new IllegalStateException(notAttached());
    }
    long steps = steps();
    step(gradient.reshape(gradient.length()), config.getLearningRate(iteration, epoch), steps);
    state.putScalar(stepCountAt(), steps + 1);
  }

  /** The sentence for a network that lacks what {@code attach} gives it. */
  private String notAttached() {
    return "%1$s is not attached to this network: call %1$s.attach(net) after net.init(), and again on a restored or cloned network."
        .formatted(config.getClass().getSimpleName());
  }

  /** The sentence for a step that no listener was told of. */
  protected final String notTold() {
    return "%1$s was not told of this step: after net.setListeners(...) call %1$s.attach(net) again, and in a training loop by hand net.getListeners().forEach(l -> l.onGradientCalculation(net)) between gradient and update."
        .formatted(config.getClass().getSimpleName());
  }
}
