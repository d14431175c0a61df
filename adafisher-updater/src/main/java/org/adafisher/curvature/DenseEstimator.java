package org.adafisher.curvature;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.adafisher.capture.LayerSignal;
import org.adafisher.capture.Minibatch;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.LayerNormBp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * z = W x + b: dense and output layers, and auto-encoders in a supervised pass. A row is an
 * example, or an example's time step; masked ones are left out.
 *
 * <p>With {@code hasLayerNorm}, z = norm(W x) * g + b: W meets the gradient below the normalisation
 * and has no bias; g and b are the scale and shift of a layer normalisation.
 */
final class DenseEstimator implements FactorEstimator.FromSignal {

  private static final String W = DefaultParamInitializer.WEIGHT_KEY;
  private static final String B = DefaultParamInitializer.BIAS_KEY;
  private static final String G = DefaultParamInitializer.GAIN_KEY;

  @Override
  public FactorLayout layout(Layer layer) {
    INDArray weights = layer.getParam(W);
    long inputs = weights.size(0);
    long outputs = weights.size(1);
    boolean bias = layer.paramTable().containsKey(B);
    List<FactorPart> parts = new ArrayList<>();
    List<ParameterSpan> spans = new ArrayList<>();
    if (layer.paramTable().containsKey(G)) {
      parts.add(FactorPart.of(FactorPart.MAIN, inputs, outputs));
      parts.add(FactorPart.ofNormalization(FactorPart.LAYER_NORM, outputs));
      spans.add(new ParameterSpan(W, FactorPart.MAIN, 0, inputs, outputs));
      spans.add(new ParameterSpan(G, FactorPart.LAYER_NORM, 0, 1, outputs));
      if (bias) {
        spans.add(new ParameterSpan(B, FactorPart.LAYER_NORM, 1, 1, outputs));
      }
    } else {
      parts.add(FactorPart.of(FactorPart.MAIN, inputs + (bias ? 1 : 0), outputs));
      spans.add(new ParameterSpan(W, FactorPart.MAIN, 0, inputs, outputs));
      if (bias) {
        spans.add(new ParameterSpan(B, FactorPart.MAIN, inputs, 1, outputs));
      }
    }
    return new FactorLayout(parts, spans);
  }

  @Override
  public Map<String, RawFactors> estimate(LayerSignal signal, Minibatch minibatch) {
    Layer layer = signal.layer();
    INDArray gradient = signal.gradient();
    INDArray input = signal.input().castTo(gradient.dataType());
    double rows = input.size(0);
    INDArray counts = null;
    if (signal.mask() != null) {
      counts = countingRows(signal.mask()).castTo(input.dataType());
      rows = counts.sumNumber().doubleValue();
      if (rows == 0) {
        return Map.of();
      }
      input = input.mulColumnVector(counts);
      gradient = gradient.mulColumnVector(counts);
    }
    if (layer.paramTable().containsKey(G)) {
      return withLayerNorm(layer, input, gradient, counts, rows, minibatch);
    }
    double[] mean = Moments.mean(input, rows, 0);
    double[] h = Moments.meanSquare(input, 1, rows, 0);
    double[] s = Moments.meanSquare(gradient, minibatch.lossScale(), rows, 0);
    boolean bias = layer.paramTable().containsKey(B);
    return Map.of(
        FactorPart.MAIN,
        bias
            ? new RawFactors(Moments.withBias(h), s, Moments.withBias(mean))
            : new RawFactors(h, s, mean));
  }

  private static Map<String, RawFactors> withLayerNorm(
      Layer layer,
      INDArray input,
      INDArray gradient,
      INDArray counts,
      double rows,
      Minibatch minibatch) {
    INDArray weights = layer.getParam(W);
    INDArray gain = layer.getParam(G);
    INDArray below = Nd4j.createUninitialized(gradient.dataType(), gradient.shape(), 'c');
    INDArray gainGradient = gain.ulike();
    Nd4j.exec(
        new LayerNormBp(
            input.mmul(weights), gain, gradient.dup('c'), below, gainGradient, true, 1));

    Map<String, RawFactors> result = new HashMap<>();
    result.put(
        FactorPart.MAIN,
        new RawFactors(
            Moments.meanSquare(input, 1, rows, 0),
            Moments.meanSquare(below, minibatch.lossScale(), rows, 0),
            Moments.mean(input, rows, 0)));
    result.put(
        FactorPart.LAYER_NORM,
        new RawFactors(
            normInputs(input, counts, weights, minibatch.examples()),
            Moments.meanSquare(
                gradient.sum(0).reshape(1, -1), minibatch.lossScale(), minibatch.examples(), 0)));
    return result;
  }

  /** From the sums of the normalisation's input z = x W alone. */
  private static double[] normInputs(
      INDArray input, INDArray counts, INDArray weights, long batch) {
    long steps = input.size(0) / batch;
    if (steps <= 1) {
      return NormInputs.ofFeatures(input.sum(0).reshape(1, -1).mmul(weights), batch);
    }
    // DL4J lays the rows of a time series out step by step.
    INDArray perStep = input.dup('c').reshape('c', steps, batch, input.size(1)).sum(1);
    return NormInputs.ofTokens(
        perStep.reshape(steps, -1).mmul(weights.sum(1).reshape(-1, 1)),
        NormInputs.present(counts, steps, batch, 1),
        weights.size(1),
        batch);
  }

  /** 1 for each row of which anything is unmasked. */
  private static INDArray countingRows(INDArray mask) {
    INDArray present = mask.neq(0).castTo(DataType.FLOAT);
    return mask.isColumnVectorOrScalar() ? present : present.max(1).reshape(-1, 1);
  }
}
