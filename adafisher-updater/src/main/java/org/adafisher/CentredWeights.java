package org.adafisher;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import org.adafisher.curvature.KroneckerFactors;
import org.adafisher.curvature.ParameterSpan;
import org.adafisher.curvature.RawFactors;
import org.nd4j.linalg.api.blas.Level2;
import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The weights of a layer that {@link Centred} has statistics of, with the bias if there is one.
 *
 * <p>The map U(M) is written over the gradient in a few passes of BLAS. It is first written with
 * each input's weights scaled by sqrt(a / mean(a)), where the size q(U) is a plain sum of squares,
 * and scaled back along with the division by the normaliser. Vectors as short as the layer's inputs
 * or units are worked out on the host.
 *
 * <p>State: the normaliser [1], then the moments.
 */
final class CentredWeights implements CentredPiece {

  /**
   * Least sqrt(a / mean(a)): an input without variance, which may yet have a gradient between two
   * refreshes, adds nothing to q, and the scaling can still be taken back.
   */
  private static final double LEAST_ROOT = 1e-15;

  private final Centred centred;
  private final Centring centring;
  private final String part;
  private final int inputs;
  private final int outputs;
  private final ParameterView momentum;
  private final ParameterView gradient;
  private final CentredBias bias;
  private final Normaliser normaliser;
  private final CentredMoments moments;
  private final CentredLoops loops;
  private final DeviceState state;

  // Working memory: two vectors of the inputs and two of the units.
  private final INDArray work;
  private final INDArray first;
  private final INDArray firstAsRow;
  private final INDArray second;
  private final INDArray ofUnits;
  private final INDArray alsoOfUnits;
  private final INDArray loaded;

  // Between the direction and its size.
  private CentredCurvature curvature;
  private double[] root;

  /**
   * Not inside a workspace.
   *
   * @param centred the constants
   * @param centring by the bias if there is one
   * @param span the weights
   * @param start their offset in the block
   * @param bias {@code null} if there is none
   * @param state {@link #stateSize} values
   */
  CentredWeights(
      Centred centred,
      Centring centring,
      ParameterSpan span,
      long start,
      CentredBias bias,
      INDArray state) {
    this.centred = centred;
    this.centring = centring;
    this.part = span.part();
    this.inputs = Math.toIntExact(span.inputs());
    this.outputs = Math.toIntExact(span.outputs());
    this.momentum = new ParameterView(start, span);
    this.gradient = new ParameterView(start, span);
    this.bias = bias;
    this.normaliser = new Normaliser(centred, state.get(NDArrayIndex.interval(0, 1)));
    this.moments =
        new CentredMoments(
            centring, inputs, centred.rho(), state.get(NDArrayIndex.interval(1, state.length())));
    this.loops = new CentredLoops(centring, span, start, bias, normaliser);
    this.state = new DeviceState(normaliser, moments);
    this.work = Nd4j.zeros(state.dataType(), 2L * inputs + 2L * outputs);
    this.first = work.get(NDArrayIndex.interval(0, inputs));
    this.firstAsRow = first.reshape(1, inputs);
    this.second = work.get(NDArrayIndex.interval(inputs, 2L * inputs));
    this.ofUnits = work.get(NDArrayIndex.interval(2L * inputs, 2L * inputs + outputs));
    this.loaded = work.get(NDArrayIndex.interval(0, 2L * inputs + outputs));
    this.alsoOfUnits =
        work.get(NDArrayIndex.interval(2L * inputs + outputs, 2L * inputs + 2L * outputs));
  }

  static long stateSize(Centring centring, ParameterSpan span) {
    return 1 + CentredMoments.stateSize(centring, span.inputs(), span.outputs());
  }

  @Override
  public void refresh(Map<String, RawFactors> statistics) {
    RawFactors raw = statistics.get(part);
    if (raw != null) {
      moments.refresh(raw);
    }
  }

  @Override
  public List<INDArray> direct(Step step) {
    curvature = curvature();
    root = entries(curvature.a(), a -> Math.max(Math.sqrt(a / curvature.meanA()), LEAST_ROOT));
    return state.with(map(step));
  }

  @Override
  public void scale(Step step, double[] numbers) {
    double[] sums = state.isAsKnown(numbers) ? numbers : DeviceState.read(direct(step));
    double square = square(sums);
    double rate = step.learningRate() / normaliser.update(square, step);
    if (normaliser.isOverflow(square, momentum.flat())) {
      rate = 0;
      gradient.flat().assign(0);
      alsoOfUnits.assign(0);
    } else {
      double all = rate;
      first.assign(ofInputs(j -> all / root[j]));
      gradient.byUnit().muliRowVector(firstAsRow);
    }
    if (bias != null) {
      moveBias(step, rate * curvature.biasH());
    }
  }

  @Override
  public void apply(Step step, double[] momentum, double[] gradient) {
    loops.apply(curvature(), step, momentum, gradient);
  }

