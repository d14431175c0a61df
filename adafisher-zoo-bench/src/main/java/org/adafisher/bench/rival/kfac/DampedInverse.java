package org.adafisher.bench.rival.kfac;

import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Inverses by Cholesky's decomposition in double precision: halves of the matrix in turn, so that
 * nearly all of the work is matrix products.
 *
 * <p>Not by LAPACK's own: the OpenBLAS 0.3.19 that ND4J 1.0.0-M2.1 brings along has a {@code
 * dpotrf} that fails on positive definite matrices from about 40 rows on processors with AVX-512
 * (<a href="https://github.com/OpenMathLib/OpenBLAS/issues/3534">OpenBLAS issue 3534</a>), and
 * ND4J's {@code matrix_inverse} refuses matrices whose determinant is small.
 */
final class DampedInverse {

  /** Up to this size plain loops are faster than calls. */
  private static final int SMALL = 32;

  private DampedInverse() {}

  /**
   * The inverse of {@code factor + damping I}.
   *
   * @param factor symmetric, [n, n]
   * @return of the factor's data type; empty if the sum is not positive definite in numbers
   */
  static Optional<INDArray> of(INDArray factor, double damping) {
    INDArray damped = Nd4j.eye(factor.size(0)).castTo(DataType.DOUBLE).muli(damping);
    damped.addi(factor.castTo(DataType.DOUBLE));
    return inverseRoot(damped)
        .map(inverse -> inverse.transpose().mmul(inverse).castTo(factor.dataType()));
  }

  /** L^-1 with L L^T the matrix and L lower triangular. */
  private static Optional<INDArray> inverseRoot(INDArray matrix) {
    long n = matrix.size(0);
    if (n <= SMALL) {
      return inverseRoot(matrix.toDoubleMatrix()).map(Nd4j::createFromArray);
    }
    long half = n / 2;
    // A copy, since ND4J gives nothing at all as part of a part of a matrix.
    Optional<INDArray> upper = inverseRoot(part(matrix, 0, half, 0, half).dup());
    if (upper.isEmpty()) {
      return upper;
    }
    INDArray across = part(matrix, half, n, 0, half).mmul(upper.get().transpose());
    Optional<INDArray> lower =
        inverseRoot(part(matrix, half, n, half, n).sub(across.mmul(across.transpose())));
    return lower.map(
        inverse -> {
          INDArray result = Nd4j.zeros(DataType.DOUBLE, n, n);
          part(result, 0, half, 0, half).assign(upper.get());
          part(result, half, n, half, n).assign(inverse);
          part(result, half, n, 0, half).assign(inverse.mmul(across).mmul(upper.get()).negi());
          return result;
        });
  }

  /** A view. */
  private static INDArray part(INDArray matrix, long top, long bottom, long left, long right) {
    return matrix.get(NDArrayIndex.interval(top, bottom), NDArrayIndex.interval(left, right));
  }

  private static Optional<double[][]> inverseRoot(double[][] matrix) {
    int n = matrix.length;
    double[][] root = new double[n][n];
    double[][] inverse = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double rest = matrix[i][j];
        for (int k = 0; k < j; k++) {
          rest -= root[i][k] * root[j][k];
        }
        root[i][j] = i == j ? Math.sqrt(rest) : rest / root[j][j];
      }
      if (!(root[i][i] > 0) || root[i][i] == Double.POSITIVE_INFINITY) {
        return Optional.empty();
      }
      inverse[i][i] = 1 / root[i][i];
      for (int j = 0; j < i; j++) {
        double sum = 0;
        for (int k = j; k < i; k++) {
          sum += root[i][k] * inverse[k][j];
        }
        inverse[i][j] = -sum / root[i][i];
      }
    }
    return Optional.of(inverse);
  }
}
