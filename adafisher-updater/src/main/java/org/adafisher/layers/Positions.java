package org.adafisher.layers;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arrays of features at positions: [batch, features] with one position an example, or time series
 * and images with several, whose features are on the second or on the last axis.
 */
public final class Positions {

  private Positions() {}

  /**
   * @param x an array of features
   * @param channelsLast whether they are on the last axis already
   * @return a view with the features on the last axis
   */
  public static INDArray featuresLast(INDArray x, boolean channelsLast) {
    if (channelsLast || x.rank() == 2) {
      return x;
    }
    int[] order =
        IntStream.concat(IntStream.range(0, x.rank()).filter(axis -> axis != 1), IntStream.of(1))
            .toArray();
    return x.permute(order);
  }

  /**
   * A mask as DL4J hands it to layers: [batch, 1] for whole examples, [batch, steps] for time
   * series, [batch, 1, height, width] for images whatever their format, with 1 for an axis along
   * which it does not vary.
   *
   * @param mask not null
   * @param featuresLast the array that it is for, its features on the last axis
   * @return a column, one row a position in the order of that array, 1 where it counts and else 0
   */
  public static INDArray column(INDArray mask, INDArray featuresLast) {
    long[] positions = featuresLast.shape().clone();
    int last = positions.length - 1;
    positions[last] = 1;
    long rows = featuresLast.length() / Math.max(1, featuresLast.size(last));
    INDArray present = mask.neq(0).castTo(featuresLast.dataType());
    if (mask.length() == rows) {
      return present.dup('c').reshape('c', rows, 1);
    }
    long[] shape = new long[positions.length];
    Arrays.fill(shape, 1);
    shape[0] = positions[0];
    if (mask.rank() == positions.length) { // its second axis stands for the features
      System.arraycopy(mask.shape(), 2, shape, 1, last - 1);
    }
    return present.dup('c').reshape('c', shape).broadcast(positions).dup('c').reshape('c', rows, 1);
  }
}
