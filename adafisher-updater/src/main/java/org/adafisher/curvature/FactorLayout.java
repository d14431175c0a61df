package org.adafisher.curvature;

import java.util.List;

/**
 * Which factors a layer has and which parameter meets which.
 *
 * @param parts the pairs of factors
 * @param spans for each trainable parameter that has factors one, or several in the order of its
 *     values if they meet different parts
 */
public record FactorLayout(List<FactorPart> parts, List<ParameterSpan> spans) {

  /**
   * @param parameter a trainable parameter of the layer
   * @return how it meets the factors; empty if it has none
   */
  public List<ParameterSpan> spansOf(String parameter) {
    return spans.stream().filter(span -> span.parameter().equals(parameter)).toList();
  }
}
