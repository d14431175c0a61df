package org.adafisher;

import org.adafisher.curvature.FactorAveraging;

/** The formulations that divide the momentum by H (x) S + lambda. */
sealed interface KroneckerFormulation permits Released, Paper, Placebo {

  /** Lambda, added to every entry of the Fisher diagonal. */
  double damping();

  /** How the factors follow the statistics. */
  FactorAveraging averaging();
}
