package org.adafisher;

import org.adafisher.curvature.FactorAveraging;

/**
 * The averaging as printed in the paper: {@code factor = (1 - 0.1 gamma) factor + 0.01 gamma
 * normalised}, 0.92 and 0.008 by default; everything else as in {@link Released}. The factors fall
 * from 1 to at most 0.1 over some dozens of refreshes.
 *
 * @param gamma in [0, 1)
 * @param damping lambda, above 0
 */
public record Paper(double gamma, double damping) implements Formulation, KroneckerFormulation {

  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public Paper {
    HyperParameters.fraction("gamma", gamma);
    HyperParameters.positive("damping", damping);
  }

  /** gamma 0.8, damping 1e-3. */
  public Paper() {
    this(Released.DEFAULT_GAMMA, Released.DEFAULT_DAMPING);
  }

  /**
   * @return how the factors follow the statistics
   */
  @Override
  public FactorAveraging averaging() {
    return new FactorAveraging(1 - 0.1 * gamma, 0.01 * gamma);
  }
}
