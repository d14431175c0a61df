package org.adafisher;

import java.util.List;
import java.util.Map;
import org.adafisher.capture.Workspaces;
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
 * <p>Under {@link Spectral} lrRest is that of vectors; other parameters have the whole rate.
 *
 * <p>State: f, not corrected for its start at 0 [n], and the normaliser [1].
 */
final class DiagonalRule implements CentredPiece {

  private final Centred centred;
  private final ParameterView momentum;
  private final ParameterView gradient;
  private final INDArray squares;
  private final Normaliser normaliser;
  private final double share;
  private final DeviceState state;

  /** The next squares, which are taken once the gradient's are known to be finite. */
  private INDArray candidate;

  /**
   * @param centred the constants
   * @param start offset of the parameter in the block
   * @param length of the parameter
   * @param share of the rate at which it steps
   * @param state {@link #stateSize} values
   */
  DiagonalRule(Centred centred, long start, long length, double share, INDArray state) {
    this.centred = centred;
    this.momentum = new ParameterView(start, length);
    this.gradient = new ParameterView(start, length);
    this.share = share;
    this.squares = state.get(NDArrayIndex.interval(0, length));
    this.normaliser = new Normaliser(centred, state.get(NDArrayIndex.interval(length, length + 1)));
    this.state = new DeviceState(normaliser, null);
  }

  static long stateSize(long length) {
    return length + 1;
  }

  @Override
  public void refresh(Map<String, RawFactors> statistics) {
    // It sees every gradient anyway.
  }

  @Override
  public List<INDArray> direct(Step step) {
    INDArray g = gradient.of(step.gradient()).flat();
    Level1 blas = Nd4j.getBlasWrapper().level1();
    if (candidate == null) {
      candidate = Workspaces.outside(() -> squares.dup());
    }
    INDArray gradientSquare = DeviceState.sumOfSquares(g);
    g.muli(g);
    candidate.assign(squares);
    blas.scal(g.length(), centred.rho(), candidate);
    blas.axpy(g.length(), 1 - centred.rho(), g, candidate);
    return state.with(List.of(gradientSquare, divide(step, candidate)));
  }

  /**
   * Writes the momentum divided by D over the gradient.
   *
   * @param f average of the squares
   * @return the sum of its squares, [1]
   */
  private INDArray divide(Step step, INDArray f) {
    INDArray m = momentum.of(step.momentum()).flat();
    INDArray g = gradient.flat();
    double started = started(step);
    // started times the mean square, on a device not to be read
    INDArray mean = f.sum().divi(g.length()).addi(centred.guardMean() * started);
    f.divi(mean, g);
    g.addi(centred.dampingRest());
    m.divi(g, g);
    return DeviceState.sumOfSquares(g);
  }

  private double started(Step step) {
    return 1 - Math.pow(centred.rho(), step.count());
  }

  @Override
  public void scale(Step step, double[] numbers) {
    state.isAsKnown(numbers);
    double sum = numbers[1];
    if (normaliser.holds(numbers[0])) {
      squares.assign(candidate);
    } else { // which would stay in the average for good
      sum = divide(step, squares).toDoubleVector()[0];
    }
    INDArray g = gradient.flat();
    double square = sum / g.length() / (step.correction() * step.correction());
    double r = normaliser.update(square, step);
    if (normaliser.isOverflow(square, momentum.flat())) {
      g.assign(0);
    } else {
      Nd4j.getBlasWrapper()
          .level1()
          .scal(g.length(), share * step.learningRate() / r / step.correction(), g);
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
    double started = started(step);
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
    double rate = normaliser.isOverflow(square, size) ? 0 : share * step.learningRate() / r;
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
