package org.adafisher.bench.optimizer;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * Rosenbrock's function of a layer's two pre-activations, whatever the labels: {@code (1 - x)^2 +
 * 100 (y - x^2)^2}, summed over the rows.
 */
public final class Rosenbrock implements ILossFunction {

  private static final long serialVersionUID = 1L;
  private static final double STEEP = 100;

  @Override
  public double computeScore(
      INDArray labels, INDArray z, IActivation activation, INDArray mask, boolean average) {
    double sum = computeScoreArray(labels, z, activation, mask).sumNumber().doubleValue();
    return average ? sum / z.size(0) : sum;
  }

  @Override
  public INDArray computeScoreArray(
      INDArray labels, INDArray z, IActivation activation, INDArray mask) {
    INDArray scores = Nd4j.create(z.dataType(), z.size(0), 1);
    for (long row = 0; row < z.size(0); row++) {
      double x = z.getDouble(row, 0);
      double off = z.getDouble(row, 1) - x * x;
      scores.putScalar(row, 0, (1 - x) * (1 - x) + STEEP * off * off);
    }
    return scores;
  }

  @Override
  public INDArray computeGradient(
      INDArray labels, INDArray z, IActivation activation, INDArray mask) {
    INDArray gradient = z.ulike();
    for (long row = 0; row < z.size(0); row++) {
      double x = z.getDouble(row, 0);
      double off = z.getDouble(row, 1) - x * x;
      gradient.putScalar(row, 0, -2 * (1 - x) - 4 * STEEP * x * off);
      gradient.putScalar(row, 1, 2 * STEEP * off);
    }
    return gradient;
  }

  @Override
  public Pair<Double, INDArray> computeGradientAndScore(
      INDArray labels, INDArray z, IActivation activation, INDArray mask, boolean average) {
    return new Pair<>(
        computeScore(labels, z, activation, mask, average),
        computeGradient(labels, z, activation, mask));
  }

  @Override
  public String name() {
    return "Rosenbrock";
  }
}
