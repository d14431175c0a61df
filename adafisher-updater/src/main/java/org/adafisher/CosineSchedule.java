package org.adafisher;

import java.util.Objects;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Cosine annealing by iteration, as the papers train and DL4J lacks (Loshchilov and Hutter, 2017,
 * without restarts): from the initial rate to the minimum, after an optional linear warm-up.
 *
 * <p>With w warm-up steps of T in all, step i from 0: {@code initial * (i + 1) / (w + 1)} for i <
 * w, then {@code min + (initial - min) * (1 + cos(pi * (i - w) / (T - w))) / 2}; the minimum from T
 * on.
 */
public final class CosineSchedule implements ISchedule {

  private static final long serialVersionUID = 1L;

  @JsonProperty private final double initialLr;
  @JsonProperty private final int totalSteps;
  @JsonProperty private final double minLr;
  @JsonProperty private final int warmUpSteps;

  /**
   * From {@code initialLr} to 0, without warm-up.
   *
   * @param initialLr above 0
   * @param totalSteps iterations to the end, at least 1
   */
  public CosineSchedule(double initialLr, int totalSteps) {
    this(initialLr, totalSteps, 0, 0);
  }

  /**
   * From {@code initialLr} to {@code minLr}, without warm-up.
   *
   * @param initialLr above 0
   * @param totalSteps iterations to the end, at least 1
   * @param minLr in [0, initialLr]
   */
  public CosineSchedule(double initialLr, int totalSteps, double minLr) {
    this(initialLr, totalSteps, minLr, 0);
  }

  /**
   * @param initialLr above 0
   * @param totalSteps iterations to the end, warm-up included, at least 1
   * @param minLr in [0, initialLr]
   * @param warmUpSteps iterations of linear warm-up, from 0 to below {@code totalSteps}
   * @throws IllegalArgumentException if a value is out of range
   */
  public CosineSchedule(
      @JsonProperty("initialLr") double initialLr,
      @JsonProperty("totalSteps") int totalSteps,
      @JsonProperty("minLr") double minLr,
      @JsonProperty("warmUpSteps") int warmUpSteps) {
    this.initialLr = HyperParameters.positive("initialLr", initialLr);
    this.totalSteps = HyperParameters.atLeast(1, "totalSteps", totalSteps);
    this.minLr = HyperParameters.notNegative("minLr", minLr);
    this.warmUpSteps = HyperParameters.atLeast(0, "warmUpSteps", warmUpSteps);
    if (minLr > initialLr) {
      throw new IllegalArgumentException(
          "AdaFisher: minLr must be at most initialLr %s, but is %s.".formatted(initialLr, minLr));
    }
    if (warmUpSteps >= totalSteps) {
      throw new IllegalArgumentException(
          "AdaFisher: warmUpSteps must be below totalSteps %d, but is %d."
              .formatted(totalSteps, warmUpSteps));
    }
  }

  @Override
  public double valueAt(int iteration, int epoch) {
    if (iteration < warmUpSteps) {
      return initialLr * (iteration + 1) / (warmUpSteps + 1);
    }
    if (iteration >= totalSteps) {
      return minLr;
    }
    double progress = (double) (iteration - warmUpSteps) / (totalSteps - warmUpSteps);
    return minLr + (initialLr - minLr) * (1 + Math.cos(Math.PI * progress)) / 2;
  }

  @Override
  public CosineSchedule clone() {
    return new CosineSchedule(initialLr, totalSteps, minLr, warmUpSteps);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CosineSchedule that
        && initialLr == that.initialLr
        && totalSteps == that.totalSteps
        && minLr == that.minLr
        && warmUpSteps == that.warmUpSteps;
  }

  @Override
  public int hashCode() {
    return Objects.hash(initialLr, totalSteps, minLr, warmUpSteps);
  }

  @Override
  public String toString() {
    return "CosineSchedule(initialLr=%s, totalSteps=%d, minLr=%s, warmUpSteps=%d)"
        .formatted(initialLr, totalSteps, minLr, warmUpSteps);
  }
}
