package org.adafisher.bench.rival.kfac;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What is added to the diagonals of the two factors, whose product is the damping: more where the
 * factor's own eigenvalues are larger.
 *
 * @param input to that of A
 * @param gradient to that of G
 */
record FactorDamping(double input, double gradient) {

  /** {@code pi sqrt(damping)} and {@code sqrt(damping) / pi}; pi is 1 where a factor is zero. */
  static FactorDamping of(INDArray input, INDArray gradient, double damping) {
    double pi = Math.sqrt(meanEigenvalue(input) / meanEigenvalue(gradient));
    double root = Math.sqrt(damping);
    return pi > 0 && pi < Double.POSITIVE_INFINITY
        ? new FactorDamping(pi * root, root / pi)
        : new FactorDamping(root, root);
  }

  private static double meanEigenvalue(INDArray factor) {
    return Nd4j.diag(factor).meanNumber().doubleValue();
  }
}
