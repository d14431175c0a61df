package org.adafisher.examples.analysis;

import org.apache.commons.math3.transform.DftNormalization;
import org.apache.commons.math3.transform.FastFourierTransformer;
import org.apache.commons.math3.transform.TransformType;

/**
 * The discrete Fourier transform of any length. The library's is for powers of 2; Bluestein's chirp
 * makes a convolution of it, which is such a transform. Padding the matrix with zeros instead would
 * put the frequencies of its edge into the picture.
 */
final class Fourier {

  private static final DftNormalization NORMALIZATION = DftNormalization.STANDARD;

  private Fourier() {}

  /**
   * @param matrix real, rectangular, not empty
   * @return |F| by row and column frequency: {@code F_kl = sum_mn x_mn exp(-2 pi i (km/M + ln/N))}
   */
  static double[][] magnitude(double[][] matrix) {
    int rows = matrix.length;
    int columns = matrix[0].length;
    double[][] real = new double[rows][];
    double[][] imaginary = new double[rows][];
    for (int i = 0; i < rows; i++) {
      double[][] row = transform(matrix[i], new double[columns]);
      real[i] = row[0];
      imaginary[i] = row[1];
    }
    double[][] magnitude = new double[rows][columns];
    for (int j = 0; j < columns; j++) {
      double[][] column = transform(column(real, j), column(imaginary, j));
      for (int i = 0; i < rows; i++) {
        magnitude[i][j] = Math.hypot(column[0][i], column[1][i]);
      }
    }
    return magnitude;
  }

  /** Moves frequency 0 to the middle, row and column {@code length / 2}. */
  static double[][] shifted(double[][] matrix) {
    int rows = matrix.length;
    int columns = matrix[0].length;
    double[][] result = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        result[(i + rows / 2) % rows][(j + columns / 2) % columns] = matrix[i][j];
      }
    }
    return result;
  }

  /**
   * Of a complex vector.
   *
   * @return its transform: real parts, imaginary parts
   */
  static double[][] transform(double[] real, double[] imaginary) {
    int n = real.length;
    int padded = Math.max(2, Integer.highestOneBit(2 * n - 1) * 2);
    double[][] signal = new double[2][padded];
    double[][] chirp = new double[2][padded];
    for (int i = 0; i < n; i++) {
      double cos = cos(i, n);
      double sin = sin(i, n);
      signal[0][i] = real[i] * cos + imaginary[i] * sin;
      signal[1][i] = imaginary[i] * cos - real[i] * sin;
      int mirrored = (padded - i) % padded;
      chirp[0][i] = cos;
      chirp[1][i] = sin;
      chirp[0][mirrored] = cos;
      chirp[1][mirrored] = sin;
    }
    double[][] product = convolved(signal, chirp);
    double[][] result = new double[2][n];
    for (int k = 0; k < n; k++) {
      double cos = cos(k, n);
      double sin = sin(k, n);
      result[0][k] = product[0][k] * cos + product[1][k] * sin;
      result[1][k] = product[1][k] * cos - product[0][k] * sin;
    }
    return result;
  }

  private static double[][] convolved(double[][] a, double[][] b) {
    FastFourierTransformer.transformInPlace(a, NORMALIZATION, TransformType.FORWARD);
    FastFourierTransformer.transformInPlace(b, NORMALIZATION, TransformType.FORWARD);
    double[][] product = new double[2][a[0].length];
    for (int i = 0; i < a[0].length; i++) {
      product[0][i] = a[0][i] * b[0][i] - a[1][i] * b[1][i];
      product[1][i] = a[0][i] * b[1][i] + a[1][i] * b[0][i];
    }
    FastFourierTransformer.transformInPlace(product, NORMALIZATION, TransformType.INVERSE);
    return product;
  }

  /** Of pi i^2 / n, with the square taken modulo the period, which keeps it exact. */
  private static double cos(long i, long n) {
    return Math.cos(Math.PI * (i * i % (2 * n)) / n);
  }

  private static double sin(long i, long n) {
    return Math.sin(Math.PI * (i * i % (2 * n)) / n);
  }

  private static double[] column(double[][] matrix, int column) {
    double[] result = new double[matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      result[i] = matrix[i][column];
    }
    return result;
  }
}
