package org.adafisher.capture;

/**
 * How many examples a pass is over, and what its loss is.
 *
 * @param examples number of examples; a time series is one
 * @param averaged whether the loss that is minimised is the mean over the examples; the sum under
 *     {@code minibatch(false)}
 */
public record Minibatch(int examples, boolean averaged) {

  /**
   * @return what multiplies a gradient summed over the examples to make it that of the loss which
   *     is minimised
   */
  public double lossScale() {
    return averaged ? 1.0 / examples : 1.0;
  }
}
