package org.adafisher.curvature;

import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution over time: weights that DL4J calls [out, in, k, 1] but uses as [k, in, out].
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
  boolean channelsLast(ConvolutionLayer conf) {
    return false;
  }
}
