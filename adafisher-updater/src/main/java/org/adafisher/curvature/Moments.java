package org.adafisher.curvature;

import org.nd4j.common.util.ArrayUtil;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The sums of squares that the estimators have in common. */
final class Moments {

  private Moments() {}

  /**
   * {@code scale^2 * sum x^2 / rows} over some dimensions. The norm is one native pass, many times
   * faster than a product and a sum; scaling before squaring keeps small gradients from underflow.
   */
  static INDArray meanSquare(INDArray x, double scale, double rows, int... overDimensions) {
    INDArray norm = x.norm2(overDimensions).muli(scale / Math.sqrt(rows));
    // Over a dimension of one, ND4J's norm leaves the shape as it was.
    return norm.muli(norm).reshape(ArrayUtil.removeIndex(x.shape(), overDimensions));
  }

  /** The vector with a 1 for the bias behind it. */
  static INDArray withBias(INDArray vector) {
    long length = vector.length();
    INDArray result = Nd4j.ones(vector.dataType(), length + 1);
    result.get(NDArrayIndex.interval(0, length)).assign(vector.reshape(length));
    return result;
  }

  /** A vector of the same data type as another array. */
  static INDArray vector(INDArray like, double... values) {
    return Nd4j.createFromArray(values).castTo(like.dataType());
  }
}
