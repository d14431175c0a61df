package org.adafisher.curvature;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.adafisher.capture.LayerSignal;
import org.adafisher.capture.Minibatch;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An embedding is a dense layer on one-hot inputs, never written out: the mean of an input, and of
 * its square, is how frequent its index is. A row is an index; masked ones are left out.
 */
final class EmbeddingEstimator implements FactorEstimator.FromSignal {

  private static final String W = DefaultParamInitializer.WEIGHT_KEY;
  private static final String B = DefaultParamInitializer.BIAS_KEY;

  @Override
  public FactorLayout layout(Layer layer) {
    long indices = layer.getParam(W).size(0);
    long outputs = layer.getParam(W).size(1);
    ParameterSpan w = new ParameterSpan(W, FactorPart.MAIN, 0, indices, outputs);
    boolean bias = layer.paramTable().containsKey(B);
    return new FactorLayout(
        List.of(
            new FactorPart(
                FactorPart.MAIN, indices + (bias ? 1 : 0), outputs, 1.0, FactorPart.Kind.ONE_HOT)),
        bias ? List.of(w, new ParameterSpan(B, FactorPart.MAIN, indices, 1, outputs)) : List.of(w));
  }

  @Override
  public Map<String, RawFactors> estimate(LayerSignal signal, Minibatch minibatch) {
    Layer layer = signal.layer();
    long[] indices = signal.input().dup('c').data().asLong();
    INDArray gradient = byRow(signal);
    double rows = indices.length;
    double[] counts = new double[indices.length];
    Arrays.fill(counts, 1);
    if (signal.mask() != null) {
      double[] mask = signal.mask().dup('c').data().asDouble();
      Arrays.setAll(counts, row -> mask[row] == 0 ? 0 : 1);
      rows = Arrays.stream(counts).sum();
      if (rows == 0) {
        return Map.of();
      }
      gradient =
          gradient.mulColumnVector(
              Nd4j.create(counts, new long[] {counts.length, 1}, gradient.dataType()));
    }
    double[] frequency = new double[Math.toIntExact(layer.getParam(W).size(0))];
    for (int row = 0; row < indices.length; row++) {
      frequency[(int) indices[row]] += counts[row];
    }
    for (int index = 0; index < frequency.length; index++) {
      frequency[index] /= rows;
    }
    double[] h = layer.paramTable().containsKey(B) ? Moments.withBias(frequency) : frequency;
    double[] s = Moments.meanSquare(gradient, minibatch.lossScale(), rows, 0);
    return Map.of(FactorPart.MAIN, new RawFactors(h, s, h));
  }

  /** The gradient as [rows, units], in the order of the indices and of the mask. */
  private static INDArray byRow(LayerSignal signal) {
    INDArray gradient = signal.gradient();
    if (gradient.rank() == 2) {
      return gradient;
    }
    boolean stepsLast =
        signal.layer().conf().getLayer() instanceof EmbeddingSequenceLayer sequence
            && sequence.getOutputFormat() == RNNFormat.NCW;
    INDArray rows = stepsLast ? gradient.permute(0, 2, 1) : gradient;
    return rows.dup('c').reshape('c', rows.size(0) * rows.size(1), rows.size(2));
  }
}
