package org.adafisher;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.adafisher.curvature.FactorPart;
import org.adafisher.curvature.ParameterSpan;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Which layer an {@link AdaFisher} works on and which factors that layer has. {@code attach} writes
 * it into each layer's updater; it is saved with the configuration, so that a restored network, or
 * a replica made from JSON, has state of the same size without further ado.
 *
 * <p>DL4J asks an updater for its state size one parameter at a time and by length alone, and joins
 * consecutive parameters with equal updaters to a block. So the values that a block needs beyond
 * its momentum are charged to the parameters that are as long as its first one.
 *
 * @param layer name of the layer
 * @param parts the factors that the parameters below meet
 * @param blocks the parameters that this updater is for, as they are laid out: one list for each
 *     run of consecutive ones
 */
record LayerSlot(
    @JsonProperty("layer") String layer,
    @JsonProperty("parts") List<FactorPart> parts,
    @JsonProperty("blocks") List<List<ParameterSpan>> blocks)
    implements Serializable {

  /** The value in front of the curvature: the block's own count of steps. */
  static final int STEP_COUNT = 1;

  long stateSize(long parameterLength, Preconditioning preconditioning) {
    return parameterLength
        + blocks.stream()
            .mapToLong(block -> charge(block, parameterLength, preconditioning))
            .max()
            .orElse(0);
  }

  /** The length of a block's whole state: momentum, step count, curvature, perhaps some padding. */
  long blockStateSize(List<ParameterSpan> block, Preconditioning preconditioning) {
    return lengths(block).stream().mapToLong(n -> stateSize(n, preconditioning)).sum();
  }

  /** The parts that a block's parameters meet, in the order in which its state has them. */
  List<FactorPart> partsOf(List<ParameterSpan> block) {
    return parts.stream()
        .filter(part -> block.stream().anyMatch(span -> span.part().equals(part.name())))
        .toList();
  }

  /** The block with this parameter. */
  List<ParameterSpan> blockOf(String parameter) {
    return blocks.stream()
        .filter(block -> block.stream().anyMatch(span -> span.parameter().equals(parameter)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "AdaFisher: layer '%s' was changed after attach (parameter %s is new); call AdaFisher.attach(net) again."
                        .formatted(layer, parameter)));
  }

  /** Names of the parameters that no estimator knows. */
  List<String> parametersWithoutFactors() {
    return blocks.stream()
        .flatMap(List::stream)
        .filter(
            span ->
                parts.stream()
                    .anyMatch(
                        part ->
                            part.name().equals(span.part()) && part.kind() == FactorPart.Kind.NONE))
        .map(ParameterSpan::parameter)
        .distinct()
        .toList();
  }

  private long charge(
      List<ParameterSpan> block, long parameterLength, Preconditioning preconditioning) {
    List<Long> lengths = lengths(block);
    if (lengths.get(0) != parameterLength) {
      return 0;
    }
    long equallyLong = lengths.stream().filter(length -> length == parameterLength).count();
    long extra = STEP_COUNT + preconditioning.stateSize(partsOf(block), block);
    return (extra + equallyLong - 1) / equallyLong;
  }

  /** The lengths of a block's parameters, each of one or more spans. */
  private static List<Long> lengths(List<ParameterSpan> block) {
    return List.copyOf(
        block.stream()
            .collect(
                Collectors.groupingBy(
                    ParameterSpan::parameter,
                    LinkedHashMap::new,
                    Collectors.summingLong(ParameterSpan::length)))
            .values());
  }
}
