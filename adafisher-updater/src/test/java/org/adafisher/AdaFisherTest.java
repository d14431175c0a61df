package org.adafisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

class AdaFisherTest {

  @Test
  void hasTheDefaultsOfThePaper() {
    AdaFisher updater = new AdaFisher();
    assertThat(updater.getLearningRate()).isEqualTo(1e-3);
    assertThat(updater.getBeta()).isEqualTo(0.9);
    assertThat(updater.getRefreshInterval()).isEqualTo(100);
    assertThat(updater.getFormulation()).isEqualTo(new Released(0.8, 1e-3));
    assertThat(new AdaFisher.Builder().build()).isEqualTo(updater);
    assertThat(new AdaFisher(1e-3, new Released())).isEqualTo(updater);
  }

  @Test
  void theCentredFormulationHasItsOwnDefaults() {
    AdaFisher updater = AdaFisher.centred();
    assertThat(updater).isEqualTo(new AdaFisher(0.05, new Centred()));
    assertThat(updater).isEqualTo(AdaFisher.builder().formulation(new Centred()).build());
    assertThat(updater.getLearningRate()).isEqualTo(0.05);
    assertThat(updater.getBeta()).isEqualTo(0.9);
    assertThat(updater.getRefreshInterval()).isEqualTo(10);
    assertThat(new Centred())
        .isEqualTo(new Centred(0.95, 0.99, 0.01, 0.01, 0.316, 0.1, 0.3, 100, 1e-12, 1e-30, 1e-16));
    assertThat(new Centred().withBurnIn(7))
        .isEqualTo(new Centred(0.95, 0.99, 0.01, 0.01, 0.316, 0.1, 0.3, 7, 1e-12, 1e-30, 1e-16));
  }

  @Test
  void theSpectralFormulationHasItsOwnDefaults() {
    AdaFisher updater = AdaFisher.spectral();
    assertThat(updater).isEqualTo(new AdaFisher(0.05, new Spectral()));
    assertThat(updater).isEqualTo(AdaFisher.builder().formulation(new Spectral()).build());
    assertThat(updater.getRefreshInterval()).isEqualTo(10);
    assertThat(new Spectral()).isEqualTo(spectral(100, 64, 5, 1e-30));
    assertThat(new Spectral().withBurnIn(7)).isEqualTo(spectral(7, 64, 5, 1e-30));
    assertThat(new Spectral().withBlockSize(32)).isEqualTo(spectral(100, 32, 5, 1e-30));
    assertThat(new Spectral().withIterations(3)).isEqualTo(spectral(100, 64, 3, 1e-30));
    assertThat(updater.getFormulation().refreshesAt(99, 10)).isTrue();
    assertThat(updater.getFormulation().refreshesAt(101, 10)).isFalse();
    assertThat(updater.getFormulation().refreshesAt(110, 10)).isTrue();
  }

  private static Spectral spectral(int burnIn, int blockSize, int iterations, double guardTrace) {
    return new Spectral(
        0.95,
        0.99,
        0.01,
        0.01,
        0.316,
        0.1,
        0.3,
        burnIn,
        blockSize,
        iterations,
        1e-12,
        1e-30,
        1e-16,
        guardTrace,
        Spectral.Coordinates.FISHER);
  }

