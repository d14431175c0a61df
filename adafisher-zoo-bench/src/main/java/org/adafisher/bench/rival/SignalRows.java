package org.adafisher.bench.rival;

import org.adafisher.capture.LayerSignal;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.util.ConvolutionUtils;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.convolution.Convolution;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What the weights of a dense, output or 2-d convolution layer meet in one pass, as rows: examples,
 * steps of a time series, or output positions of an example, whose inputs are (channel, kernel
 * element). A row that does not count is 0.
 *
 * @param inputs [rows, inputs], without the bias's 1
 * @param gradients dL/dz of the summed loss, [rows, units]
 * @param ones 1 for rows that count, else 0: [rows, 1]; {@code null} if all count
 */
public record SignalRows(INDArray inputs, INDArray gradients, INDArray ones) {

  /**
   * Of a layer's pass.
   *
   * @param signal what the layer showed; all of it may be masked
   * @return of the gradient's data type
   */
  public static SignalRows of(LayerSignal signal) {
    return signal.layer().conf().getLayer() instanceof ConvolutionLayer conf
        ? positions(signal, conf)
        : examplesOrSteps(signal);
  }

  /** How many rows count. */
  public double count() {
    return ones == null ? inputs.size(0) : ones.sumNumber().doubleValue();
  }

  /** The inputs with the bias's 1 as last column. */
  public INDArray inputsWithOne() {
    INDArray one = ones == null ? Nd4j.ones(inputs.dataType(), inputs.size(0), 1) : ones;
    return Nd4j.hstack(inputs, one);
  }

  private static SignalRows examplesOrSteps(LayerSignal signal) {
    INDArray gradients = signal.gradient();
    INDArray inputs = signal.input().castTo(gradients.dataType());
    if (signal.mask() == null) {
      return new SignalRows(inputs, gradients, null);
    }
    INDArray present = signal.mask().neq(0).castTo(gradients.dataType());
    INDArray ones = present.isColumnVectorOrScalar() ? present : present.max(true, 1);
    return new SignalRows(inputs.mulColumnVector(ones), gradients.mulColumnVector(ones), ones);
  }

  private static SignalRows positions(LayerSignal signal, ConvolutionLayer conf) {
    INDArray gradient = signal.gradient();
    INDArray input = signal.input().castTo(gradient.dataType());
    if (conf.getCnn2dDataFormat() == CNN2DFormat.NHWC) {
      input = input.permute(0, 3, 1, 2).dup('c');
    }
    long rows = gradient.size(0) * gradient.size(2) * gradient.size(3);
    INDArray gradients = gradient.permute(0, 2, 3, 1).dup('c').reshape('c', rows, gradient.size(1));
    return new SignalRows(
        patches(conf, input, gradient.size(2), gradient.size(3)), gradients, null);
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
    INDArray patches =
        Nd4j.createUninitialized(
            input.dataType(),
            new long[] {examples, height, width, channels, kernel[0], kernel[1]},
            'c');
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
