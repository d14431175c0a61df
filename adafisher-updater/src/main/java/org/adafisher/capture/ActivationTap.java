package org.adafisher.capture;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An activation that lets its observer see dL/dz on the way down, and is its delegate otherwise.
 */
@SuppressWarnings("serial") // lives for one backward pass, on a configuration that nobody saves
final class ActivationTap extends ActivationDelegate {

  private final transient GradientReport report;

  ActivationTap(IActivation delegate, GradientReport report) {
    super(delegate);
    this.report = report;
  }

  @Override
  public INDArray getActivation(INDArray in, boolean training) {
    return delegate.getActivation(in, training);
  }

  @Override
  public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
    var parameterGradient = new INDArray[1];
    INDArray gradient =
        report.around(
            () -> {
              Pair<INDArray, INDArray> both = delegate.backprop(in, epsilon);
              parameterGradient[0] = both.getSecond();
              return both.getFirst();
            });
    return new Pair<>(gradient, parameterGradient[0]);
  }
}
