package org.adafisher.curvature;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One spatial axis of a convolution, or of a transposed one. At output position p, kernel element q
 * of a convolution meets input p * stride - padding + q * dilation. A transposed convolution is its
 * mirror image: input x reaches output x * stride - padding + q * dilation.
 *
 * @param inputs size of the input
 * @param outputs size of the output
 * @param kernel number of elements
 * @param stride above 0
 * @param padding in front of the input; of the output, if transposed
 * @param dilation above 0
 * @param transposed which of the two it is
 */
record KernelAxis(
    int inputs,
    int outputs,
    int kernel,
    int stride,
    int padding,
    int dilation,
    boolean transposed) {

  /**
   * @param conf a convolution's configuration
   * @param axis which of its axes
   * @param inputs size of the input
   * @param outputs size of the output
   * @param transposed whether the convolution is
   * @return the axis, padded as DL4J and ND4J do
   */
  static KernelAxis of(
      ConvolutionLayer conf, int axis, int inputs, int outputs, boolean transposed) {
    int kernel = conf.getKernelSize()[axis];
    int stride = conf.getStride()[axis];
    int dilation = conf.getDilation()[axis];
    int reach = (kernel - 1) * dilation;
    int steps = (transposed ? inputs : outputs) - 1;
    int padding =
        switch (conf.getConvolutionMode()) {
          case Same -> (steps * stride + reach + 1 - (transposed ? outputs : inputs)) / 2;
          case Causal -> reach;
          default -> conf.getPadding()[axis];
        };
    return new KernelAxis(inputs, outputs, kernel, stride, padding, dilation, transposed);
  }

  /** Whether its only element meets every input once: nothing has to be summed apart. */
  boolean meetsEveryInputOnce() {
    return kernel == 1 && stride == 1 && padding == 0 && inputs == outputs;
  }

  /**
   * @param type of the result
   * @return [inputs, kernel], 1 where some output position puts the element on the input
   */
  INDArray met(DataType type) {
    double[] all = new double[outputs];
    Arrays.fill(all, 1);
    return met(all, type);
  }

  /**
   * @param counts of each example's output positions, one example after the other
   * @param type of the result
   * @return [examples * inputs, kernel], the count of the output position that puts the element on
   *     the input, 0 if none does
   */
  INDArray met(double[] counts, DataType type) {
    int examples = counts.length / outputs;
    double[] result = new double[examples * inputs * kernel];
    int from = transposed ? inputs : outputs;
    int to = transposed ? outputs : inputs;
    for (int element = 0; element < kernel; element++) {
      for (int position = 0; position < from; position++) {
        int other = position * stride - padding + element * dilation;
        if (other >= 0 && other < to) {
          int input = transposed ? position : other;
          int output = transposed ? other : position;
          for (int example = 0; example < examples; example++) {
            result[(example * inputs + input) * kernel + element] =
                counts[example * outputs + output];
          }
        }
      }
    }
    return Nd4j.create(result, new long[] {(long) examples * inputs, kernel}, type);
  }
}
