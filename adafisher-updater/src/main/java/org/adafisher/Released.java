package org.adafisher;

import org.adafisher.curvature.FactorAveraging;

/**
 * What the authors' released code does, verified against runs of it, and the default: {@code factor
 * = 0.1 gamma factor + 0.01 gamma normalised}, starting at 1.
 *
 * <p>The factors settle at no more than 0.01 gamma / (1 - 0.1 gamma), 0.0087 by default, so that
 * after a warm-up over the first two refresh intervals F stays within 1.08 of the damping: nearly
 * momentum SGD with the rate divided by the damping. It is what the paper ran.
 *
 * @param gamma in [0, 1)
 * @param damping lambda, above 0
 */
public record Released(double gamma, double damping) implements Formulation, KroneckerFormulation {

  /** Paper, section 5: gamma 0.8. */
  static final double DEFAULT_GAMMA = 0.8;

  /** Paper, section 5: lambda 1e-3. */
  static final double DEFAULT_DAMPING = 1e-3;

  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public Released {
    HyperParameters.fraction("gamma", gamma);
    HyperParameters.positive("damping", damping);
  }

  /** gamma 0.8, damping 1e-3. */
  public Released() {
    this(DEFAULT_GAMMA, DEFAULT_DAMPING);
  }

  /**
   * @return how the factors follow the statistics
   */
  @Override
  public FactorAveraging averaging() {
    return new FactorAveraging(0.1 * gamma, 0.01 * gamma);
  }
}
