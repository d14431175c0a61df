package org.adafisher;

import java.io.Serializable;
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
  @JsonSubTypes.Type(value = Placebo.class, name = "Placebo"),
  @JsonSubTypes.Type(value = Centred.class, name = "Centred"),
  @JsonSubTypes.Type(value = Spectral.class, name = "Spectral")
})
public sealed interface Formulation extends Serializable
    permits Released, Paper, Placebo, Centred, Spectral {

  /**
   * @return whether there is anything to capture
   */
  default boolean usesStatistics() {
    return true;
  }

  /**
   * @return the learning rate unless one is set
   */
  default double defaultLearningRate() {
    return AdaFisher.DEFAULT_LEARNING_RATE;
  }

  /**
   * @return the refresh interval, in steps, unless one is set
   */
  default int defaultRefreshInterval() {
    return 100;
  }

  /**
   * @param step count of the updates before this one
   * @param refreshInterval the interval that is set, in steps
   * @return whether this update refreshes what is kept
   */
  default boolean refreshesAt(long step, int refreshInterval) {
    return step % refreshInterval == 0;
  }
}
