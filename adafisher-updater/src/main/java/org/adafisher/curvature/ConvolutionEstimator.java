package org.adafisher.curvature;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A 2-d convolution: weights [out, in, kh, kw]. */
final class ConvolutionEstimator extends WindowEstimator {

  @Override
  ParameterSpan weights(Layer layer) {
    INDArray weights = layer.getParam(W);
    long outputs = weights.size(0);
    return new ParameterSpan(W, FactorPart.MAIN, 0, weights.length() / outputs, outputs);
  }

  @Override
  boolean channelsLast(ConvolutionLayer conf) {
    return conf.getCnn2dDataFormat() == CNN2DFormat.NHWC;
  }

  /** DL4J brings z, and so dL/dz, to channels first. */
  @Override
  boolean unitsLast(ConvolutionLayer conf) {
    return false;
  }
}
