package org.adafisher;

import org.adafisher.curvature.ParameterSpan;

/**
 * The step of {@link Centred} for weights and their bias in plain loops, formula by formula, in
 * double precision: for blocks of so few values that starting ND4J's operations would take longer.
 * Units may meet the inputs of their own group alone.
 */
final class CentredLoops {

  private final Centring centring;
  private final ParameterSpan span;
  private final int inputs;
  private final int outputs;
  private final int perGroup;
  private final int start;
  private final CentredBias bias;
  private final Normaliser normaliser;

  /**
   * @param centring by the bias if there is one
   * @param span the weights
   * @param start their offset in the block
   * @param bias {@code null} if there is none
   * @param normaliser of both
   */
  CentredLoops(
      Centring centring, ParameterSpan span, long start, CentredBias bias, Normaliser normaliser) {
    this.centring = centring;
    this.span = span;
    this.inputs = Math.toIntExact(span.inputs());
    this.outputs = Math.toIntExact(span.outputs());
    this.perGroup = Math.toIntExact(span.outputs() / span.groups());
    this.start = Math.toIntExact(start);
    this.bias = bias;
    this.normaliser = normaliser;
  }

  /**
   * @param curvature of the weights; mean, a and h of one group's inputs after the other's
   * @param step its rate and count
   * @param momentum of the block
   * @param gradient of the block: the step takes its place
   */
  void apply(CentredCurvature curvature, Step step, double[] momentum, double[] gradient) {
    double[] biasStep = new double[bias == null ? 0 : outputs];
    double[] row = new double[inputs]; // loops over one index of short arrays are vectorized
    double[] mean = new double[inputs];
    double[] a = new double[inputs];
    double[] h = new double[inputs];
    double[] hMean = new double[inputs];
    double inverseScale = 0;
    double square = 0;
    double size = 0;
    for (int k = 0; k < outputs; k++) {
      if (k % perGroup == 0) {
        int group = k / perGroup * inputs;
        System.arraycopy(curvature.mean(), group, mean, 0, inputs);
        System.arraycopy(curvature.a(), group, a, 0, inputs);
        System.arraycopy(curvature.h(), group, h, 0, inputs);
        for (int j = 0; j < inputs; j++) {
          hMean[j] = h[j] * mean[j];
        }
        inverseScale = 1 / (curvature.meanA() + dot(hMean, mean));
      }
      System.arraycopy(momentum, start + k * inputs, row, 0, inputs);
      double s = curvature.inverseS()[k] / step.correction();
      double along = 0; // how much of the mean is in this unit's weights
      switch (centring) {
        case BY_BIAS -> {
          along = momentum[bias.momentum().start() + k];
          biasStep[k] = along * s * curvature.biasH();
          square += curvature.biasA() * biasStep[k] * biasStep[k];
          size += Math.abs(along);
        }
        case BY_INVERSE -> {
          along = dot(row, hMean) * inverseScale;
          // U mu, which as a sum would be a difference of two nearly equal ones.
          double meanOutput = s * along * curvature.meanA();
          square += meanOutput * meanOutput;
        }
        case NONE -> {}
      }
      double sum = 0;
      for (int j = 0; j < inputs; j++) {
        size += Math.abs(row[j]);
        row[j] = (row[j] - along * mean[j]) * h[j] * s;
      }
      for (int j = 0; j < inputs; j++) {
        sum += a[j] * row[j] * row[j];
      }
      square += sum;
      System.arraycopy(row, 0, gradient, start + k * inputs, inputs);
    }
    square /= outputs;
    double r = normaliser.update(square, step);
    double rate = normaliser.isOverflow(square, size) ? 0 : step.learningRate() / r;
    for (int i = start; i < start + outputs * inputs; i++) {
      gradient[i] = rate == 0 ? 0 : rate * gradient[i];
    }
    if (bias != null) {
      for (int k = 0; k < outputs; k++) {
        biasStep[k] = rate == 0 ? 0 : rate * biasStep[k];
      }
      bias.move(step, span, start, curvature.mean(), biasStep, gradient);
    }
  }

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int j = 0; j < x.length; j++) {
      sum += x[j] * y[j];
    }
    return sum;
  }
}