  /**
   * The map U(M), each input's weights scaled, takes the place of its gradient; M_b s that of the
   * second vector of the units.
   *
   * @return the sums that q(U) is made of
   */
  private List<INDArray> map(Step step) {
    INDArray u = gradient.of(step.gradient()).flat();
    double[] h = curvature.h();
    double[] mean = curvature.mean();
    load(
        j -> root[j] * h[j],
        j -> root[j] * h[j] * mean[j],
        entries(curvature.inverseS(), x -> x / step.correction()));

    Level2 blas2 = Nd4j.getBlasWrapper().level2();
    u.assign(0);
    blas2.ger('f', 1, first, ofUnits, gradient.byInput());
    u.muli(momentum.of(step.momentum()).flat());
    switch (centring) {
      case BY_BIAS -> {
        bias.momentum().of(step.momentum()).flat().muli(ofUnits, alsoOfUnits);
        blas2.ger('f', -1, second, alsoOfUnits, gradient.byInput());
      }
      case BY_INVERSE -> {
        first.assign(ofInputs(j -> mean[j] / root[j]));
        multiply(gradient.byUnit(), first, alsoOfUnits, 1, 0);
        blas2.ger('f', -curvature.inverseScale(), second, alsoOfUnits, gradient.byInput());
      }
      case NONE -> {
        return List.of(DeviceState.sumOfSquares(u));
      }
    }
    return List.of(DeviceState.sumOfSquares(u), DeviceState.sumOfSquares(alsoOfUnits));
  }

  /** q(U). */
  private double square(double[] sums) {
    double square = curvature.meanA() * sums[0];
    switch (centring) {
      case BY_BIAS -> square += curvature.biasA() * curvature.biasH() * curvature.biasH() * sums[1];
      case BY_INVERSE -> {
        // U mu, which would be a difference of two nearly equal sums.
        double meanOutput = curvature.inverseScale() * curvature.meanA();
        square += meanOutput * meanOutput * sums[1];
      }
      case NONE -> {}
    }
    return square / outputs;
  }

  /** b is to move by u - U mu, and by what the decay of W will take from the mean output. */
  private void moveBias(Step step, double rate) {
    INDArray target = bias.gradient().of(step.gradient()).flat();
    target.assign(alsoOfUnits);
    target.muli(rate);
    multiply(gradient.byUnit(), moments.mean(), target, -1, 1);
    double decay = bias.decay().in(step);
    if (decay != 0) {
      INDArray weights = bias.weights().get().reshape('c', outputs, inputs);
      multiply(weights, moments.mean(), target, -decay, 1);
    }
  }

  @Override
  public void fisher(INDArray block) {
    CentredCurvature curvature = curvature();
    INDArray ofInputs = vector(entries(curvature.h(), x -> 1 / x), block);
    INDArray units = vector(entries(curvature.inverseS(), x -> 1 / x), block);
    INDArray target = momentum.in(block).byInput();
    target.assign(0);
    Nd4j.getBlasWrapper().level2().ger('f', 1, ofInputs, units, target);
    if (bias != null) {
      bias.momentum().in(block).flat().assign(units.div(curvature.biasH()));
    }
  }

  private static INDArray vector(double[] values, INDArray like) {
    return Nd4j.create(values, new long[] {values.length}, like.dataType());
  }

  @Override
  public boolean hasFactors() {
    return true;
  }

  @Override
  public Map<String, KroneckerFactors> factors() {
    return Map.of(part, curvature().factors(bias != null, work.dataType()));
  }

  private CentredCurvature curvature() {
    return CentredCurvature.of(centred, centring, moments.read());
  }

  /** Fills the working memory with two vectors of the inputs and one of the units. */
  private void load(IntToDoubleFunction one, IntToDoubleFunction two, double[] units) {
    double[] values = new double[2 * inputs + outputs];
    for (int j = 0; j < inputs; j++) {
      values[j] = one.applyAsDouble(j);
      values[inputs + j] = two.applyAsDouble(j);
    }
    System.arraycopy(units, 0, values, 2 * inputs, outputs);
    loaded.assign(Nd4j.create(values, new long[] {values.length}, work.dataType()));
  }

  private INDArray ofInputs(IntToDoubleFunction value) {
    double[] values = new double[inputs];
    Arrays.setAll(values, value);
    return Nd4j.create(values, new long[] {inputs}, work.dataType());
  }

  private static double[] entries(double[] values, DoubleUnaryOperator function) {
    return Arrays.stream(values).map(function).toArray();
  }

  /** {@code y = alpha A x + beta y}. ND4J's own gemv copies an x that is a view first. */
  private static void multiply(INDArray a, INDArray x, INDArray y, double alpha, double beta) {
    Nd4j.exec(new Mmul(a, x, y, alpha, beta, MMulTranspose.builder().build()));
  }
}
