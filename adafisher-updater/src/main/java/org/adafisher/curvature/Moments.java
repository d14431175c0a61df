package org.adafisher.curvature;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The sums and sums of squares that the estimators have in common. */
final class Moments {

  private Moments() {}

  /**
   * {@code scale^2 * sum x^2 / rows} over some dimensions, as a flat vector. The norm is one native
   * pass, many times faster than a product and a sum; squaring on the host, in double precision,
   * keeps small gradients from underflow.
   */
  static double[] meanSquare(INDArray x, double scale, double rows, int... overDimensions) {
    double[] result = x.norm2(overDimensions).dup('c').reshape(-1).toDoubleVector();
    double toRootMean = scale / Math.sqrt(rows);
    for (int i = 0; i < result.length; i++) {
      double root = result[i] * toRootMean;
      result[i] = root * root;
    }
    return result;
  }

  /** {@code sum x / rows} over some dimensions, as a flat vector. */
  static double[] mean(INDArray x, double rows, int... overDimensions) {
    double[] result = x.sum(overDimensions).dup('c').reshape(-1).toDoubleVector();
    for (int i = 0; i < result.length; i++) {
      result[i] /= rows;
    }
    return result;
  }

  /** The vector with a 1 for the bias behind it. */
  static double[] withBias(double[] vector) {
    double[] result = Arrays.copyOf(vector, vector.length + 1);
    result[vector.length] = 1;
    return result;
  }

  static double sumOfSquares(INDArray vector) {
    double norm = vector.norm2Number().doubleValue();
    return norm * norm;
  }
}
