package org.adafisher.curvature;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A 3-d convolution: weights [out, in, kd, kh, kw]. */
final class Convolution3DEstimator extends WindowEstimator {

  @Override
  ParameterSpan weights(Layer layer) {
    INDArray weights = layer.getParam(W);
    long outputs = weights.size(0);
    return new ParameterSpan(W, FactorPart.MAIN, 0, weights.length() / outputs, outputs);
  }

  @Override
  boolean channelsLast(ConvolutionLayer conf) {
    return ((Convolution3D) conf).getDataFormat() == Convolution3D.DataFormat.NDHWC;
  }
}
