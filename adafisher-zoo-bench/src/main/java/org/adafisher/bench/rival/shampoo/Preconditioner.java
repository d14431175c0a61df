package org.adafisher.bench.rival.shampoo;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Preconditions the gradient of a parameter; its state is views of the updater's. */
sealed interface Preconditioner
    permits MatrixPreconditioner, BlockedPreconditioner, DiagonalPreconditioner {

  /**
   * Takes a gradient into the statistics.
   *
   * @param gradient a matrix
   * @param decay beta2
   */
  void accumulate(INDArray gradient, double decay);

  /**
   * Computes the roots of the statistics.
   *
   * @param epsilon share of the largest eigenvalue that is added to all
   */
  void refreshRoots(double epsilon);

  /**
   * Preconditions a gradient by the roots.
   *
   * @param gradient a matrix, left as it is
   * @return of the same shape
   */
  INDArray apply(INDArray gradient);

  /** The weight of a new gradient's square: 1 in sums. */
  static double weight(double decay) {
    return decay == 1 ? 1 : 1 - decay;
  }
}
