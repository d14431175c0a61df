package org.adafisher;

import java.util.Arrays;

/**
 * The polar factor of a matrix Y of few rows from its Gram matrix G = Y Y^T: a factor K such that
 * all singular values of K Y are near 1. It is the quintic Newton-Schulz iteration of Muon (Jordan
 * et al., 2024), made on the Gram matrix:
 *
 * <pre>
 * A = G / tr(G)     P = I
 * B = c1 I + c3 A + c5 A^2     P = B P     A = B A B          so many times
 * K = P / sqrt(tr(G))
 * </pre>
 *
 * <p>After five times singular values of more than some thousandth of Y's Frobenius norm are within
 * [0.68, 1.14]; smaller ones have grown, and stay smaller.
 *
 * <p>It works in double precision on the host: for matrices of some dozen rows that takes about as
 * long as native operations. All matrices here are polynomials of one symmetric matrix, so their
 * products are symmetric too, and half of each is worked out.
 */
final class PolarFactor {

  private static final double C1 = 3.4445;
  private static final double C3 = -4.7750;
  private static final double C5 = 2.0315;

  private final int iterations;
  private final double guard;

  // Working memory, for matrices of one size.
  private double[][] a = new double[0][];
  private double[][] b;
  private double[][] p;
  private double[][] product;

  /**
   * @param iterations at least 1
   * @param guard least trace of a Gram matrix that it is divided by, above 0
   */
  PolarFactor(int iterations, double guard) {
    this.iterations = iterations;
    this.guard = guard;
  }

  /**
   * @param gram symmetric: K takes its place
   * @param scale what Y was multiplied by, so that its squares are numbers of its data type; the
   *     guard is that of Y itself
   * @return the trace of Y's own Gram matrix
   */
  double apply(double[][] gram, double scale) {
    int n = gram.length;
    if (a.length != n) {
      a = new double[n][n];
      b = new double[n][n];
      p = new double[n][n];
      product = new double[n][n];
    }
    double trace = 0;
    for (int i = 0; i < n; i++) {
      trace += gram[i][i];
    }
    double divisor = Math.max(trace, guard * scale * scale);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        a[i][j] = gram[i][j] / divisor;
        p[i][j] = i == j ? 1 : 0;
      }
    }
    for (int i = 0; i < iterations; i++) {
      writeB();
      if (i == 0) {
        copy(b, p);
      } else {
        multiply(b, p, product);
        copy(product, p);
      }
      if (i < iterations - 1) {
        multiply(a, b, product);
        multiply(product, b, a);
      }
    }
    double root = Math.sqrt(divisor);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        gram[i][j] = p[i][j] / root;
      }
    }
    return trace / (scale * scale);
  }

  private void writeB() {
    multiply(a, a, b);
    for (int i = 0; i < b.length; i++) {
      double[] row = b[i];
      double[] ofA = a[i];
      for (int j = 0; j < row.length; j++) {
        row[j] = C3 * ofA[j] + C5 * row[j];
      }
      row[i] += C1;
    }
  }

  private static void copy(double[][] from, double[][] to) {
    for (int i = 0; i < to.length; i++) {
      System.arraycopy(from[i], 0, to[i], 0, to.length);
    }
  }

  /** The product of symmetric matrices that commute. */
  private static void multiply(double[][] x, double[][] y, double[][] into) {
    for (int i = 0; i < into.length; i++) {
      sumOfRows(x[i], y, into[i], i);
      for (int j = 0; j < i; j++) {
        into[i][j] = into[j][i];
      }
    }
  }

  /**
   * @param transposed Y^T, by row
   * @param gram Y Y^T takes its place
   */
  static void gram(double[][] transposed, double[][] gram) {
    double[] row = new double[transposed.length];
    for (int i = 0; i < gram.length; i++) {
      for (int t = 0; t < row.length; t++) {
        row[t] = transposed[t][i];
      }
      sumOfRows(row, transposed, gram[i], i);
      for (int j = 0; j < i; j++) {
        gram[i][j] = gram[j][i];
      }
    }
  }

  /**
   * {@code row = sum_k factors[k] rows[k]}, in loops over one index of short arrays, which are
   * vectorized.
   *
   * @param factors one for each of the rows
   * @param rows of a matrix
   * @param row the result
   * @param from its first entry that is worked out
   */
  static void sumOfRows(double[] factors, double[][] rows, double[] row, int from) {
    Arrays.fill(row, from, row.length, 0);
    int k = 0;
    for (; k + 3 < rows.length; k += 4) {
      addFour(factors, k, rows[k], rows[k + 1], rows[k + 2], rows[k + 3], row, from);
    }
    for (; k < rows.length; k++) {
      double factor = factors[k];
      double[] added = rows[k];
      for (int j = from; j < row.length; j++) {
        row[j] += factor * added[j];
      }
    }
  }

  private static void addFour(
      double[] factors,
      int k,
      double[] first,
      double[] second,
      double[] third,
      double[] fourth,
      double[] row,
      int from) {
    double a = factors[k];
    double b = factors[k + 1];
    double c = factors[k + 2];
    double d = factors[k + 3];
    for (int j = from; j < row.length; j++) {
      row[j] += a * first[j] + b * second[j] + c * third[j] + d * fourth[j];
    }
  }
}
