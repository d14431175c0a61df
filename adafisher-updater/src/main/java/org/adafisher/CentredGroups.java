package org.adafisher;

import java.util.Arrays;
import java.util.Map;
import org.adafisher.capture.Workspaces;
import org.adafisher.curvature.KroneckerFactors;
import org.adafisher.curvature.ParameterSpan;
import org.adafisher.curvature.RawFactors;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * {@link CentredWeights} for units that meet the inputs of their own group alone, as in a depthwise
 * convolution: the same formulas, with a, mu and h for each group's inputs, and the same averages
 * over all inputs and all units. Such parameters are few, so it works with ND4J's broadcasts.
 *
 * <p>State: the normaliser [1], then the moments.
 */
final class CentredGroups implements CentredPiece {

  private final Centred centred;
  private final Centring centring;
  private final ParameterSpan span;
  private final long perGroup;
  private final ParameterView momentum;
  private final ParameterView gradient;
  private final CentredBias bias;
  private final Normaliser normaliser;
  private final CentredMoments moments;
  private final CentredLoops loops;

  /**
   * Not inside a workspace.
   *
   * @param centred the constants
   * @param span the weights
   * @param start their offset in the block
   * @param bias {@code null} if there is none
   * @param state {@link #stateSize} values
   */
  CentredGroups(Centred centred, ParameterSpan span, long start, CentredBias bias, INDArray state) {
    this.centred = centred;
    this.centring = bias == null ? Centring.BY_INVERSE : Centring.BY_BIAS;
    this.span = span;
    this.perGroup = span.outputs() / span.groups();
    this.momentum = new ParameterView(start, span.length());
    this.gradient = new ParameterView(start, span.length());
    this.bias = bias;
    this.normaliser = new Normaliser(centred, state.get(NDArrayIndex.interval(0, 1)));
    this.moments =
        new CentredMoments(
            centring,
            span.groups() * span.inputs(),
            centred.rho(),
            state.get(NDArrayIndex.interval(1, state.length())));
    this.loops = new CentredLoops(centring, span, start, bias, normaliser);
  }

  static long stateSize(ParameterSpan span) {
    return 1
        + CentredMoments.stateSize(Centring.BY_BIAS, span.groups() * span.inputs(), span.outputs());
  }

  @Override
  public void refresh(Map<String, RawFactors> statistics) {
    RawFactors raw = statistics.get(span.part());
    if (raw != null) {
      moments.refresh(raw);
    }
  }

  @Override
  public void apply(Step step) {
    Workspaces.outside(() -> applyOutside(step));
  }

  @Override
  public void apply(Step step, double[] momentum, double[] gradient) {
    loops.apply(curvature(), step, momentum, gradient);
  }

  private void applyOutside(Step step) {
    CentredCurvature curvature = curvature();
    INDArray h = byInput(curvature.h());
    INDArray mean = byInput(curvature.mean());
    INDArray s = byUnit(curvature.inverseS());
    INDArray m = shaped(momentum.of(step.momentum()).flat()).div(step.correction());
    INDArray biasStep = null;
    double square = 0;
    if (bias != null) {
      INDArray biasMomentum =
          unit(bias.momentum().of(step.momentum()).flat()).div(step.correction());
      m.subi(biasMomentum.mul(mean));
      biasStep = biasMomentum.mul(s).muli(curvature.biasH());
      square = curvature.biasA() * sumOfSquares(biasStep);
    } else {
      INDArray scale = h.mul(mean).muli(mean).sum(true, 2).addi(curvature.meanA()).rdivi(1);
      INDArray along = m.mul(h.mul(mean).muli(scale)).sum(true, 2);
      m.subi(along.mul(mean));
    }
    INDArray u = m.mul(h).muli(s);
    if (bias == null) {
      square = sumOfSquares(u.mul(mean).sum(true, 2));
    }
    square += sumOfSquares(u.mul(byInput(root(curvature.a()))));
    square /= span.outputs();

    double rate = step.learningRate() / normaliser.update(square, step);
    boolean overflow = normaliser.isOverflow(square, momentum.flat());
    INDArray target = shaped(gradient.of(step.gradient()).flat());
    target.assign(overflow ? u.assign(0) : u.muli(rate));
    if (bias != null) {
      INDArray move = overflow ? biasStep.assign(0) : biasStep.muli(rate);
      move.subi(u.mul(mean).sum(true, 2));
      double decay = bias.decay().in(step);
      if (decay != 0) {
        INDArray weights = shaped(bias.weights().get());
        move.subi(weights.mul(mean).sum(true, 2).muli(decay));
      }
      unit(bias.gradient().of(step.gradient()).flat()).assign(move);
    }
  }

  @Override
  public void fisher(INDArray block) {
    CentredCurvature curvature = curvature();
    INDArray units = byUnit(curvature.inverseS());
    shaped(momentum.in(block).flat()).assign(byInput(curvature.h()).mul(units).rdivi(1));
    if (bias != null) {
      unit(bias.momentum().in(block).flat()).assign(units.mul(curvature.biasH()).rdivi(1));
    }
  }

  @Override
  public boolean hasFactors() {
    return true;
  }

  @Override
  public Map<String, KroneckerFactors> factors() {
    return Map.of(span.part(), curvature().factors(bias != null, moments.mean().dataType()));
  }

  private CentredCurvature curvature() {
    return CentredCurvature.of(centred, centring, moments.read());
  }

  private static double[] root(double[] a) {
    return Arrays.stream(a).map(Math::sqrt).toArray();
  }

  private static double sumOfSquares(INDArray x) {
    double norm = x.norm2Number().doubleValue();
    return norm * norm;
  }

  /** [groups, 1, inputs]. */
  private INDArray byInput(double[] values) {
    return Nd4j.create(
        values, new long[] {span.groups(), 1, span.inputs()}, moments.mean().dataType());
  }

  /** [groups, units, 1]. */
  private INDArray byUnit(double[] values) {
    return Nd4j.create(values, new long[] {span.groups(), perGroup, 1}, moments.mean().dataType());
  }

  private INDArray unit(INDArray flat) {
    return flat.reshape('c', span.groups(), perGroup, 1);
  }

  private INDArray shaped(INDArray flat) {
    return flat.reshape('c', span.groups(), perGroup, span.inputs());
  }
}
