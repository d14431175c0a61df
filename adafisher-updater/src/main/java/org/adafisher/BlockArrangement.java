package org.adafisher;

import java.util.List;
import org.adafisher.capture.Workspaces;
import org.adafisher.curvature.ParameterSpan;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Brings a block's parameters in the order by unit and input, in which the state is kept and the
 * step is worked out, where DL4J has another one.
 *
 * @param spans the block's parameters, in their order
 * @param isByUnit whether DL4J has all of them in that order
 */
record BlockArrangement(List<ParameterSpan> spans, boolean isByUnit) {

  static BlockArrangement of(List<ParameterSpan> spans) {
    return new BlockArrangement(
        spans, spans.stream().allMatch(span -> span.arrangement().isByUnit()));
  }

  /**
   * @param vector the block's values as DL4J has them, 1-d
   * @return the vector itself if there is nothing to rearrange, else a rearranged copy
   */
  INDArray byUnit(INDArray vector) {
    if (isByUnit) {
      return vector;
    }
    INDArray result =
        Workspaces.outside(() -> Nd4j.createUninitialized(vector.dataType(), vector.length()));
    forEach(vector, result, (span, from, to) -> to.assign(span.arrangement().byUnit(from)));
    return result;
  }

  /**
   * Takes the values back.
   *
   * @param byUnit what {@link #byUnit} gave, changed
   * @param vector what it was given
   */
  void restore(INDArray byUnit, INDArray vector) {
    if (isByUnit) {
      return;
    }
    forEach(
        byUnit,
        vector,
        (span, from, to) -> {
          if (span.arrangement().isByUnit()) {
            to.assign(from);
          } else {
            span.arrangement().restore(from, to);
          }
        });
  }

  private void forEach(INDArray from, INDArray to, SpanCopy copy) {
    long start = 0;
    for (ParameterSpan span : spans) {
      var interval = NDArrayIndex.interval(start, start + span.length());
      copy.copy(span, from.get(interval), to.get(interval));
      start += span.length();
    }
  }

  @FunctionalInterface
  private interface SpanCopy {
    void copy(ParameterSpan span, INDArray from, INDArray to);
  }
}
