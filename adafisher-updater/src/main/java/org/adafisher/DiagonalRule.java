package org.adafisher;

import java.util.Map;
import org.adafisher.curvature.HostVectors;
import org.adafisher.curvature.KroneckerFactors;
import org.adafisher.curvature.RawFactors;
import org.nd4j.linalg.api.blas.Level1;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The rule of {@link Centred} for a parameter without factors:
 *
 * <pre>
 * f = E[gradient^2]     D = 1 / (f / mean(f) + dampingRest)     w = w - lrRest lr / r D M
 * </pre>
 *
 * <p>State: f, not corrected for its start at 0 [n], and the normaliser [1].
 */
final class DiagonalRule implements CentredPiece {

  private final Centred centred;
  private final ParameterView momentum;
  private final ParameterView gradient;
  private final INDArray squares;
  private final Normaliser normaliser;

  /**
   * @param centred the constants
   * @param start offset of the parameter in the block
   * @param length of the parameter
   * @param state {@link #stateSize} values
   */
  DiagonalRule(Centred centred, long start, long length, INDArray state) {
    this.centred = centred;
    this.momentum = new ParameterView(start, length);
    this.gradient = new ParameterView(start, length);
    this.squares = state.get(NDArrayIndex.interval(0, length));
    this.normaliser = new Normaliser(centred, state.get(NDArrayIndex.interval(length, length + 1)));
  }

  static long stateSize(long length) {
    return length + 1;
  }

  @Override
  public void refresh(Map<String, RawFactors> statistics) {
    // It sees every gradient anyway.
  }

  @Override
  public void apply(Step step) {
    INDArray m = momentum.of(step.momentum()).flat();
    INDArray g = gradient.of(step.gradient()).flat();
    long n = g.length();
    Level1 blas = Nd4j.getBlasWrapper().level1();
    if (Double.isFinite(blas.dot(n, 1, g, g))) {
      g.muli(g);
      blas.scal(n, centred.rho(), squares);
      blas.axpy(n, 1 - centred.rho(), g, squares);
    }
    double started = 1 - Math.pow(centred.rho(), step.count());
    double meanSquare = blas.asum(squares) / n / started + centred.guardMean();
    // The gradient has served: 1 / D is written over it.
    g.assign(centred.dampingRest());
    blas.axpy(n, 1 / (started * meanSquare), squares, g);
    m.divi(g, g);
    double square = blas.dot(n, 1, g, g) / n / (step.correction() * step.correction());
    double r = normaliser.update(square, step);
    if (normaliser.isOverflow(square, m)) {
      g.assign(0);
    } else {
      blas.scal(n, centred.lrRest() * step.learningRate() / r / step.correction(), g);
    }
  }

  @Override
  public void apply(Step step, double[] momentum, double[] gradient) {
    int n = Math.toIntExact(squares.length());
    int start = this.momentum.start();
    double[] f = HostVectors.readDoubles(squares);
    double gradientSquare = 0;
    for (int i = 0; i < n; i++) {
      gradientSquare += gradient[start + i] * gradient[start + i];
    }
    if (normaliser.holds(gradientSquare)) {
      for (int i = 0; i < n; i++) {
        f[i] =
            centred.rho() * f[i] + (1 - centred.rho()) * gradient[start + i] * gradient[start + i];
      }
      HostVectors.write(f, squares);
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += f[i];
    }
    double started = 1 - Math.pow(centred.rho(), step.count());
    double meanSquare = sum / n / started + centred.guardMean();
    double square = 0;
    double size = 0;
    for (int i = 0; i < n; i++) {
      double m = momentum[start + i] / step.correction();
      double preconditioned = m / (f[i] / started / meanSquare + centred.dampingRest());
      gradient[start + i] = preconditioned;
      square += preconditioned * preconditioned;
      size += Math.abs(m);
    }
    double r = normaliser.update(square / n, step);
    double rate =
        normaliser.isOverflow(square, size) ? 0 : centred.lrRest() * step.learningRate() / r;
    for (int i = 0; i < n; i++) {
      gradient[start + i] = rate == 0 ? 0 : rate * gradient[start + i];
    }
  }

  @Override
  public void fisher(INDArray block) {
    // The correction for the start at 0 cancels.
    double mean = Nd4j.getBlasWrapper().level1().asum(squares) / squares.length();
    INDArray target = momentum.in(block).flat();
    target.assign(squares).divi(mean + centred.guardMean()).addi(centred.dampingRest());
  }

  @Override
  public Map<String, KroneckerFactors> factors() {
    return Map.of();
  }

  @Override
  public boolean hasFactors() {
    return false;
  }
}
