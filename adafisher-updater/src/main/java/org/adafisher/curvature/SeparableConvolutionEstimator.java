package org.adafisher.curvature;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.adafisher.capture.LayerSignal;
import org.adafisher.capture.Minibatch;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A depthwise convolution, weights [multiplier, in, kh, kw], and a pointwise one of what it makes,
 * weights [out, in * multiplier, 1, 1], with the bias. What is between the two is worked out again,
 * since DL4J does not keep it; under weight noise, which it keeps to itself, from the weights
 * without the noise.
 */
final class SeparableConvolutionEstimator implements FactorEstimator.FromSignal {

  /** The name of the part in front of the pointwise convolution. */
  static final String DEPTHWISE = "depthwise";

  private static final String W = SeparableConvolutionParamInitializer.DEPTH_WISE_WEIGHT_KEY;
  private static final String POINTWISE =
      SeparableConvolutionParamInitializer.POINT_WISE_WEIGHT_KEY;
  private static final String B = SeparableConvolutionParamInitializer.BIAS_KEY;

  @Override
  public FactorLayout layout(Layer layer) {
    INDArray depthwise = layer.getParam(W);
    long channels = depthwise.size(1);
    long kernel = depthwise.size(2) * depthwise.size(3);
    long between = channels * depthwise.size(0);
    long outputs = layer.getParam(POINTWISE).size(0);
    boolean bias = layer.paramTable().containsKey(B);
    List<ParameterSpan> spans = new ArrayList<>();
    spans.add(
        new ParameterSpan(
            W, DEPTHWISE, 0, kernel, between, channels, Arrangement.of(depthwise, 1, 0, 2, 3)));
    spans.add(new ParameterSpan(POINTWISE, FactorPart.MAIN, 0, between, outputs));
    if (bias) {
      spans.add(new ParameterSpan(B, FactorPart.MAIN, between, 1, outputs));
    }
    return new FactorLayout(
        List.of(
            part(FactorPart.MAIN, between + (bias ? 1 : 0), outputs, between),
            part(DEPTHWISE, channels * kernel, between, kernel)),
        spans);
  }

  private static FactorPart part(String name, long inputs, long outputs, long met) {
    return new FactorPart(name, inputs, outputs, 1.0 / met, FactorPart.Kind.LINEAR);
  }

  @Override
  public Map<String, RawFactors> estimate(LayerSignal signal, Minibatch minibatch) {
    Layer layer = signal.layer();
    ConvolutionLayer conf = (ConvolutionLayer) layer.conf().getLayer();
    INDArray gradient = signal.gradient();
    INDArray input = signal.input().castTo(gradient.dataType());
    if (conf.getCnn2dDataFormat() == CNN2DFormat.NHWC) {
      gradient = gradient.permute(0, 3, 1, 2);
      input = input.permute(0, 3, 1, 2);
    }
    long outputs = gradient.size(1);
    Windows windows = windows(conf, input, gradient);
    double rows = (double) gradient.size(0) * windows.positions();
    INDArray byRow = gradient.permute(0, 2, 3, 1).dup('c').reshape('c', (long) rows, outputs);
    INDArray pointwise = layer.getParam(POINTWISE);
    INDArray below = byRow.mmul(pointwise.reshape('c', outputs, pointwise.size(1)));
    INDArray between = between(conf, windows, layer.getParam(W), input, gradient);

    double scale = minibatch.lossScale();
    double[] square = Moments.meanSquare(between, 1, rows, 0, 2, 3);
    double[] mean = Moments.mean(between, rows, 0, 2, 3);
    double[] s = Moments.meanSquare(byRow, scale, rows, 0);
    Windows.InputMoments inputs = windows.moments(input);
    return Map.of(
        FactorPart.MAIN,
        layer.paramTable().containsKey(B)
            ? new RawFactors(Moments.withBias(square), s, Moments.withBias(mean))
            : new RawFactors(square, s, mean),
        DEPTHWISE,
        new RawFactors(inputs.square(), Moments.meanSquare(below, scale, rows, 0), inputs.mean()));
  }

  private static Windows windows(ConvolutionLayer conf, INDArray input, INDArray gradient) {
    return new Windows(
        IntStream.range(0, 2)
            .mapToObj(
                axis ->
                    KernelAxis.of(
                        conf,
                        axis,
                        (int) input.size(2 + axis),
                        (int) gradient.size(2 + axis),
                        false))
            .toList(),
        false);
  }

  /** What the depthwise convolution makes of the input: [batch, in * multiplier, height, width]. */
  private static INDArray between(
      ConvolutionLayer conf,
      Windows windows,
      INDArray depthwise,
      INDArray input,
      INDArray gradient) {
    INDArray result =
        Nd4j.createUninitialized(
            gradient.dataType(),
            new long[] {
              gradient.size(0),
              depthwise.size(0) * depthwise.size(1),
              gradient.size(2),
              gradient.size(3)
            },
            'c');
    KernelAxis rows = windows.axes().get(0);
    KernelAxis columns = windows.axes().get(1);
    boolean same = conf.getConvolutionMode() == ConvolutionMode.Same;
    Nd4j.exec(
        DynamicCustomOp.builder("depthwise_conv2d")
            .addInputs(input, depthwise.permute(2, 3, 1, 0))
            .addIntegerArguments(
                rows.kernel(),
                columns.kernel(),
                rows.stride(),
                columns.stride(),
                rows.padding(),
                columns.padding(),
                rows.dilation(),
                columns.dilation(),
                same ? 1 : 0,
                0) // NCHW
            .addOutputs(result)
            .build());
    return result;
  }
}
