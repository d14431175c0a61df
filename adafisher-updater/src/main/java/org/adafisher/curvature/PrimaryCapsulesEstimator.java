package org.adafisher.curvature;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.SameDiffTap.GraphOperation;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.PrimaryCapsules;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Primary capsules: a 2-d convolution, whose outputs are taken together to capsules. */
final class PrimaryCapsulesEstimator extends SameDiffEstimator {

  private static final String WEIGHT = "weight";
  private static final String BIAS = "bias";
  private static final ConvolutionEstimator CONVOLUTION = new ConvolutionEstimator();

  @Override
  public FactorLayout layout(Layer layer) {
    INDArray weights = layer.getParam(WEIGHT); // [kernel rows, kernel columns, channels, units]
    long units = weights.size(3);
    long patch = weights.length() / units;
    boolean bias = layer.paramTable().containsKey(BIAS);
    FactorPart part =
        new FactorPart(
            FactorPart.MAIN, patch + (bias ? 1 : 0), units, 1.0 / patch, FactorPart.Kind.LINEAR);
    ParameterSpan w =
        new ParameterSpan(
            WEIGHT, FactorPart.MAIN, 0, patch, units, 1, Arrangement.of(weights, 3, 2, 0, 1));
    return new FactorLayout(
        List.of(part),
        bias ? List.of(w, new ParameterSpan(BIAS, FactorPart.MAIN, patch, 1, units)) : List.of(w));
  }

  @Override
  Pass begin(Layer layer, Minibatch minibatch) {
    Map<String, RawFactors> seen = new HashMap<>();
    return new Pass() {
      @Override
      public void onOperation(GraphOperation operation) {
        if (operation.is("conv2d_bp", 1, WEIGHT)) {
          List<INDArray> inputs = operation.inputs();
          INDArray gradient = inputs.get(inputs.size() - 1); // [batch, units, height, width]
          seen.put(FactorPart.MAIN, estimate(layer, inputs.get(0), gradient, minibatch));
        }
      }

      @Override
      public Map<String, RawFactors> raw(double lossScale) {
        return seen;
      }
    };
  }

  private static RawFactors estimate(
      Layer layer, INDArray input, INDArray gradient, Minibatch minibatch) {
    ConvolutionLayer conf = convolution((PrimaryCapsules) layer.conf().getLayer());
    Windows windows = CONVOLUTION.windows(conf, input.shape(), gradient.shape());
    double rows = (double) gradient.size(0) * windows.positions();
    Windows.InputMoments moments = windows.moments(input);
    double[] s = Moments.meanSquare(gradient, minibatch.lossScale(), rows, 0, 2, 3);
    return layer.paramTable().containsKey(BIAS)
        ? new RawFactors(Moments.withBias(moments.square()), s, Moments.withBias(moments.mean()))
        : new RawFactors(moments.square(), s, moments.mean());
  }

  private static ConvolutionLayer convolution(PrimaryCapsules conf) {
    return new ConvolutionLayer.Builder(conf.getKernelSize(), conf.getStride(), conf.getPadding())
        .dilation(conf.getDilation())
        .convolutionMode(conf.getConvolutionMode())
        .build();
  }
}
