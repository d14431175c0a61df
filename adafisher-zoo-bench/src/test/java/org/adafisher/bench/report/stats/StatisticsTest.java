package org.adafisher.bench.report.stats;

import static org.adafisher.bench.report.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.adafisher.bench.report.Runs;
import org.adafisher.bench.result.Trial;
import org.junit.jupiter.api.Test;

class StatisticsTest {

  @Test
  void deviationIsThatOfASample() {
    Spread spread = Spread.of(1, 2, 3, 6);

    assertThat(spread.mean()).isEqualTo(3);
    assertThat(spread.deviation()).isCloseTo(Math.sqrt(14 / 3.0), within(1e-12));
    assertThat(spread.low()).isEqualTo(1);
    assertThat(spread.high()).isEqualTo(6);
  }

  @Test
  void oneValueHasNoDeviationAndNoneHasNoMean() {
    assertThat(Spread.of(5).known()).isTrue();
    assertThat(Spread.of(5).hasDeviation()).isFalse();
    assertThat(Spread.of().known()).isFalse();
  }

  @Test
  void oneNanIsEnough() {
    assertThat(Spread.of(1, Double.NaN, 3).known()).isFalse();
    assertThat(Spread.of(1, Double.NaN, 3).low()).isNaN();
  }

  @Test
  void medianLeavesOutWhatIsNotFinite() {
    assertThat(Median.of(3, Double.NaN, 1, 2)).isEqualTo(2);
    assertThat(Median.of(4, 1)).isEqualTo(2.5);
    assertThat(Median.of()).isNaN();
  }

  @Test
  void meansAreToldApartBeyondTwoStandardErrors() {
    Spread low = Spread.of(0, 2); // mean 1, deviation sqrt(2), variance of the mean 1
    Difference at = Difference.between(Spread.of(0 + 2.8, 2 + 2.8), low);
    Difference beyond = Difference.between(Spread.of(0 + 2.9, 2 + 2.9), low);

    assertThat(at.standardError()).isCloseTo(Math.sqrt(2), within(1e-12));
    assertThat(at.toldApart()).isFalse();
    assertThat(beyond.toldApart()).isTrue();
    assertThat(beyond.value()).isCloseTo(2.9, within(1e-12));
  }

  @Test
  void equalMeansAreNotToldApartEvenWithoutAnyNoise() {
    assertThat(Difference.between(Spread.of(1, 1), Spread.of(1, 1)).toldApart()).isFalse();
  }

  @Test
  void oneSeedIsNeverToldApart() {
    Difference difference = Difference.between(Spread.of(100), Spread.of(0, 1));

    assertThat(difference.known()).isFalse();
    assertThat(difference.toldApart()).isFalse();
  }

  @Test
  void aRunIsCompleteWithItsLastStepOrWhenItDiverged() {
    Trial trial = new Trial("m", "o", 0.1, 64, 1);

    assertThat(Completion.isComplete(run("m", "o", 1, 0.5, 0.4))).isTrue();
    assertThat(Completion.isComplete(Runs.run(trial, 3, 0.5, 0.4))).isFalse();
    assertThat(Completion.isComplete(Runs.run(trial, 3, 0.5, Double.NaN))).isTrue();
    assertThat(Completion.isComplete(Runs.run(trial, 3))).isFalse();
  }
}
