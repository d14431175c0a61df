package org.adafisher.curvature;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.adafisher.capture.Minibatch;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Batch normalisation's gamma and beta, as the authors' code has them: H = [sum over channels of
 * (sum of the input / positions^2)^2, channels] / batch^2, S = (gradient of beta)^2 / batch. The
 * layer calls no activation function, so there is nothing to tap; all of it is at hand after the
 * pass.
 */
final class BatchNormalizationEstimator implements FactorEstimator.FromGradient {

  private static final String GAMMA = BatchNormalizationParamInitializer.GAMMA;
  private static final String BETA = BatchNormalizationParamInitializer.BETA;

  @Override
  public FactorLayout layout(Layer layer) {
    if (!layer.paramTable().containsKey(GAMMA)) { // locked
      return new FactorLayout(List.of(), List.of());
    }
    long channels = layer.getParam(GAMMA).length();
    return new FactorLayout(
        List.of(FactorPart.ofNormalization(FactorPart.MAIN, channels)),
        List.of(
            new ParameterSpan(GAMMA, FactorPart.MAIN, 0, 1, channels),
            new ParameterSpan(BETA, FactorPart.MAIN, 1, 1, channels)));
  }

  @Override
  public String approximation() {
    return "the authors' formula, from sums over positions";
  }

  @Override
  public Map<String, RawFactors> estimate(
      Layer layer, Function<String, INDArray> parameterGradient, Minibatch minibatch) {
    INDArray beta = parameterGradient.apply(BETA);
    INDArray input = layer.input().castTo(beta.dataType());
    BatchNormalization conf = (BatchNormalization) layer.conf().getLayer();
    boolean channelsLast = input.rank() == 4 && conf.getCnn2DFormat() == CNN2DFormat.NHWC;
    double batch = input.size(0);
    double channels = beta.length();
    double positions = input.length() / (batch * channels);
    INDArray sums =
        input.rank() == 2 ? input.sum(0) : channelsLast ? input.sum(0, 1, 2) : input.sum(0, 2, 3);
    double squaredBatch = batch * batch;
    double scaled = Moments.sumOfSquares(sums) / (positions * positions * positions * positions);
    return Map.of(
        FactorPart.MAIN,
        new RawFactors(
            new double[] {scaled / squaredBatch, channels / squaredBatch},
            Moments.meanSquare(beta.reshape(1, -1), minibatch.lossScale(), batch, 0)));
  }
}
