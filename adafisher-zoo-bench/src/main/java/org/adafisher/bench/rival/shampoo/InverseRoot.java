package org.adafisher.bench.rival.shampoo;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Inverse fourth roots by eigendecomposition, in double precision. */
final class InverseRoot {

  private static final double EXPONENT = -0.25;

  /** Of an eigendecomposition, relative to the matrix: far above rounding, far below a failure. */
  private static final double PRECISION = 1e-4;

  private InverseRoot() {}

  /**
   * (A + e I)^(-1/4) with e = epsilon times A's largest eigenvalue. Eigenvalues that rounding made
   * negative count as 0. The identity if A is 0. If A is not finite, or LAPACK fails, the root
   * stays as it was; if there was none, it is the identity.
   *
   * @param matrix A, symmetric without negative eigenvalues; left as it is
   * @param root becomes the root; zeros if there was none
   */
  static void fourth(INDArray matrix, double epsilon, INDArray root) {
    // Columns of v become the eigenvectors.
    INDArray v = matrix.castTo(DataType.DOUBLE).dup('f');
    INDArray eigenvalues = Nd4j.create(DataType.DOUBLE, matrix.rows());
    if (!Double.isFinite(matrix.sumNumber().doubleValue())
        || Nd4j.getBlasWrapper().syev('V', 'L', v, eigenvalues) != 0
        || !isDecomposition(matrix, v, eigenvalues)) {
      if (root.norm2Number().doubleValue() == 0) {
        root.assign(Nd4j.eye(matrix.rows()));
      }
      return;
    }
    double largest = eigenvalues.maxNumber().doubleValue();
    if (largest <= 0) {
      root.assign(Nd4j.eye(matrix.rows()));
      return;
    }
    INDArray half =
        scaled(
            v,
            Transforms.pow(
                Transforms.max(eigenvalues, 0, false).addi(epsilon * largest),
                EXPONENT / 2,
                false));
    root.assign(Nd4j.gemm(half, half, false, true));
  }

  /** OpenBLAS as it comes with ND4J gets large matrices wrong on some processors, and is silent. */
  static boolean isDecomposition(INDArray matrix, INDArray vectors, INDArray eigenvalues) {
    INDArray product = Nd4j.gemm(scaled(vectors, eigenvalues), vectors, false, true);
    double norm = matrix.norm2Number().doubleValue();
    return product.subi(matrix.castTo(DataType.DOUBLE)).norm2Number().doubleValue()
        <= PRECISION * norm;
  }

  private static INDArray scaled(INDArray columns, INDArray by) {
    return columns.mulRowVector(by.reshape(1, by.length()));
  }
}
