package org.adafisher;

import org.adafisher.curvature.HostVectors;
import org.adafisher.curvature.ParameterSpan;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Where one parameter is in a vector of its block, as views that are made once for a vector. */
final class ParameterView {

  private final long start;
  private final long inputs;
  private final long outputs;

  private INDArray vector;
  private INDArray flat;
  private INDArray byInput;
  private INDArray byUnit;

  /**
   * @param start offset in the block
   * @param span the parameter
   */
  ParameterView(long start, ParameterSpan span) {
    this(start, span.inputs(), span.outputs());
  }

  /**
   * @param start offset in the block
   * @param length of the parameter
   */
  ParameterView(long start, long length) {
    this(start, 1, length);
  }

  private ParameterView(long start, long inputs, long outputs) {
    this.start = start;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /**
   * @param blockVector 1-d, as long as the block; DL4J hands a new object for it at every step
   * @return this, with views into that vector
   */
  ParameterView of(INDArray blockVector) {
    if (!HostVectors.areSame(vector, blockVector)) {
      vector = blockVector;
      flat = blockVector.get(NDArrayIndex.interval(start, start + inputs * outputs));
      byInput = flat.reshape('f', inputs, outputs);
      byUnit = flat.reshape('c', outputs, inputs);
    }
    return this;
  }

  /** The same parameter in a vector that is used but once. */
  ParameterView in(INDArray blockVector) {
    return new ParameterView(start, inputs, outputs).of(blockVector);
  }

  /** 1-d. */
  INDArray flat() {
    return flat;
  }

  /** [inputs, outputs]. */
  INDArray byInput() {
    return byInput;
  }

  /** [outputs, inputs]. */
  INDArray byUnit() {
    return byUnit;
  }

  /** Its offset in the block. */
  int start() {
    return Math.toIntExact(start);
  }

  long length() {
    return inputs * outputs;
  }
}
