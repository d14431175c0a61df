package org.adafisher.curvature;

import java.util.Optional;

/**
 * A bias that does not have its weights' rows, or no weights at all. Its part has a first input
 * that is always 0, for the weights that it lacks: against that, the 1 of the bias stays 1 when H
 * is normalised.
 */
final class LoneBias {

  private LoneBias() {}

  static FactorPart part(String parameter, long units) {
    return FactorPart.of(parameter, 2, units);
  }

  static ParameterSpan span(String parameter, long units) {
    return new ParameterSpan(parameter, parameter, 1, 1, units);
  }

  /** Of rows whose inputs were not looked at. */
  static Optional<RawFactors> raw(RowSums rows, double lossScale) {
    double[] h = {0, 1};
    return rows.raw(lossScale).map(raw -> new RawFactors(h, raw.gradient(), h));
  }
}
