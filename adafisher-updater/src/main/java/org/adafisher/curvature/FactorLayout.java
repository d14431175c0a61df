package org.adafisher.curvature;

import java.util.List;
import java.util.Optional;

/**
 * Which factors a layer has and which parameter meets which.
 *
 * @param parts the pairs of factors
 * @param spans one for each trainable parameter that has factors
 */
public record FactorLayout(List<FactorPart> parts, List<ParameterSpan> spans) {

  /**
   * @param parameter a trainable parameter of the layer
   * @return how it meets the factors; empty if it has none
   */
  public Optional<ParameterSpan> span(String parameter) {
    return spans.stream().filter(span -> span.parameter().equals(parameter)).findFirst();
  }
}
