package org.adafisher.curvature;

import java.util.Arrays;

/**
 * How a factor follows its raw statistics: {@code factor = decay * factor + gain * normalised},
 * where the raw vector is normalised to [0, 1] by its minimum and maximum, bias entry included.
 *
 * @param decay weight of the old factor, in [0, 1)
 * @param gain weight of the normalised statistics; 0 for a factor that only decays
 */
public record FactorAveraging(double decay, double gain) {

  private static final double EPSILON = 1e-6;

  /**
   * Averages one refresh into a factor, in place.
   *
   * @param factor H or S; 1 everywhere before the first refresh
   * @param raw the statistics, of the same length
   * @param rawScale what the statistics are to be multiplied by
   */
  public void refresh(double[] factor, double[] raw, double rawScale) {
    double min = Arrays.stream(raw).min().orElseThrow();
    double max = Arrays.stream(raw).max().orElseThrow();
    double toUnit = rawScale / ((max - min) * rawScale + EPSILON);
    for (int i = 0; i < factor.length; i++) {
      factor[i] = decay * factor[i] + gain * (raw[i] - min) * toUnit;
    }
  }

  /**
   * A refresh without any signal.
   *
   * @param factor decays in place
   */
  public void decay(double[] factor) {
    for (int i = 0; i < factor.length; i++) {
      factor[i] *= decay;
    }
  }
}
