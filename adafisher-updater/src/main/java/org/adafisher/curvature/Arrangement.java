package org.adafisher.curvature;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonIgnore;

/**
 * How DL4J lays out a parameter, where that is not by unit and then by input: with its flat values
 * as an array of this shape in c order, and the dimensions put in this order, the values come by
 * group, unit and input.
 *
 * @param shape of DL4J's array; empty if its values come in that order as they are
 * @param order of its dimensions
 */
public record Arrangement(List<Long> shape, List<Integer> order) implements Serializable {

  /** By unit and then by input, as the updater works. */
  public static final Arrangement BY_UNIT = new Arrangement(List.of(), List.of());

  /**
   * @param array of DL4J's shape
   * @param order its dimensions by group, unit, input
   * @return the arrangement of an array whose flat values are in c order
   */
  public static Arrangement of(INDArray array, Integer... order) {
    List<Long> shape = Arrays.stream(array.shape()).boxed().toList();
    return new Arrangement(shape, List.of(order));
  }

  /**
   * @return whether there is nothing to do
   */
  @JsonIgnore
  public boolean isByUnit() {
    return order.isEmpty();
  }

  /**
   * @param flat DL4J's values, 1-d
   * @return the same values by group, unit and input, 1-d: a copy, unless they are in that order
   */
  public INDArray byUnit(INDArray flat) {
    return isByUnit() ? flat : permuted(flat).dup('c').reshape(flat.length());
  }

  /**
   * Writes values back.
   *
   * @param byUnit values by group, unit and input, 1-d
   * @param flat where they go in DL4J's order, 1-d
   */
  public void restore(INDArray byUnit, INDArray flat) {
    INDArray target = permuted(flat);
    target.assign(byUnit.reshape('c', target.shape()));
  }

  /** A view. */
  private INDArray permuted(INDArray flat) {
    return flat.reshape('c', shape.stream().mapToLong(Long::longValue).toArray())
        .permute(order.stream().mapToInt(Integer::intValue).toArray());
  }
}
