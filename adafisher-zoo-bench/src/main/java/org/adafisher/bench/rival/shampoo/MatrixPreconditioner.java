package org.adafisher.bench.rival.shampoo;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * L and R of a matrix and their roots.
 *
 * @param left L, [rows, rows]
 * @param right R, [columns, columns]
 * @param leftRoot L^(-1/4)
 * @param rightRoot R^(-1/4)
 */
record MatrixPreconditioner(INDArray left, INDArray right, INDArray leftRoot, INDArray rightRoot)
    implements Preconditioner {

  static long stateSize(long rows, long columns) {
    return 2 * (rows * rows + columns * columns);
  }

  /**
   * @param state 1-d, as long as {@link #stateSize}
   */
  static MatrixPreconditioner in(INDArray state, long rows, long columns) {
    long l = rows * rows;
    long r = columns * columns;
    return new MatrixPreconditioner(
        square(state, 0, rows),
        square(state, l, columns),
        square(state, l + r, rows),
        square(state, 2 * l + r, columns));
  }

  private static INDArray square(INDArray state, long offset, long side) {
    return state.get(NDArrayIndex.interval(offset, offset + side * side)).reshape('f', side, side);
  }

  @Override
  public void accumulate(INDArray gradient, double decay) {
    double weight = Preconditioner.weight(decay);
    Nd4j.gemm(gradient, gradient, left, false, true, weight, decay);
    Nd4j.gemm(gradient, gradient, right, true, false, weight, decay);
  }

  @Override
  public void refreshRoots(double epsilon) {
    InverseRoot.fourth(left, epsilon, leftRoot);
    InverseRoot.fourth(right, epsilon, rightRoot);
  }

  @Override
  public INDArray apply(INDArray gradient) {
    return leftRoot.mmul(gradient).mmul(rightRoot);
  }
}
