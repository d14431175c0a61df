package org.adafisher.bench.rival.kfac;

import org.adafisher.capture.LayerSignal;
import org.adafisher.capture.Minibatch;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.util.ConvolutionUtils;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.convolution.Convolution;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The factors as one minibatch has them.
 *
 * @param input A: sum over rows of a a^T / examples
 * @param gradient G: mean over rows of s s^T
 */
record KroneckerMoments(INDArray input, INDArray gradient) {

  /**
   * Inputs [rows, inputs] without the bias's 1, and gradients [rows, units]; a row that does not
   * count is zero.
   */
  private record Rows(INDArray inputs, INDArray gradients, double counting) {}

  /**
   * Of a layer's pass.
   *
   * @param signal what the layer showed; all of it may be masked, which gives zeros
   * @param weights of the layer
   */
  static KroneckerMoments of(LayerSignal signal, Minibatch minibatch, WeightMatrix weights) {
    Rows rows = weights.isConvolution() ? positions(signal) : examplesOrSteps(signal);
    INDArray inputs = sumOfProducts(rows.inputs());
    return new KroneckerMoments(
        (weights.hasBias() ? withBias(inputs, rows) : inputs).divi(minibatch.examples()),
        sumOfProducts(rows.gradients()).divi(Math.max(1, rows.counting())));
  }

  private static INDArray sumOfProducts(INDArray rows) {
    return rows.transpose().mmul(rows);
  }

  /** As if every counting row had a 1 behind its inputs: patches are too large to be copied. */
  private static INDArray withBias(INDArray products, Rows rows) {
    long n = products.size(0);
    INDArray sums = rows.inputs().sum(0);
    INDArray result = Nd4j.createUninitialized(products.dataType(), new long[] {n + 1, n + 1}, 'c');
    result.get(NDArrayIndex.interval(0, n), NDArrayIndex.interval(0, n)).assign(products);
    result.get(NDArrayIndex.point(n), NDArrayIndex.interval(0, n)).assign(sums.reshape(n));
    result.get(NDArrayIndex.interval(0, n), NDArrayIndex.point(n)).assign(sums.reshape(n));
    result.putScalar(n, n, rows.counting());
    return result;
  }

  /** Whether all numbers are: no entry of such a matrix is larger than its largest diagonal one. */
  boolean isFinite() {
    return Double.isFinite(trace(input)) && Double.isFinite(trace(gradient));
  }

  private static double trace(INDArray matrix) {
    return Nd4j.diag(matrix).sumNumber().doubleValue();
  }

  private static Rows examplesOrSteps(LayerSignal signal) {
    INDArray gradients = signal.gradient();
    INDArray inputs = signal.input().castTo(gradients.dataType());
    if (signal.mask() == null) {
      return new Rows(inputs, gradients, inputs.size(0));
    }
    INDArray present = signal.mask().neq(0).castTo(gradients.dataType());
    INDArray counts = present.isColumnVectorOrScalar() ? present : present.max(true, 1);
    return new Rows(
        inputs.mulColumnVector(counts),
        gradients.mulColumnVector(counts),
        counts.sumNumber().doubleValue());
  }

  /** A row is an output position of an example; its inputs are (channel, kernel element). */
  private static Rows positions(LayerSignal signal) {
    INDArray gradient = signal.gradient();
    ConvolutionLayer conf = (ConvolutionLayer) signal.layer().conf().getLayer();
    INDArray input = signal.input().castTo(gradient.dataType());
    if (conf.getCnn2dDataFormat() == CNN2DFormat.NHWC) {
      input = input.permute(0, 3, 1, 2).dup('c');
    }
    long rows = gradient.size(0) * gradient.size(2) * gradient.size(3);
    INDArray gradients = gradient.permute(0, 2, 3, 1).dup('c').reshape('c', rows, gradient.size(1));
    return new Rows(patches(conf, input, gradient.size(2), gradient.size(3)), gradients, rows);
  }

  /** [rows, channels * kernel elements], as the layer itself has them. */
  private static INDArray patches(ConvolutionLayer conf, INDArray input, long height, long width) {
    int[] kernel = conf.getKernelSize();
    int[] stride = conf.getStride();
    int[] dilation = conf.getDilation();
    boolean same = conf.getConvolutionMode() == ConvolutionMode.Same;
    int[] padding =
        same
            ? ConvolutionUtils.getSameModeTopLeftPadding(
                new int[] {(int) height, (int) width},
                new int[] {(int) input.size(2), (int) input.size(3)},
                kernel,
                stride,
                dilation)
            : conf.getPadding();
    long examples = input.size(0);
    long channels = input.size(1);
    DataType type = input.dataType();
    INDArray patches =
        Nd4j.createUninitialized(
            type, new long[] {examples, height, width, channels, kernel[0], kernel[1]}, 'c');
    Convolution.im2col(
        input,
        kernel[0],
        kernel[1],
        stride[0],
        stride[1],
        padding[0],
        padding[1],
        dilation[0],
        dilation[1],
        same,
        patches.permute(0, 3, 4, 5, 1, 2));
    return patches.reshape('c', examples * height * width, channels * kernel[0] * kernel[1]);
  }
}
