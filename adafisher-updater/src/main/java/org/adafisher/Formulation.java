package org.adafisher;

import java.io.Serializable;
import org.adafisher.curvature.FactorAveraging;
import org.nd4j.shade.jackson.annotation.JsonSubTypes;
import org.nd4j.shade.jackson.annotation.JsonTypeInfo;

/**
 * What AdaFisher keeps of a layer's curvature and how it preconditions with it. The capture and the
 * raw statistics are the same for all formulations.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Released.class, name = "Released"),
  @JsonSubTypes.Type(value = Paper.class, name = "Paper"),
  @JsonSubTypes.Type(value = Placebo.class, name = "Placebo")
})
public sealed interface Formulation extends Serializable permits Released, Paper, Placebo {

  /**
   * @return lambda, added to every entry of the Fisher diagonal
   */
  double damping();

  /**
   * @return how the factors follow the statistics
   */
  FactorAveraging averaging();

  /**
   * @return whether there is anything to capture
   */
  default boolean usesStatistics() {
    return true;
  }

  /**
   * @return the refresh interval, in steps, unless one is set
   */
  default int defaultRefreshInterval() {
    return 100;
  }
}
