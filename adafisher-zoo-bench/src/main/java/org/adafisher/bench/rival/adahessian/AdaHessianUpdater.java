package org.adafisher.bench.rival.adahessian;

import org.adafisher.bench.rival.LayerGradientUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Steps one layer's parameters by {@link AdaHessian}. */
final class AdaHessianUpdater extends LayerGradientUpdater<AdaHessian> {

  private static final double ROOT = 0.5;

  private boolean passSeen;
  private INDArray diagonal;

  AdaHessianUpdater(AdaHessian config) {
    super(config);
  }

  /** Whether the next step takes a new diagonal. */
  boolean refreshes() {
    return steps() % getConfig().getHessianInterval() == 0;
  }

  /** A pass was seen whose step needs no diagonal. */
  void passSeen() {
    passSeen = true;
  }

  /**
   * What the next step divides by.
   *
   * @param newDiagonal D, 1-d, as long as the block, averaged and without signs
   */
  void deliver(INDArray newDiagonal) {
    passSeen = true;
    diagonal = newDiagonal;
  }

  @Override
  protected void step(INDArray gradient, double learningRate, long steps) {
    AdaHessian config = getConfig();
    if (!passSeen || diagonal == null && refreshes()) {
      throw new IllegalStateException(notTold());
    }
    passSeen = false;
    INDArray m = array(0);
    INDArray v = array(1);
    double beta1 = config.getBeta1();
    double beta2 = config.getBeta2();
    m.muli(beta1).addi(gradient.muli(1 - beta1));
    if (diagonal != null) {
      v.muli(beta2).addi(diagonal.muli(diagonal).muli(1 - beta2));
      diagonal = null;
    }
    long diagonals = steps / config.getHessianInterval() + 1;
    double momentumCorrection = 1 - Math.pow(beta1, steps + 1.0);
    double diagonalCorrection = 1 - Math.pow(beta2, diagonals);
    INDArray denominator =
        power(v.div(diagonalCorrection), config.getHessianPower() / 2).addi(config.getEpsilon());
    gradient.assign(m).muli(learningRate / momentumCorrection).divi(denominator);
  }

  /** In place; the root is much faster than a power. */
  private static INDArray power(INDArray squares, double exponent) {
    return exponent == ROOT
        ? Transforms.sqrt(squares, false)
        : Transforms.pow(squares, exponent, false);
  }
}
