package org.adafisher.curvature;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.adafisher.capture.LayerSignal;
import org.adafisher.capture.Minibatch;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions with one weight array and perhaps a bias: a row is an output position of an example,
 * an input one of (channel, kernel element). The kinds differ in how DL4J lays out their arrays.
 */
abstract class WindowEstimator implements FactorEstimator.FromSignal {

  static final String W = ConvolutionParamInitializer.WEIGHT_KEY;
  static final String B = ConvolutionParamInitializer.BIAS_KEY;

  /**
   * @param layer of this kind
   * @return how its weights meet the factors
   */
  abstract ParameterSpan weights(Layer layer);

  /**
   * @param conf of a layer of this kind
   * @return whether the channels come last in its input
   */
  abstract boolean channelsLast(ConvolutionLayer conf);

  /** The same of dL/dz: as in the input, unless the layer sees to it. */
  boolean unitsLast(ConvolutionLayer conf) {
    return channelsLast(conf);
  }

  /** Whether a kernel element carries an input to an output rather than fetches it. */
  boolean isTransposed() {
    return false;
  }

  @Override
  public FactorLayout layout(Layer layer) {
    ParameterSpan w = weights(layer);
    long inputs = w.groups() * w.inputs();
    boolean bias = layer.paramTable().containsKey(B);
    FactorPart part =
        new FactorPart(
            FactorPart.MAIN,
            inputs + (bias ? 1 : 0),
            w.outputs(),
            1.0 / w.inputs(),
            FactorPart.Kind.LINEAR);
    return new FactorLayout(
        List.of(part),
        bias
            ? List.of(new ParameterSpan(B, FactorPart.MAIN, inputs, 1, w.outputs()), w)
            : List.of(w));
  }

  @Override
  public Map<String, RawFactors> estimate(LayerSignal signal, Minibatch minibatch) {
    Layer layer = signal.layer();
    ConvolutionLayer conf = (ConvolutionLayer) layer.conf().getLayer();
    INDArray gradient = signal.gradient();
    INDArray input = signal.input().castTo(gradient.dataType());
    Windows windows = windows(conf, input.shape(), gradient.shape());
    double rows = (double) input.size(0) * windows.positions();
    int unitAxis = unitsLast(conf) ? gradient.rank() - 1 : 1;
    double[] s =
        Moments.meanSquare(
            gradient, minibatch.lossScale(), rows, Windows.allBut(unitAxis, gradient.rank()));
    Windows.InputMoments inputs = windows.moments(input);
    return Map.of(
        FactorPart.MAIN,
        layer.paramTable().containsKey(B)
            ? new RawFactors(Moments.withBias(inputs.square()), s, Moments.withBias(inputs.mean()))
            : new RawFactors(inputs.square(), s, inputs.mean()));
  }

  /**
   * @param conf of a layer of this kind
   * @param input shape of its input
   * @param gradient shape of its dL/dz
   * @return what its kernel meets
   */
  Windows windows(ConvolutionLayer conf, long[] input, long[] gradient) {
    int firstInput = channelsLast(conf) ? 1 : 2;
    int firstOutput = unitsLast(conf) ? 1 : 2;
    return new Windows(
        IntStream.range(0, input.length - 2)
            .mapToObj(
                axis ->
                    KernelAxis.of(
                        conf,
                        axis,
                        (int) input[firstInput + axis],
                        (int) gradient[firstOutput + axis],
                        isTransposed()))
            .toList(),
        channelsLast(conf));
  }
}
