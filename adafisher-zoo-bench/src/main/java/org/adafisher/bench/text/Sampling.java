package org.adafisher.bench.text;

/**
 * How the next token is drawn.
 *
 * @param temperature what logits are divided by, above 0: below 1 the probable becomes more
 *     probable
 * @param topK how many tokens, the most probable ones, are drawn from; 1 is no chance at all
 * @param seed equal seeds, equal texts
 */
public record Sampling(double temperature, int topK, long seed) {

  /**
   * Sees whether the numbers make sense.
   *
   * @throws IllegalArgumentException if not
   */
  public Sampling {
    if (!(temperature > 0) || temperature == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("temperature has to be above 0, not " + temperature);
    }
    if (topK < 1) {
      throw new IllegalArgumentException("top-k has to be at least 1, not " + topK);
    }
  }
}
