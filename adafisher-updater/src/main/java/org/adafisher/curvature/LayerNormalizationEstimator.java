package org.adafisher.curvature;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.adafisher.capture.Minibatch;
import org.adafisher.layers.LayerNormalization;
import org.adafisher.layers.Positions;
import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer normalisation's gain and shift, as the authors' code has them: H from {@link NormInputs},
 * S = (gradient of the shift)^2 / batch. Time steps are the authors' tokens, and so are the places
 * of an image, of which their code knows nothing. All of it is at hand after the pass.
 */
final class LayerNormalizationEstimator implements FactorEstimator.FromGradient {

  private static final String GAIN = LayerNormalization.GAIN;
  private static final String SHIFT = LayerNormalization.SHIFT;

  @Override
  public FactorLayout layout(Layer layer) {
    long features = layer.getParam(GAIN).length();
    return new FactorLayout(
        List.of(FactorPart.ofNormalization(FactorPart.MAIN, features)),
        List.of(
            new ParameterSpan(GAIN, FactorPart.MAIN, 0, 1, features),
            new ParameterSpan(SHIFT, FactorPart.MAIN, 1, 1, features)));
  }

  @Override
  public Map<String, RawFactors> estimate(
      Layer layer, Function<String, INDArray> parameterGradient, Minibatch minibatch) {
    INDArray shift = parameterGradient.apply(SHIFT);
    INDArray input =
        Positions.featuresLast(
            layer.input().castTo(shift.dataType()),
            ((LayerNormalization) layer.conf().getLayer()).isChannelsLast());
    long features = shift.length();
    long rows = input.length() / features;
    INDArray values = input.dup('c').reshape('c', rows, features);
    INDArray counts = null;
    if (layer.getMaskArray() != null) {
      counts = Positions.column(layer.getMaskArray(), input);
      if (counts.maxNumber().doubleValue() == 0) {
        return Map.of();
      }
      values.muliColumnVector(counts);
    }
    long batch = minibatch.examples();
    long tokens = rows / batch;
    double[] h;
    if (input.rank() == 2) {
      h =
          tokens <= 1
              ? NormInputs.ofFeatures(values.sum(0), batch)
              // DL4J lays the rows of a time series out step by step.
              : NormInputs.ofTokens(
                  values.reshape('c', tokens, batch, features).sum(1, 2).reshape(tokens),
                  NormInputs.present(counts, tokens, batch, 1),
                  features,
                  batch);
    } else {
      h =
          NormInputs.ofTokens(
              values.reshape('c', batch, tokens, features).sum(0, 2).reshape(tokens),
              NormInputs.present(counts, tokens, batch, 0),
              features,
              batch);
    }
    return Map.of(
        FactorPart.MAIN,
        new RawFactors(
            h, Moments.meanSquare(shift.reshape(1, -1), minibatch.lossScale(), batch, 0)));
  }
}