  static Stream<IUpdater> updaters() {
    return Stream.of(
        AdaFisher.spectral(),
        new AdaFisher(
            new CosineSchedule(0.1, 50),
            new Spectral(
                0.9,
                0.95,
                0.1,
                0.2,
                0.3,
                0.4,
                0.5,
                6,
                7,
                8,
                1e-11,
                1e-29,
                1e-15,
                1e-28,
                Spectral.Coordinates.PLAIN)),
        AdaFisher.centred(),
        new AdaFisher(
            new CosineSchedule(0.1, 50),
            new Centred(0.9, 0.95, 0.1, 0.2, 0.3, 0.4, 0.5, 6, 1e-11, 1e-29, 1e-15)),
        new AdaFisher(),
        new AdaFisher(0.1, new Paper(0.5, 0.01)),
        new AdaFisher(new CosineSchedule(0.1, 50, 0.01, 5), new Placebo()),
        AdaFisher.builder().beta(0).refreshInterval(1).build());
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void survivesJsonAndClone(IUpdater updater) throws Exception {
    String json = NeuralNetConfiguration.mapper().writeValueAsString(updater);
    assertThat(NeuralNetConfiguration.mapper().readValue(json, IUpdater.class)).isEqualTo(updater);
    assertThat(updater.clone()).isEqualTo(updater).isNotSameAs(updater);
    assertThat(updater.clone()).hasSameHashCodeAs(updater);
  }

  static Stream<Arguments> badHyperParameters() {
    return Stream.of(
        bad("learningRate", "-1.0", () -> new AdaFisher(-1.0)),
        bad("learningRate", "0.0", () -> new AdaFisher(0.0)),
        bad("learningRate", "NaN", () -> new AdaFisher(Double.NaN)),
        bad("learningRate", "Infinity", () -> new AdaFisher(Double.POSITIVE_INFINITY)),
        bad("beta", "1.0", () -> AdaFisher.builder().beta(1).build()),
        bad("beta", "-0.1", () -> AdaFisher.builder().beta(-0.1).build()),
        bad("beta", "NaN", () -> AdaFisher.builder().beta(Double.NaN).build()),
        bad("refreshInterval", "0", () -> AdaFisher.builder().refreshInterval(0).build()),
        bad("gamma", "1.0", () -> new Released(1, 1e-3)),
        bad("gamma", "NaN", () -> new Paper(Double.NaN, 1e-3)),
        bad("damping", "0.0", () -> new Released(0.8, 0)),
        bad("damping", "-1.0", () -> new Placebo(0.8, -1)),
        bad("rho", "1.0", () -> centred(1, 0.99, 0.01, 0.01, 0.316, 0.1, 0.3)),
        bad("beta2", "-0.5", () -> centred(0.95, -0.5, 0.01, 0.01, 0.316, 0.1, 0.3)),
        bad("eps", "-0.1", () -> centred(0.95, 0.99, -0.1, 0.01, 0.316, 0.1, 0.3)),
        bad("dampingIn", "0.0", () -> centred(0.95, 0.99, 0.01, 0, 0.316, 0.1, 0.3)),
        bad("dampingOut", "NaN", () -> centred(0.95, 0.99, 0.01, 0.01, Double.NaN, 0.1, 0.3)),
        bad("dampingRest", "-1.0", () -> centred(0.95, 0.99, 0.01, 0.01, 0.316, -1, 0.3)),
        bad("lrRest", "0.0", () -> centred(0.95, 0.99, 0.01, 0.01, 0.316, 0.1, 0)),
        bad("burnIn", "-1", () -> new Centred().withBurnIn(-1)),
        bad("burnIn", "-1", () -> new Spectral().withBurnIn(-1)),
        bad("blockSize", "0", () -> new Spectral().withBlockSize(0)),
        bad("iterations", "0", () -> new Spectral().withIterations(0)),
        bad("guardTrace", "0.0", () -> spectral(1, 1, 1, 0)),
        bad("initialLr", "0.0", () -> new CosineSchedule(0, 10)),
        bad("totalSteps", "0", () -> new CosineSchedule(0.1, 0)),
        bad("minLr", "0.2", () -> new CosineSchedule(0.1, 10, 0.2)),
        bad("warmUpSteps", "10", () -> new CosineSchedule(0.1, 10, 0, 10)),
        bad("learningRate", "-1.0", () -> new AdaFisher().setLrAndSchedule(-1, null)));
  }

  private static Centred centred(
      double rho,
      double beta2,
      double eps,
      double dampingIn,
      double dampingOut,
      double dampingRest,
      double lrRest) {
    return new Centred(
        rho, beta2, eps, dampingIn, dampingOut, dampingRest, lrRest, 100, 1e-12, 1e-30, 1e-16);
  }

  private static Arguments bad(String parameter, String value, Runnable action) {
    return Arguments.of(parameter, value, action);
  }

  @ParameterizedTest(name = "{0} = {1}")
  @MethodSource("badHyperParameters")
  void refusesHyperParametersOutOfRange(String parameter, String value, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("AdaFisher: " + parameter + " must be ")
        .hasMessageContaining("is " + value + ".");
  }

  @Test
  void cosineFallsFromTheRateToTheMinimum() {
    ISchedule plain = new CosineSchedule(0.2, 10);
    assertThat(plain.valueAt(0, 0)).isEqualTo(0.2);
    assertThat(plain.valueAt(5, 0)).isCloseTo(0.1, within(1e-15));
    assertThat(plain.valueAt(9, 0)).isCloseTo(0.1 * (1 + Math.cos(0.9 * Math.PI)), within(1e-15));
    assertThat(plain.valueAt(10, 0)).isZero();
    assertThat(plain.valueAt(11, 3)).isZero();

    ISchedule warm = new CosineSchedule(0.2, 14, 0.1, 4);
    assertThat(warm.valueAt(0, 0)).isCloseTo(0.04, within(1e-15));
    assertThat(warm.valueAt(3, 0)).isCloseTo(0.16, within(1e-15));
    assertThat(warm.valueAt(4, 0)).isEqualTo(0.2);
    assertThat(warm.valueAt(9, 0)).isCloseTo(0.15, within(1e-15));
    assertThat(warm.valueAt(14, 0)).isEqualTo(0.1);
    assertThat(warm.clone()).isEqualTo(warm);
  }
}
