package org.adafisher.bench.rival;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The parameters of a layer that one updater steps together. It is saved with the configuration, so
 * that a restored network has state of the same size.
 *
 * @param layer name of the layer
 * @param layerType simple name of the class of its configuration
 * @param parameters in the order of the parameter vector
 */
public record ParameterBlock(
    @JsonProperty("layer") String layer,
    @JsonProperty("layerType") String layerType,
    @JsonProperty("parameters") List<BlockParameter> parameters)
    implements Serializable {

  /** How many values all have. */
  public long length() {
    return parameters.stream().mapToLong(BlockParameter::length).sum();
  }

  /**
   * A parameter, if the block has it.
   *
   * @param name Deeplearning4j's name
   */
  public Optional<BlockParameter> parameter(String name) {
    return parameters.stream().filter(parameter -> parameter.name().equals(name)).findFirst();
  }

  /**
   * What a parameter is charged of the values that the block needs as a whole: Deeplearning4j asks
   * for state one parameter at a time, and by its length alone. Those that are as long as the first
   * one bear it.
   */
  long share(long parameterLength, long extra) {
    if (parameters.get(0).length() != parameterLength) {
      return 0;
    }
    long equallyLong = parameters.stream().filter(p -> p.length() == parameterLength).count();
    return (extra + equallyLong - 1) / equallyLong;
  }
}
