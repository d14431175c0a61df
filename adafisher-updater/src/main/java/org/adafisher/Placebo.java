package org.adafisher;

import org.adafisher.curvature.FactorAveraging;

/**
 * {@link Released} with every signal zero: the same decay from 1, hence the same warm-up, and F =
 * c^2 + damping for every parameter. No curvature at all; the control arm of a comparison.
 *
 * @param gamma in [0, 1)
 * @param damping lambda, above 0
 */
public record Placebo(double gamma, double damping) implements Formulation, KroneckerFormulation {

  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public Placebo {
    HyperParameters.fraction("gamma", gamma);
    HyperParameters.positive("damping", damping);
  }

  /** gamma 0.8, damping 1e-3. */
  public Placebo() {
    this(Released.DEFAULT_GAMMA, Released.DEFAULT_DAMPING);
  }

  /**
   * @return how the factors follow the statistics
   */
  @Override
  public FactorAveraging averaging() {
    return new FactorAveraging(0.1 * gamma, 0);
  }

  @Override
  public boolean usesStatistics() {
    return false;
  }
}
