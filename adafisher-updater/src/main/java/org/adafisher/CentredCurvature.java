package org.adafisher;

import java.util.Arrays;
import org.adafisher.curvature.KroneckerFactors;
import org.adafisher.curvature.ParameterSpan;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What {@link Centred} makes of a layer's averaged statistics.
 *
 * @param a variance of each input with its floor; the frequency of a one-hot one
 * @param meanA mean of a, guarded
 * @param h inverse of a, relative to its mean and damped
 * @param biasA a of the bias
 * @param biasH h of the bias
 * @param inverseS inverse of s, relative to its mean and damped
 * @param s mean square of each gradient
 * @param mean mean of each input
 */
record CentredCurvature(
    double[] a,
    double meanA,
    double[] h,
    double biasA,
    double biasH,
    double[] inverseS,
    double[] s,
    double[] mean) {

  static CentredCurvature of(Centred centred, Centring centring, CentredMoments.Averages averages) {
    double[] mean = averages.mean();
    double[] a = averages.variance().clone();
    if (centring != Centring.NONE) {
      for (int j = 0; j < a.length; j++) {
        a[j] += centred.eps() * (a[j] + mean[j] * mean[j]);
      }
    }
    double meanA = Arrays.stream(a).average().orElseThrow() + centred.guardIn();
    double biasA = 1 + centred.eps();
    double[] s = averages.gradientSquare();
    double meanS = Arrays.stream(s).average().orElseThrow() + centred.guardMean();
    return new CentredCurvature(
        a,
        meanA,
        Arrays.stream(a).map(x -> 1 / (x / meanA + centred.dampingIn())).toArray(),
        biasA,
        1 / (biasA / meanA + centred.dampingIn()),
        Arrays.stream(s).map(x -> 1 / (x / meanS + centred.dampingOut())).toArray(),
        s,
        mean);
  }

  /** The same with h and the inverse of s 1. */
  CentredCurvature withoutDiagonal() {
    double[] ofInputs = new double[h.length];
    double[] ofUnits = new double[inverseS.length];
    Arrays.fill(ofInputs, 1);
    Arrays.fill(ofUnits, 1);
    return new CentredCurvature(a, meanA, ofInputs, biasA, 1, ofUnits, s, mean);
  }

  /** What a user sees of it: a, with that of the bias if there is one, and s. */
  KroneckerFactors factors(boolean withBias, DataType type) {
    double[] inputs = withBias ? Arrays.copyOf(a, a.length + 1) : a;
    if (withBias) {
      inputs[a.length] = biasA;
    }
    return new KroneckerFactors(
        Nd4j.create(inputs, new long[] {inputs.length}, type),
        Nd4j.create(s, new long[] {s.length}, type));
  }

  /**
   * Writes what the momentum of weights and their bias is divided by, before the step is normalised
   * as a whole.
   *
   * @param span the weights
   * @param weights where that of the weights goes, 1-d
   * @param bias {@code null} if there is none
   * @param block where that of the bias goes, 1-d, as long as the block
   */
  void writeFisher(ParameterSpan span, INDArray weights, CentredBias bias, INDArray block) {
    long perGroup = span.outputs() / span.groups();
    DataType type = weights.dataType();
    INDArray byInput = Nd4j.create(h, new long[] {span.groups(), 1, span.inputs()}, type);
    INDArray byUnit = Nd4j.create(inverseS, new long[] {span.groups(), perGroup, 1}, type);
    weights
        .reshape('c', span.groups(), perGroup, span.inputs())
        .assign(byInput.mul(byUnit).rdivi(1));
    if (bias != null) {
      INDArray target = bias.momentum().in(block).flat();
      target.reshape('c', byUnit.shape()).assign(byUnit.mul(biasH).rdivi(1));
    }
  }

  /** The scalar of Sherman and Morrison's formula, 1 / (mean(a) + sum h mu^2). */
  double inverseScale() {
    double sum = meanA;
    for (int j = 0; j < h.length; j++) {
      sum += h[j] * mean[j] * mean[j];
    }
    return 1 / sum;
  }
}
