package org.adafisher.curvature;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A 2-d transposed convolution: weights [in, out, kh, kw]. */
final class DeconvolutionEstimator extends WindowEstimator {

  @Override
  ParameterSpan weights(Layer layer) {
    INDArray weights = layer.getParam(W);
    long outputs = weights.size(1);
    return new ParameterSpan(
        W,
        FactorPart.MAIN,
        0,
        weights.length() / outputs,
        outputs,
        1,
        Arrangement.of(weights, 1, 0, 2, 3));
  }

  @Override
  boolean channelsLast(ConvolutionLayer conf) {
    return conf.getCnn2dDataFormat() == CNN2DFormat.NHWC;
  }

  @Override
  boolean isTransposed() {
    return true;
  }
}
