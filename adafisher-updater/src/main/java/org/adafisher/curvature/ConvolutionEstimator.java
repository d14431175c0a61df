package org.adafisher.curvature;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.adafisher.capture.LayerSignal;
import org.adafisher.capture.Minibatch;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.util.ConvolutionUtils;
import org.nd4j.common.util.ArrayUtil;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A 2-d convolution: a row is an output position of an example, an input one of (channel, kernel
 * row, kernel column); zero padding counts as zeros.
 *
 * <p>No im2col: the inputs and their squares are summed over the batch first, [C, H, W]; which
 * pixels a kernel row or column ever meets is a small 0/1 matrix, so the window sums are two matrix
 * products (the idea of kfac-jax's {@code patches_second_moment}).
 */
final class ConvolutionEstimator implements FactorEstimator.FromSignal {

  private static final String W = ConvolutionParamInitializer.WEIGHT_KEY;
  private static final String B = ConvolutionParamInitializer.BIAS_KEY;

  @Override
  public FactorLayout layout(Layer layer) {
    INDArray weights = layer.getParam(W);
    long outputs = weights.size(0);
    long patch = weights.length() / outputs;
    boolean bias = layer.paramTable().containsKey(B);
    FactorPart part =
        new FactorPart(
            FactorPart.MAIN, patch + (bias ? 1 : 0), outputs, 1.0 / patch, FactorPart.Kind.LINEAR);
    ParameterSpan w = new ParameterSpan(W, FactorPart.MAIN, 0, patch, outputs);
    return new FactorLayout(
        List.of(part),
        bias ? List.of(new ParameterSpan(B, FactorPart.MAIN, patch, 1, outputs), w) : List.of(w));
  }

  @Override
  public Map<String, RawFactors> estimate(LayerSignal signal, Minibatch minibatch) {
    Layer layer = signal.layer();
    ConvolutionLayer conf = (ConvolutionLayer) layer.conf().getLayer();
    INDArray gradient = signal.gradient();
    INDArray input = signal.input().castTo(gradient.dataType());
    int height = (int) gradient.size(2);
    int width = (int) gradient.size(3);
    double rows = (double) gradient.size(0) * height * width;
    InputMoments inputs = inputMoments(input, conf, height, width);
    double[] s = Moments.meanSquare(gradient, minibatch.lossScale(), rows, 0, 2, 3);
    return Map.of(
        FactorPart.MAIN,
        layer.paramTable().containsKey(B)
            ? new RawFactors(Moments.withBias(inputs.square), s, Moments.withBias(inputs.mean))
            : new RawFactors(inputs.square, s, inputs.mean));
  }

  /** Means over rows of the inputs and of their squares: [C * kh * kw] each, without a bias. */
  record InputMoments(double[] mean, double[] square) {}

  static InputMoments inputMoments(INDArray input, ConvolutionLayer conf, int height, int width) {
    double rows = (double) input.size(0) * height * width;
    boolean channelsLast = conf.getCnn2dDataFormat() == CNN2DFormat.NHWC;
    if (meetsEveryPixelOnce(conf)) {
      int[] allButChannels = channelsLast ? new int[] {0, 1, 2} : new int[] {0, 2, 3};
      return new InputMoments(
          Moments.mean(input, rows, allButChannels),
          Moments.meanSquare(input, 1, rows, allButChannels));
    }
    INDArray root = input.norm2(0).divi(Math.sqrt(rows));
    INDArray mean = input.sum(0).divi(rows);
    // Over a batch of one, ND4J's reductions leave the shape as it was. Side by side as twice the
    // channels, the two images share the window sums' operations.
    long[] image = ArrayUtil.removeIndex(input.shape(), 0);
    INDArray both =
        Nd4j.concat(channelsLast ? 2 : 0, mean.reshape(image), root.muli(root).reshape(image));
    double[] sums =
        windowSums(channelsLast ? both.permute(2, 0, 1) : both, conf, height, width)
            .toDoubleVector();
    int half = sums.length / 2;
    return new InputMoments(Arrays.copyOf(sums, half), Arrays.copyOfRange(sums, half, sums.length));
  }

  /** A 1x1 kernel needs no windows: that is most of the convolutions of a ResNet. */
  private static boolean meetsEveryPixelOnce(ConvolutionLayer conf) {
    int[] once = {1, 1};
    boolean padded =
        conf.getConvolutionMode() != ConvolutionMode.Same
            && !Arrays.equals(conf.getPadding(), new int[2]);
    return Arrays.equals(conf.getKernelSize(), once)
        && Arrays.equals(conf.getStride(), once)
        && !padded;
  }

  /**
   * Sums an image over all positions that each kernel element meets.
   *
   * @param image [C, H, W]
   * @param conf kernel, stride, padding, dilation and mode
   * @param outHeight output rows
   * @param outWidth output columns
   * @return [C * kh * kw]
   */
  static INDArray windowSums(INDArray image, ConvolutionLayer conf, int outHeight, int outWidth) {
    long channels = image.size(0);
    int height = (int) image.size(1);
    int width = (int) image.size(2);
    int[] kernel = conf.getKernelSize();
    int[] stride = conf.getStride();
    int[] dilation = conf.getDilation();
    int[] padding =
        conf.getConvolutionMode() == ConvolutionMode.Same
            ? ConvolutionUtils.getSameModeTopLeftPadding(
                new int[] {outHeight, outWidth},
                new int[] {height, width},
                kernel,
                stride,
                dilation)
            : conf.getPadding();
    INDArray rows =
        met(image.dataType(), height, outHeight, kernel[0], stride[0], padding[0], dilation[0]);
    INDArray columns =
        met(image.dataType(), width, outWidth, kernel[1], stride[1], padding[1], dilation[1]);
    // [C*H, W] x [W, kw], then [C*kw, H] x [H, kh].
    INDArray byColumn =
        image
            .dup('c')
            .reshape('c', channels * height, width)
            .mmul(columns)
            .reshape(channels, height, kernel[1]);
    INDArray byRow =
        byColumn
            .permute(0, 2, 1)
            .dup('c')
            .reshape('c', channels * kernel[1], height)
            .mmul(rows)
            .reshape(channels, kernel[1], kernel[0]);
    return byRow.permute(0, 2, 1).dup('c').reshape(channels * kernel[0] * kernel[1]);
  }

  /** 1 at [pixel, kernel element] where some output position puts the element on the pixel. */
  private static INDArray met(
      DataType type, int size, int outSize, int kernel, int stride, int padding, int dilation) {
    double[] result = new double[size * kernel];
    for (int element = 0; element < kernel; element++) {
      for (int position = 0; position < outSize; position++) {
        int pixel = position * stride - padding + element * dilation;
        if (pixel >= 0 && pixel < size) {
          result[pixel * kernel + element] = 1;
        }
      }
    }
    return Nd4j.create(result, new long[] {size, kernel}, type);
  }
}
