package org.adafisher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
  private final DeviceState state;

  // Between the direction and its size.
  private CentredCurvature curvature;
  private INDArray mean;
  private INDArray biasStep;

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
    this.state = new DeviceState(normaliser, moments);
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
  public List<INDArray> direct(Step step) {
    curvature = curvature();
    INDArray h = byInput(curvature.h());
    INDArray s = byUnit(curvature.inverseS());
    mean = byInput(curvature.mean());
    INDArray m = shaped(momentum.of(step.momentum()).flat()).div(step.correction());
    List<INDArray> sums = new ArrayList<>();
    if (bias != null) {
      INDArray biasMomentum =
          unit(bias.momentum().of(step.momentum()).flat()).div(step.correction());
      m.subi(biasMomentum.mul(mean));
      biasStep = biasMomentum.mul(s).muli(curvature.biasH());
      sums.add(DeviceState.sumOfSquares(biasStep));
    } else {
      INDArray scale = h.mul(mean).muli(mean).sum(true, 2).addi(curvature.meanA()).rdivi(1);
      INDArray along = m.mul(h.mul(mean).muli(scale)).sum(true, 2);
      m.subi(along.mul(mean));
    }
    INDArray u = m.mul(h).muli(s);
    if (bias == null) {
      sums.add(DeviceState.sumOfSquares(u.mul(mean).sum(true, 2)));
    }
    sums.add(DeviceState.sumOfSquares(u.mul(byInput(root(curvature.a())))));
    shaped(gradient.of(step.gradient()).flat()).assign(u);
    return state.with(sums);
  }

  @Override
  public void scale(Step step, double[] numbers) {
    double[] sums = state.isAsKnown(numbers) ? numbers : DeviceState.read(direct(step));
    double square = ((bias == null ? 1 : curvature.biasA()) * sums[0] + sums[1]) / span.outputs();
    double rate = step.learningRate() / normaliser.update(square, step);
    INDArray u = shaped(gradient.flat());
    boolean overflow = normaliser.isOverflow(square, momentum.flat());
    if (overflow) {
      u.assign(0);
    } else {
      u.muli(rate);
    }
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
  public void apply(Step step, double[] momentum, double[] gradient) {
    loops.apply(curvature(), step, momentum, gradient);
  }

  @Override
  public void fisher(INDArray block) {
    curvature().writeFisher(span, momentum.in(block).flat(), bias, block);
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
