package org.adafisher.capture;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An activation function that tells an observer of every call and is its delegate otherwise: for
 * recurrent layers, which call it step by step, forwards (DL4J's backward pass begins with a
 * forward pass of its own) and backwards.
 */
@SuppressWarnings("serial") // lives for one backward pass, on a configuration that nobody saves
public final class CallTap extends ActivationDelegate {

  private final transient Observer observer;

  /** Told of the calls in their order; the arrays are DL4J's own and live in its workspaces. */
  public interface Observer {

    /**
     * @param input what the function is called with; most functions write their output over it
     */
    default void onInput(INDArray input) {}

    /**
     * @param output what the function made of its input
     */
    void onActivation(INDArray output);

    /**
     * @param gradient dL/dz
     */
    void onGradient(INDArray gradient);

    /** A call has thrown: the pass is over, and the exception goes on. */
    void onFailure();
  }

  /**
   * @param delegate what is called
   * @param observer told of it
   */
  public CallTap(IActivation delegate, Observer observer) {
    super(delegate);
    this.observer = observer;
  }

  @Override
  public INDArray getActivation(INDArray in, boolean training) {
    try {
      observer.onInput(in);
      INDArray output = delegate.getActivation(in, training);
      observer.onActivation(output);
      return output;
    } catch (RuntimeException | Error e) {
      observer.onFailure();
      throw e;
    }
  }

  @Override
  public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
    try {
      Pair<INDArray, INDArray> both = delegate.backprop(in, epsilon);
      observer.onGradient(both.getFirst());
      return both;
    } catch (RuntimeException | Error e) {
      observer.onFailure();
      throw e;
    }
  }
}
