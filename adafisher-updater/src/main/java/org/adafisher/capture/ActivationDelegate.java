package org.adafisher.capture;

import org.nd4j.linalg.activations.IActivation;

/** An activation that is another one to whoever asks. */
@SuppressWarnings("serial") // lives for one backward pass, on a configuration that nobody saves
abstract class ActivationDelegate implements IActivation {

  final transient IActivation delegate;

  ActivationDelegate(IActivation delegate) {
    this.delegate = delegate;
  }

  @Override
  public int numParams(int inputSize) {
    return delegate.numParams(inputSize);
  }

  @Override
  public String toString() {
    return delegate.toString();
  }
}
