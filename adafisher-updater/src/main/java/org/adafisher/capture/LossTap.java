package org.adafisher.capture;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** A loss function that lets its observer see dL/dz, and is its delegate otherwise. */
@SuppressWarnings("serial") // lives for one backward pass, on a configuration that nobody saves
final class LossTap implements ILossFunction {

  private final transient ILossFunction delegate;
  private final transient GradientReport report;

  LossTap(ILossFunction delegate, GradientReport report) {
    this.delegate = delegate;
    this.report = report;
  }

  @Override
  public double computeScore(
      INDArray labels,
      INDArray preOutput,
      IActivation activationFn,
      INDArray mask,
      boolean average) {
    return delegate.computeScore(labels, preOutput, activationFn, mask, average);
  }

  @Override
  public INDArray computeScoreArray(
      INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask) {
    return delegate.computeScoreArray(labels, preOutput, activationFn, mask);
  }

  @Override
  public INDArray computeGradient(
      INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask) {
    return report.around(() -> delegate.computeGradient(labels, preOutput, activationFn, mask));
  }

  @Override
  public Pair<Double, INDArray> computeGradientAndScore(
      INDArray labels,
      INDArray preOutput,
      IActivation activationFn,
      INDArray mask,
      boolean average) {
    return delegate.computeGradientAndScore(labels, preOutput, activationFn, mask, average);
  }

  @Override
  public String name() {
    return delegate.name();
  }

  @Override
  public String toString() {
    return delegate.toString();
  }
}
