package org.adafisher.examples.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.adafisher.AdaFisher;
import org.adafisher.Placebo;
import org.adafisher.curvature.KroneckerFactors;
import org.adafisher.examples.analysis.FactorHistory.Moment;
import org.adafisher.examples.analysis.StepSizes.LayerSteps;
import org.junit.jupiter.api.Test;

class StepSizesTest {

  @Test
  void fisherIsTheProductOfTheFactorsPlusDamping() {
    DigitsTraining training = DigitsTraining.of("digits-mlp", new AdaFisher(), 1).train(2);
    StepSizes sizes = StepSizes.of(training.network(), () -> training.train(1));
    KroneckerFactors factors =
        AdaFisher.attach(training.network()).factors(training.network()).get("layer1");
    double[] h = factors.inputFactor().toDoubleVector();
    double[] s = factors.gradientFactor().toDoubleVector();

    LayerSteps layer = sizes.layers().get(1);

    assertThat(layer.layer()).isEqualTo("layer1");
    assertThat(layer.fisher()).hasSize(129 * 64);
    assertThat(layer.steps()).hasSize(129 * 64);
    for (int k = 0; k < 64; k++) {
      for (int j = 0; j < 128; j++) {
        assertThat(layer.fisher()[k * 128 + j]).isCloseTo(h[j] * s[k] + 1e-3, within(1e-7));
      }
      assertThat(layer.fisher()[128 * 64 + k]).isCloseTo(h[128] * s[k] + 1e-3, within(1e-7));
    }
  }

  /** Without curvature F is one number, and the first step the gradient times rate over F. */
  @Test
  void stepIsWhatTheParametersLost() {
    DigitsTraining training =
        DigitsTraining.of("digits-mlp", new AdaFisher(0.01, new Placebo()), 1);
    double before = norm(training);
    StepSizes sizes = StepSizes.of(training.network(), () -> training.train(1));

    double f = 0.08 * 0.08 + 1e-3;
    for (LayerSteps layer : sizes.layers()) {
      assertThat(layer.fisherRatio()).isCloseTo(1, within(1e-6));
      assertThat(layer.fisher()[0]).isCloseTo(f, within(1e-8));
    }
    assertThat(norm(training)).isNotEqualTo(before);
    double[] gradient = training.network().gradient().gradient().toDoubleVector();
    double taken = sizes.layers().stream().flatMapToDouble(l -> Arrays.stream(l.steps())).sum();
    // DL4J writes the step over the gradient.
    assertThat(taken).isCloseTo(Arrays.stream(gradient).map(Math::abs).sum(), within(1e-4 * taken));
  }

  @Test
  void historyIsOfTheStepsThatWereLookedAt() {
    DigitsTraining training = DigitsTraining.of("digits-mlp", new AdaFisher(), 1);
    FactorHistory history =
        new FactorHistory(training.network(), training.probe(30), training.usualLayer());
    history.look(0);
    training.train(2, history::look);

    assertThat(training.usualLayer()).isEqualTo("layer2");
    assertThat(history.moments()).extracting(Moment::step).containsExactly(0, 1, 2);
    assertThat(history.moments().get(0).averagedH()).containsOnly(1);
    assertThat(history.moments().get(1).averagedH()).hasSize(65).doesNotContain(1);
    assertThat(history.moments().get(1).matrices().h())
        .isNotEqualTo(history.moments().get(0).matrices().h());
    assertThat(history.diagonals().title()).contains("layer2");
    assertThat(history.matrices(2).title()).contains("layer2");
  }

  private static double norm(DigitsTraining training) {
    return training.network().params().norm2Number().doubleValue();
  }
}
