package org.adafisher.bench.rival;

import java.io.Serializable;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * One parameter of a block.
 *
 * @param name Deeplearning4j's name of it: W, b, ...
 * @param offset where it begins in the block's vectors
 * @param shape its shape
 * @param order 'c' or 'f': how the vector has its values
 */
public record BlockParameter(
    @JsonProperty("name") String name,
    @JsonProperty("offset") long offset,
    @JsonProperty("shape") long[] shape,
    @JsonProperty("order") char order)
    implements Serializable {

  /** How many values it has. */
  public long length() {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    return length;
  }

  /**
   * Its part of a vector of the block, in its own shape.
   *
   * @param vector the block's gradient, momentum, ...: 1-d or a row
   * @return a view
   */
  public INDArray in(INDArray vector) {
    INDArray flat = vector.reshape(vector.length());
    return flat.get(NDArrayIndex.interval(offset, offset + length())).reshape(order, shape);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BlockParameter that
        && name.equals(that.name)
        && offset == that.offset
        && Arrays.equals(shape, that.shape)
        && order == that.order;
  }

  @Override
  public int hashCode() {
    return name.hashCode() + 31 * Arrays.hashCode(shape);
  }
}
