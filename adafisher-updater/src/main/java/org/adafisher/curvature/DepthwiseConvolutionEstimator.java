package org.adafisher.curvature;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A depthwise convolution: weights [kh, kw, in, multiplier]; the units of an input channel are next
 * to each other and meet that channel alone.
 */
final class DepthwiseConvolutionEstimator extends WindowEstimator {

  @Override
  ParameterSpan weights(Layer layer) {
    INDArray weights = layer.getParam(W);
    long channels = weights.size(2);
    return new ParameterSpan(
        W,
        FactorPart.MAIN,
        0,
        weights.size(0) * weights.size(1),
        channels * weights.size(3),
        channels,
        Arrangement.of(weights, 2, 3, 0, 1));
  }

  @Override
  boolean channelsLast(ConvolutionLayer conf) {
    return conf.getCnn2dDataFormat() == CNN2DFormat.NHWC;
  }
}
