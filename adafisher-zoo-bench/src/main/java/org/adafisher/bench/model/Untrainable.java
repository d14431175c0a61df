package org.adafisher.bench.model;

import java.util.Optional;
import org.adafisher.bench.data.Shape;
import org.deeplearning4j.nn.api.Model;

/**
 * A model that is listed so that nobody has to find out that it cannot be trained.
 *
 * @param what what it is, for the description
 * @param reason why it cannot be trained, a clause
 */
record Untrainable(String what, String reason) implements ModelType {

  @Override
  public String description() {
    return "%s; cannot be trained: %s".formatted(what, reason);
  }

  @Override
  public Optional<String> refusal(Shape shape) {
    return Optional.of(reason);
  }

  /**
   * Always fails.
   *
   * @throws UnsupportedOperationException with the reason
   */
  @Override
  public Model build(Blueprint blueprint) {
    throw new UnsupportedOperationException("This model cannot be trained: " + reason + ".");
  }
}
