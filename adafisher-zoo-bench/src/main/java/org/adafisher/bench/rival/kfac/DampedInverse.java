package org.adafisher.bench.rival.kfac;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotri;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Inverses by Cholesky's decomposition in double precision. ND4J has LAPACK's decomposition but not
 * the inverse from it; its own inverse knows nothing of symmetry. So LAPACK is called in the
 * library that ND4J brings along.
 */
final class DampedInverse {

  private static final byte LOWER = 'L';

  private DampedInverse() {}

  /**
   * The inverse of {@code factor + damping I}.
   *
   * @param factor symmetric, [n, n]
   * @return of the factor's data type; empty if the sum is not positive definite in numbers
   */
  static Optional<INDArray> of(INDArray factor, double damping) {
    int n = (int) factor.size(0);
    double[] values = factor.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    for (int i = 0; i < n; i++) {
      values[i * n + i] += damping;
    }
    boolean inverted =
        LAPACKE_dpotrf(LAPACK_COL_MAJOR, LOWER, n, values, n) == 0
            && LAPACKE_dpotri(LAPACK_COL_MAJOR, LOWER, n, values, n) == 0;
    if (!inverted) {
      return Optional.empty();
    }
    for (int column = 0; column < n; column++) {
      for (int row = 0; row < column; row++) { // above the diagonal, where LAPACK wrote nothing
        values[column * n + row] = values[row * n + column];
      }
    }
    return Optional.of(
        Nd4j.create(values, new long[] {n, n}, DataType.DOUBLE).castTo(factor.dataType()));
  }
}
