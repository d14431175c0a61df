package org.adafisher.bench.rival.kfac;

import java.util.Optional;
import java.util.OptionalDouble;
import org.adafisher.bench.rival.LayerGradientUpdater;
import org.adafisher.capture.Workspaces;
import org.nd4j.linalg.api.blas.Level1;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One block's momentum and factors. {@link KFacListener} has it precondition the gradient before
 * Deeplearning4j asks for the step, since the clip needs the gradients of all layers.
 */
final class KFacUpdater extends LayerGradientUpdater<KFac> {

  /** Whether the gradient that comes next went through {@link #precondition}. */
  private boolean preconditioned;

  private final Optional<WeightMatrix> weights;
  private FactorState factors;

  KFacUpdater(KFac config) {
    super(config);
    weights = Optional.ofNullable(config.getBlock()).flatMap(WeightMatrix::of);
  }

  @Override
  protected void stateMoved() {
    factors = null;
  }

  /** The weights that have factors; empty if the block has none. */
  Optional<WeightMatrix> weights() {
    return weights;
  }

  boolean refreshesFactors() {
    return steps() % getConfig().getFactorInterval() == 0;
  }

  /** Also as soon as there are factors, if the first ones were not finite. */
  boolean refreshesInverses() {
    return factors().hasFactors()
        && (steps() % getConfig().getInverseInterval() == 0
            || refreshesFactors() && !factors().hasInverses());
  }

  /** Those of weights that have factors. */
  FactorState factors() {
    if (factors == null) {
      WeightMatrix matrix = weights.orElseThrow();
      factors =
          Workspaces.outside(() -> FactorState.in(other(0, FactorState.size(matrix)), matrix));
    }
    return factors;
  }

  /**
   * Turns the gradient of weights that have factors into the preconditioned one. While there are no
   * inverses yet, since no statistics were finite, it stays as it is.
   *
   * @param gradient of the block, 1-d
   * @return sum(preconditioned gradient * gradient); empty without inverses
   */
  OptionalDouble precondition(INDArray gradient) {
    preconditioned = true;
    if (!factors().hasInverses()) {
      return OptionalDouble.empty();
    }
    WeightMatrix matrix = weights.orElseThrow();
    INDArray before = gradient.dup();
    matrix.write(factors().precondition(matrix.read(before)), gradient);
    return OptionalDouble.of(Nd4j.getBlasWrapper().dot(before, gradient));
  }

  @Override
  protected void step(INDArray gradient, double learningRate, long steps) {
    if (!preconditioned && weights.isPresent()) {
      throw new IllegalStateException(notTold());
    }
    preconditioned = false;
    // BLAS calls cost a microsecond where ND4J's own operations cost dozens.
    Level1 blas = Nd4j.getBlasWrapper().level1();
    INDArray momentum = array(0);
    blas.scal(momentum.length(), getConfig().getMomentum(), momentum);
    blas.axpy(gradient.length(), 1, gradient, momentum);
    gradient.assign(momentum);
    blas.scal(gradient.length(), learningRate, gradient);
  }
}
