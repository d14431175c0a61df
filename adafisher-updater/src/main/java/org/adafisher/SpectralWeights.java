package org.adafisher;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.adafisher.curvature.HostVectors;
import org.adafisher.curvature.KroneckerFactors;
import org.adafisher.curvature.ParameterSpan;
import org.adafisher.curvature.RawFactors;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The weights of a layer that {@link Spectral} has statistics of, with the bias if there is one.
 *
 * <p>State: the scale of the layer's step, 0 before the first refresh [1], then the moments.
 */
final class SpectralWeights implements CentredPiece {

  private final Spectral spectral;
  private final ParameterSpan span;
  private final CentredBias bias;
  private final Supplier<INDArray> weights;
  private final ParameterView momentum;
  private final StateValue scale;
  private final double largest;
  private final CentredMoments moments;
  private final Centring centring;
  private final SpectralLoops loops;

  /** {@code null} if units meet the inputs of their own group alone. */
  private final SpectralBlas blas;

  /**
   * Not inside a workspace.
   *
   * @param spectral the constants
   * @param span the weights
   * @param start their offset in the block
   * @param bias {@code null} if there is none
   * @param weights the weights themselves by unit and input, 1-d
   * @param state as many values as under {@link Centred}, whose normaliser is the scale here
   */
  SpectralWeights(
      Spectral spectral,
      ParameterSpan span,
      long start,
      CentredBias bias,
      Supplier<INDArray> weights,
      INDArray state) {
    this.spectral = spectral;
    this.span = span;
    this.bias = bias;
    this.weights = weights;
    this.momentum = new ParameterView(start, span.length());
    this.scale = new StateValue(state.get(NDArrayIndex.interval(0, 1)));
    this.largest = state.dataType() == DataType.FLOAT ? Float.MAX_VALUE : Double.MAX_VALUE;
    this.centring = bias == null ? Centring.BY_INVERSE : Centring.BY_BIAS;
    this.moments =
        new CentredMoments(
            centring,
            span.groups() * span.inputs(),
            spectral.rho(),
            state.get(NDArrayIndex.interval(1, state.length())));
    this.loops = new SpectralLoops(spectral, span, start, bias);
    this.blas =
        span.groups() == 1 ? new SpectralBlas(spectral, span, start, bias, moments.mean()) : null;
  }

  @Override
  public void refresh(Map<String, RawFactors> statistics) {
    RawFactors raw = statistics.get(span.part());
    if (raw != null) {
      moments.refresh(raw);
    }
    if (raw != null || !spectral.usesStatistics()) {
      double size = sizeOfWeights(curvature());
      if (size <= largest) {
        scale.set(size);
      }
    }
  }

  /** The whole step: on a device it waits for each Gram matrix, which is worked on in the JVM. */
  @Override
  public List<INDArray> direct(Step step) {
    CentredCurvature curvature = curvature();
    if (blas != null) {
      blas.apply(curvature, scale(curvature), largest, step);
    } else {
      double[] ofMomentum = step.momentum().toDoubleVector();
      double[] ofGradient = step.gradient().toDoubleVector();
      loops.apply(curvature, scale(curvature), largest, step, ofMomentum, ofGradient);
      HostVectors.assign(ofGradient, step.gradient());
    }
    return List.of();
  }

  @Override
  public void scale(Step step, double[] numbers) {
    // Done.
  }

  @Override
  public void apply(Step step, double[] ofMomentum, double[] ofGradient) {
    CentredCurvature curvature = curvature();
    loops.apply(curvature, scale(curvature), largest, step, ofMomentum, ofGradient);
  }

  private double scale(CentredCurvature curvature) {
    double kept = scale.get();
    return kept == 0 ? sizeOfWeights(curvature) : kept;
  }

  /** The modelled deviation of the layer's pre-activations, and 1. */
  private double sizeOfWeights(CentredCurvature curvature) {
    INDArray flat = weights.get();
    double[] a = curvature.a();
    int inputs = Math.toIntExact(span.inputs());
    double square = 0;
    if (span.groups() == 1 && !HostVectors.areFasterFor(flat)) {
      double[] norms = flat.reshape('f', inputs, span.outputs()).norm2(1).toDoubleVector();
      for (int j = 0; j < inputs; j++) {
        square += a[j] * norms[j] * norms[j];
      }
    } else {
      double[] values = HostVectors.copyOf(flat);
      int perGroup = Math.toIntExact(span.length() / span.groups());
      for (int i = 0; i < values.length; i++) {
        square += a[i / perGroup * inputs + i % inputs] * values[i] * values[i];
      }
    }
    return Math.sqrt(1 + square / span.outputs());
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
    CentredCurvature curvature =
        CentredCurvature.of(spectral.constants(), centring, moments.read());
    return spectral.coordinates() == Spectral.Coordinates.CENTRED
        ? curvature.withoutDiagonal()
        : curvature;
  }
}
