package org.adafisher.curvature;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A 3-d transposed convolution: weights [kd, kh, kw, out, in]. */
final class Deconvolution3DEstimator extends WindowEstimator {

  @Override
  ParameterSpan weights(Layer layer) {
    INDArray weights = layer.getParam(W);
    long outputs = weights.size(3);
    return new ParameterSpan(
        W,
        FactorPart.MAIN,
        0,
        weights.length() / outputs,
        outputs,
        1,
        Arrangement.of(weights, 3, 4, 0, 1, 2));
  }

  @Override
  boolean channelsLast(ConvolutionLayer conf) {
    return ((Deconvolution3D) conf).getDataFormat() == Convolution3D.DataFormat.NDHWC;
  }

  @Override
  boolean isTransposed() {
    return true;
  }
}
