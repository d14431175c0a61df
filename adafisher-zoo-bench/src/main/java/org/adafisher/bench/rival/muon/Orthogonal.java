package org.adafisher.bench.rival.muon;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The quintic Newton-Schulz iteration of Muon on a whole matrix. */
final class Orthogonal {

  private static final int ITERATIONS = 5;
  private static final double C1 = 3.4445;
  private static final double C3 = -4.7750;
  private static final double C5 = 2.0315;

  private Orthogonal() {}

  /**
   * @param matrix [rows, columns], left as it is
   * @return about the nearest matrix with orthogonal rows or columns: singular values between 0.68
   *     and 1.14 where they were more than a thousandth of the norm; 0 for 0
   */
  static INDArray nearest(INDArray matrix) {
    if (matrix.rows() > matrix.columns()) {
      return nearest(matrix.transpose()).transpose();
    }
    double norm = matrix.norm2Number().doubleValue();
    if (norm == 0) {
      return matrix.dup();
    }
    INDArray x = matrix.div(norm);
    for (int i = 0; i < ITERATIONS; i++) {
      INDArray gram = x.mmul(x.transpose());
      INDArray polynomial = gram.mmul(gram).muli(C5).addi(gram.muli(C3));
      x = polynomial.mmul(x).addi(x.muli(C1));
    }
    return x;
  }
}
