package org.adafisher.curvature;

import java.util.List;
import java.util.Map;
import org.adafisher.capture.LayerSignal;
import org.adafisher.capture.Minibatch;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution over time: weights that DL4J calls [out, in, k, 1] but uses as [k, in, out].
 *
 * <p>Output steps that are masked do not count. DL4J hands a mask of the features past the layer,
 * so that it has one only from a wrapper or {@code setMaskArray}.
 *
 * <p>None for {@link RNNFormat#NWC}: DL4J's backward pass fails on it, or, if there are as many
 * steps as channels, gives a gradient of something else.
 */
final class Convolution1DEstimator extends WindowEstimator {

  @Override
  public FactorLayout layout(Layer layer) {
    Convolution1DLayer conf = (Convolution1DLayer) layer.conf().getLayer();
    return conf.getRnnDataFormat() == RNNFormat.NWC
        ? new FactorLayout(List.of(), List.of())
        : super.layout(layer);
  }

  @Override
  ParameterSpan weights(Layer layer) {
    INDArray weights = layer.getParam(W);
    long outputs = weights.size(0);
    long inputs = weights.size(1);
    long kernel = weights.size(2);
    return new ParameterSpan(
        W,
        FactorPart.MAIN,
        0,
        inputs * kernel,
        outputs,
        1,
        new Arrangement(List.of(kernel, inputs, outputs), List.of(2, 1, 0)));
  }

  @Override
  public Map<String, RawFactors> estimate(LayerSignal signal, Minibatch minibatch) {
    return signal.mask() == null ? super.estimate(signal, minibatch) : masked(signal, minibatch);
  }

  /**
   * Which positions count differs from example to example: none are summed over the batch first.
   */
  private Map<String, RawFactors> masked(LayerSignal signal, Minibatch minibatch) {
    Layer layer = signal.layer();
    INDArray gradient = signal.gradient();
    INDArray input = signal.input().castTo(gradient.dataType());
    long batch = input.size(0);
    INDArray counts =
        layer
            .feedForwardMaskArray(signal.mask(), MaskState.Active, (int) batch)
            .getFirst()
            .neq(0)
            .castTo(gradient.dataType());
    double rows = counts.sumNumber().doubleValue();
    if (rows == 0) {
      return Map.of();
    }
    ConvolutionLayer conf = (ConvolutionLayer) layer.conf().getLayer();
    KernelAxis time = windows(conf, input.shape(), gradient.shape()).axes().get(0);
    INDArray met = time.met(counts.dup('c').data().asDouble(), gradient.dataType());
    INDArray byChannel =
        input.permute(1, 0, 2).dup('c').reshape('c', input.size(1), batch * input.size(2));
    double[] mean = perRow(byChannel, met, rows);
    double[] square = perRow(byChannel.mul(byChannel), met, rows);
    double[] s =
        Moments.meanSquare(
            gradient.mul(counts.reshape(batch, 1, gradient.size(2))),
            minibatch.lossScale(),
            rows,
            0,
            2);
    return Map.of(
        FactorPart.MAIN,
        layer.paramTable().containsKey(B)
            ? new RawFactors(Moments.withBias(square), s, Moments.withBias(mean))
            : new RawFactors(square, s, mean));
  }

  /** [channels * kernel]. */
  private static double[] perRow(INDArray byChannel, INDArray met, double rows) {
    return byChannel.mmul(met).divi(rows).dup('c').data().asDouble();
  }

  @Override
  boolean channelsLast(ConvolutionLayer conf) {
    return false;
  }
}
