package org.adafisher;

import java.util.Arrays;
import org.adafisher.curvature.KroneckerFactors;
import org.nd4j.linalg.api.buffer.DataType;
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

  /** The scalar of Sherman and Morrison's formula, 1 / (mean(a) + sum h mu^2). */
  double inverseScale() {
    double sum = meanA;
    for (int j = 0; j < h.length; j++) {
      sum += h[j] * mean[j] * mean[j];
    }
    return 1 / sum;
  }
}
