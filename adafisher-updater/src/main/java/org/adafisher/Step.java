package org.adafisher;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One update of a block.
 *
 * @param momentum after the gradient has entered it, not corrected for its start at 0; 1-d
 * @param gradient the step takes its place; 1-d
 * @param beta decay of the momentum
 * @param count which step this is, from 1
 * @param learningRate 0 or more
 * @param iteration of the network
 * @param epoch of the network
 */
record Step(
    INDArray momentum,
    INDArray gradient,
    double beta,
    long count,
    double learningRate,
    int iteration,
    int epoch) {

  /** What the momentum is to be divided by, since it started at 0. */
  double correction() {
    return 1 - Math.pow(beta, count);
  }
}
