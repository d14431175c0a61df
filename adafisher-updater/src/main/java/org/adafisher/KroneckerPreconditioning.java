package org.adafisher;

import java.util.List;
import java.util.Map;
import org.adafisher.curvature.FactorPart;
import org.adafisher.curvature.KroneckerBlock;
import org.adafisher.curvature.KroneckerFactors;
import org.adafisher.curvature.ParameterSpan;
import org.adafisher.curvature.RawFactors;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Momentum divided by H (x) S + lambda; parameters without factors share one of each, which only
 * decays.
 */
record KroneckerPreconditioning(KroneckerFormulation formulation) implements Preconditioning {

  /** Below this, 1 / rate leaves the range of a FLOAT; the step would be 0 in it anyway. */
  private static final double LEAST_LEARNING_RATE = 1e-30;

  private static final FactorPart RULE = FactorPart.of(FactorPart.MAIN, 1, 1);

  @Override
  public long stateSize(List<FactorPart> parts, List<ParameterSpan> spans) {
    return KroneckerBlock.stateSize(parts);
  }

  @Override
  public long stateSizeWithoutFactors(long length) {
    return KroneckerBlock.stateSize(List.of(RULE));
  }

  @Override
  public Preconditioner bind(
      List<FactorPart> parts, List<ParameterSpan> spans, UpdaterBlock block, INDArray state) {
    return new Bound(
        formulation,
        new KroneckerBlock(spans.isEmpty() ? List.of(RULE) : parts, spans, state),
        parts.stream().anyMatch(part -> part.kind() != FactorPart.Kind.NONE));
  }

  private record Bound(KroneckerFormulation formulation, KroneckerBlock block, boolean hasFactors)
      implements Preconditioner {

    @Override
    public void start() {
      block.start();
    }

    @Override
    public void refresh(Map<String, RawFactors> statistics, boolean keepMissing) {
      block.refresh(statistics, formulation.averaging(), keepMissing);
    }

    @Override
    public void apply(Step step) {
      if (step.learningRate() < LEAST_LEARNING_RATE) {
        step.gradient().assign(0);
        return;
      }
      // The gradient has served: the step is written over it, m / F scaled by rate and correction.
      block.divide(
          step.momentum(),
          formulation.damping(),
          step.correction() / step.learningRate(),
          step.gradient());
    }

    @Override
    public void fisher(INDArray into) {
      block.fisher(formulation.damping(), 1, into);
    }

    @Override
    public double damping() {
      return formulation.damping();
    }

    @Override
    public Map<String, KroneckerFactors> factors() {
      return hasFactors ? block.factors() : Map.of();
    }
  }
}
