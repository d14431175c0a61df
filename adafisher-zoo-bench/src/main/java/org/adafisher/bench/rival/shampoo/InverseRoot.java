package org.adafisher.bench.rival.shampoo;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Inverse fourth roots by eigendecomposition, in double precision. */
final class InverseRoot {

  private static final double EXPONENT = -0.25;

  private InverseRoot() {}

  /**
   * (A + e I)^(-1/4) with e = epsilon times A's largest eigenvalue. Eigenvalues that rounding made
   * negative count as 0. The identity if A is 0; one that is not finite, or that LAPACK gives up,
   * leaves the root as it was.
   *
   * @param matrix A, symmetric without negative eigenvalues; left as it is
   * @param root becomes the root
   */
  static void fourth(INDArray matrix, double epsilon, INDArray root) {
    if (!Double.isFinite(matrix.sumNumber().doubleValue())) {
      return;
    }
    // Columns of v become the eigenvectors.
    INDArray v = matrix.castTo(DataType.DOUBLE).dup('f');
    INDArray eigenvalues = Nd4j.create(DataType.DOUBLE, matrix.rows());
    if (Nd4j.getBlasWrapper().syev('V', 'L', v, eigenvalues) != 0) {
      return;
    }
    double largest = eigenvalues.maxNumber().doubleValue();
    if (largest <= 0) {
      root.assign(Nd4j.eye(matrix.rows()));
      return;
    }
    INDArray halfPowers =
        Transforms.pow(
            Transforms.max(eigenvalues, 0, false).addi(epsilon * largest), EXPONENT / 2, false);
    INDArray half = v.mulRowVector(halfPowers.reshape(1, matrix.rows()));
    root.assign(Nd4j.gemm(half, half, false, true));
  }
}
