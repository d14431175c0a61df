package org.adafisher.bench.rival.shampoo;

import java.util.Arrays;

/**
 * A symmetric matrix's eigendecomposition by Jacobi's rotations, on plain numbers.
 *
 * @param values eigenvalues
 * @param vectors eigenvectors as columns
 */
record DenseSymmetric(double[] values, double[][] vectors) {

  private static final int SWEEPS = 60;

  static DenseSymmetric of(double[][] matrix) {
    int n = matrix.length;
    double[][] a = Arrays.stream(matrix).map(double[]::clone).toArray(double[][]::new);
    double[][] v = new double[n][n];
    for (int i = 0; i < n; i++) {
      v[i][i] = 1;
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          rotate(a, v, p, q);
        }
      }
    }
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = a[i][i];
    }
    return new DenseSymmetric(values, v);
  }

  private static void rotate(double[][] a, double[][] v, int p, int q) {
    if (a[p][q] == 0) {
      return;
    }
    double angle = 0.5 * Math.atan2(2 * a[p][q], a[q][q] - a[p][p]);
    double c = Math.cos(angle);
    double s = Math.sin(angle);
    for (int k = 0; k < a.length; k++) {
      double kp = a[k][p];
      double kq = a[k][q];
      a[k][p] = c * kp - s * kq;
      a[k][q] = s * kp + c * kq;
    }
    for (int k = 0; k < a.length; k++) {
      double pk = a[p][k];
      double qk = a[q][k];
      a[p][k] = c * pk - s * qk;
      a[q][k] = s * pk + c * qk;
      double vp = v[k][p];
      double vq = v[k][q];
      v[k][p] = c * vp - s * vq;
      v[k][q] = s * vp + c * vq;
    }
  }

  double largest() {
    return Arrays.stream(values).max().orElseThrow();
  }

  /** The matrix's power times a vector. */
  double[] power(double exponent, double[] x) {
    int n = values.length;
    double[] result = new double[n];
    for (int e = 0; e < n; e++) {
      double along = 0;
      for (int i = 0; i < n; i++) {
        along += vectors[i][e] * x[i];
      }
      along *= Math.pow(values[e], exponent);
      for (int i = 0; i < n; i++) {
        result[i] += along * vectors[i][e];
      }
    }
    return result;
  }
}
