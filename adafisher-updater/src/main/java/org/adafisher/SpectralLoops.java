package org.adafisher;

import org.adafisher.curvature.ParameterSpan;

/**
 * The step of {@link Spectral} for weights and their bias in plain loops, formula by formula, in
 * double precision: for few values, and for units that meet the inputs of their own group alone,
 * where each group has a matrix of its own.
 */
final class SpectralLoops {

  private final Spectral spectral;
  private final ParameterSpan span;
  private final int inputs;
  private final int outputs;
  private final int perGroup;
  private final int columns;
  private final int start;
  private final CentredBias bias;
  private final SpectralBlocks blocks;
  private final PolarFactor polar;

  /**
   * @param spectral the constants
   * @param span the weights
   * @param start their offset in the block
   * @param bias {@code null} if there is none
   */
  SpectralLoops(Spectral spectral, ParameterSpan span, long start, CentredBias bias) {
    this.spectral = spectral;
    this.span = span;
    this.inputs = Math.toIntExact(span.inputs());
    this.outputs = Math.toIntExact(span.outputs());
    this.perGroup = Math.toIntExact(span.outputs() / span.groups());
    this.columns = inputs + (bias == null ? 0 : 1);
    this.start = Math.toIntExact(start);
    this.bias = bias;
    this.blocks = SpectralBlocks.of(perGroup, columns, spectral.blockSize());
    this.polar = new PolarFactor(spectral.iterations(), spectral.guardTrace());
  }

  /**
   * @param curvature of the weights; mean, a and h of one group's inputs after the other's
   * @param scale of the layer's step
   * @param largest number of the data type: a momentum whose square is beyond that has no step
   * @param step its rate and count
   * @param momentum of the block
   * @param gradient of the block: the step takes its place
   */
  void apply(
      CentredCurvature curvature,
      double scale,
      double largest,
      Step step,
      double[] momentum,
      double[] gradient) {
    double[] biasStep = new double[bias == null ? 0 : outputs];
    double largestTrace = 0;
    for (int group = 0; group < span.groups(); group++) {
      for (SpectralBlocks.Rows rows : blocks.all()) {
        double trace = direct(curvature, group, rows, step, momentum, gradient, biasStep);
        largestTrace = Math.max(largestTrace, trace); // NaN stays
      }
    }
    boolean overflow = !(largestTrace <= largest) && isFinite(momentum);
    double square = square(curvature, gradient, biasStep);
    double rate = overflow ? 0 : step.learningRate() * scale / spectral.norm(square, step.beta());
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

  /**
   * U and u of some rows of a group's matrix.
   *
   * @return the trace of their Gram matrix
   */
  private double direct(
      CentredCurvature curvature,
      int group,
      SpectralBlocks.Rows rows,
      Step step,
      double[] momentum,
      double[] gradient,
      double[] biasStep) {
    boolean byUnit = blocks.byUnit();
    int firstUnit = group * perGroup + (byUnit ? rows.from() : 0);
    int lastUnit = group * perGroup + (byUnit ? rows.to() : perGroup);
    int firstColumn = byUnit ? 0 : rows.from();
    int lastColumn = byUnit ? columns : rows.to();
    double[] rootH = new double[columns];
    double[] mean = new double[columns];
    for (int j = 0; j < inputs; j++) {
      rootH[j] = Math.sqrt(curvature.h()[group * inputs + j]);
      mean[j] = curvature.mean()[group * inputs + j];
    }
    if (bias != null) {
      rootH[inputs] = Math.sqrt(curvature.biasH());
    }

    int lines = byUnit ? columns : perGroup;
    double[][] transposed = new double[lines][rows.count()];
    for (int k = firstUnit; k < lastUnit; k++) {
      double rootS = Math.sqrt(curvature.inverseS()[k]) / step.correction();
      double ofBias = bias == null ? 0 : momentum[bias.momentum().start() + k];
      for (int j = firstColumn; j < lastColumn; j++) {
        double m = j == inputs ? ofBias : momentum[start + k * inputs + j] - ofBias * mean[j];
        double white = m * rootS * rootH[j];
        if (byUnit) {
          transposed[j][k - firstUnit] = white;
        } else {
          transposed[k - firstUnit][j - firstColumn] = white;
        }
      }
    }
    double[][] factor = new double[rows.count()][rows.count()];
    PolarFactor.gram(transposed, factor);
    double trace = polar.apply(factor, 1);
    for (int t = 0; t < lines; t++) {
      double[] line = new double[rows.count()];
      PolarFactor.sumOfRows(transposed[t], factor, line, 0);
      transposed[t] = line;
    }
    for (int k = firstUnit; k < lastUnit; k++) {
      double rootS = Math.sqrt(curvature.inverseS()[k]);
      for (int j = firstColumn; j < lastColumn; j++) {
        double o =
            byUnit ? transposed[j][k - firstUnit] : transposed[k - firstUnit][j - firstColumn];
        double u = o * rootS * rootH[j];
        if (j == inputs) {
          biasStep[k] = u;
        } else {
          gradient[start + k * inputs + j] = u;
        }
      }
    }
    return trace;
  }

  /** q(U, u). */
  private double square(CentredCurvature curvature, double[] gradient, double[] biasStep) {
    double square = 0;
    for (int k = 0; k < outputs; k++) {
      int group = k / perGroup * inputs;
      double meanOutput = 0;
      for (int j = 0; j < inputs; j++) {
        double u = gradient[start + k * inputs + j];
        square += curvature.a()[group + j] * u * u;
        meanOutput += u * curvature.mean()[group + j];
      }
      square +=
          bias == null ? meanOutput * meanOutput : curvature.biasA() * biasStep[k] * biasStep[k];
    }
    return square / outputs;
  }

  private boolean isFinite(double[] momentum) {
    double size = 0;
    for (int i = start; i < start + outputs * inputs; i++) {
      size += Math.abs(momentum[i]);
    }
    for (int k = 0; bias != null && k < outputs; k++) {
      size += Math.abs(momentum[bias.momentum().start() + k]);
    }
    return Double.isFinite(size);
  }
}
