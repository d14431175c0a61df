package org.adafisher.golden;

import java.util.Arrays;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a run shows of one step.
 *
 * @param number counted from 1
 * @param loss before the step
 * @param factors that the step used, by layer; of a recorded step, empty where it recorded none
 * @param parameters after the step, by name; likewise
 */
record Step(
    int number, double loss, Map<String, Factors> factors, Map<String, double[]> parameters) {

  /**
   * The factors of a layer.
   *
   * @param input H, or the specification's a with that of the bias
   * @param inputScale what its entries are differences of, where that is more than 1: an a is a
   *     variance, E[x^2] - E[x]^2
   * @param gradient S, or s
   */
  record Factors(double[] input, double[] inputScale, double[] gradient) {}

  enum Kind {
    LOSS,
    INPUT_FACTOR,
    GRADIENT_FACTOR,
    PARAMETER
  }

  /** By how much one number of a step is off. */
  record Difference(int step, Kind kind, String of, double size) {}

  /**
   * By how much every number that both steps have is off: absolutely, an input factor relative to
   * what it is a difference of, a gradient factor relative to the layer's largest.
   */
  Stream<Difference> differencesFrom(Step exact) {
    Stream<Difference> ofFactors =
        exact.factors.entrySet().stream()
            .filter(entry -> factors.containsKey(entry.getKey()))
            .flatMap(
                entry -> {
                  String layer = entry.getKey();
                  Factors expected = entry.getValue();
                  Factors actual = factors.get(layer);
                  double largest = Arrays.stream(expected.gradient).max().orElseThrow();
                  return Stream.concat(
                      differences(
                          Kind.INPUT_FACTOR,
                          layer,
                          actual.input,
                          expected.input,
                          j -> Math.max(1, expected.inputScale[j])),
                      differences(
                          Kind.GRADIENT_FACTOR,
                          layer,
                          actual.gradient,
                          expected.gradient,
                          k -> largest > 0 ? largest : 1));
                });
    Stream<Difference> ofParameters =
        exact.parameters.entrySet().stream()
            .filter(entry -> parameters.containsKey(entry.getKey()))
            .flatMap(
                entry ->
                    differences(
                        Kind.PARAMETER,
                        entry.getKey(),
                        parameters.get(entry.getKey()),
                        entry.getValue(),
                        i -> 1));
    return Stream.concat(
        Stream.of(new Difference(number, Kind.LOSS, "the loss", Math.abs(loss - exact.loss))),
        Stream.concat(ofFactors, ofParameters));
  }

  private Stream<Difference> differences(
      Kind kind, String of, double[] actual, double[] expected, IntToDoubleFunction unit) {
    if (actual.length != expected.length) {
      throw new AssertionError(
          "%s of %s: %d numbers, not %d".formatted(kind, of, actual.length, expected.length));
    }
    return IntStream.range(0, actual.length)
        .mapToObj(
            i ->
                new Difference(
                    number,
                    kind,
                    "%s[%d]".formatted(of, i),
                    Math.abs(actual[i] - expected[i]) / unit.applyAsDouble(i)));
  }
}
