package org.adafisher.examples.analysis;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;

/** The sums that the analyses of a symmetric matrix have in common. */
final class Matrices {

  private Matrices() {}

  static double[] diagonal(double[][] matrix) {
    return IntStream.range(0, matrix.length).mapToDouble(i -> matrix[i][i]).toArray();
  }

  static double diagonalEnergy(double[][] matrix) {
    return Arrays.stream(diagonal(matrix)).map(x -> x * x).sum();
  }

  static double offDiagonalEnergy(double[][] matrix) {
    double sum = 0;
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix.length; j++) {
        sum += i == j ? 0 : matrix[i][j] * matrix[i][j];
      }
    }
    return sum;
  }

  static double[][] difference(double[][] a, double[][] b) {
    double[][] result = new double[a.length][];
    for (int i = 0; i < a.length; i++) {
      double[] other = b[i];
      double[] row = a[i];
      result[i] = IntStream.range(0, row.length).mapToDouble(j -> row[j] - other[j]).toArray();
    }
    return result;
  }

  /**
   * @param matrix symmetric; not empty
   * @return its eigenvalues, the greatest first
   * @throws IllegalArgumentException if it is not square and symmetric
   */
  static double[] eigenvalues(double[][] matrix) {
    requireSymmetric(matrix);
    double[] values = new EigenDecomposition(new Array2DRowRealMatrix(matrix)).getRealEigenvalues();
    Arrays.sort(values);
    return IntStream.range(0, values.length)
        .mapToDouble(i -> values[values.length - 1 - i])
        .toArray();
  }

  /**
   * Adds Gaussian noise to the entries off the diagonal, the same on both sides of it, as the
   * paper's section on the diagonal concentration of Kronecker factors does.
   *
   * @param matrix square
   * @param share standard deviation of the noise as a share of the mean of the |diagonal|, at least
   *     0
   * @param seed of the noise
   * @return a new matrix
   */
  static double[][] withNoise(double[][] matrix, double share, long seed) {
    double deviation =
        share * Arrays.stream(diagonal(matrix)).map(Math::abs).average().orElseThrow();
    Random random = new Random(seed);
    double[][] noisy = Arrays.stream(matrix).map(double[]::clone).toArray(double[][]::new);
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < i; j++) {
        double noise = deviation * random.nextGaussian();
        noisy[i][j] += noise;
        noisy[j][i] += noise;
      }
    }
    return noisy;
  }

  private static void requireSymmetric(double[][] matrix) {
    double greatest =
        Arrays.stream(matrix).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(0);
    for (int i = 0; i < matrix.length; i++) {
      if (matrix[i].length != matrix.length) {
        throw new IllegalArgumentException(
            "A factor is square; row %d of %d has %d entries."
                .formatted(i, matrix.length, matrix[i].length));
      }
      for (int j = 0; j < i; j++) {
        // Not a number fails, too.
        if (!(Math.abs(matrix[i][j] - matrix[j][i]) <= 1e-9 * greatest)) {
          throw new IllegalArgumentException(
              "A factor is symmetric; entries (%d, %d) and (%d, %d) are %s and %s."
                  .formatted(i, j, j, i, matrix[i][j], matrix[j][i]));
        }
      }
    }
  }
}
