package org.adafisher.bench.report.stats;

import static org.adafisher.bench.report.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.adafisher.bench.report.Runs;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.RunResult;
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

  /** The quantile of Student's t with two degrees of freedom is 4.302653, with one 12.706205. */
  @Test
  void pairsAreToldApartBeyondTheTInterval() {
    Difference three = Difference.paired(runs(2, 4, 6), runs(1, 2, 3), EpochResult::trainLoss);
    assertThat(three.seeds()).isEqualTo(3);
    assertThat(three.value()).isCloseTo(2, within(1e-12));
    assertThat(three.margin()).isCloseTo(4.302653 / Math.sqrt(3), within(1e-6));
    assertThat(three.low()).isCloseTo(2 - 2.484138, within(1e-6));
    assertThat(three.high()).isCloseTo(2 + 2.484138, within(1e-6));
    assertThat(three.toldApart()).isFalse();

    Difference near = Difference.paired(runs(3, 5, 6.5), runs(1, 2.5, 3.5), EpochResult::trainLoss);
    assertThat(near.value()).isCloseTo(2.5, within(1e-12));
    assertThat(near.margin()).isCloseTo(2.484138 / 2, within(1e-6));
    assertThat(near.toldApart()).isTrue();

    Difference two = Difference.paired(runs(0, 10), runs(1, 12), EpochResult::trainLoss);
    assertThat(two.margin()).isCloseTo(12.706205 / 2, within(1e-6));
    assertThat(two.toldApart()).isFalse();
  }

  private static List<RunResult> runs(double... losses) {
    return IntStream.range(0, losses.length)
        .mapToObj(seed -> run("m", "o", seed, losses[seed]))
        .toList();
  }

  @Test
  void equalRunsAreNotToldApartEvenWithoutAnyNoise() {
    assertThat(Difference.paired(runs(1, 2), runs(1, 2), EpochResult::trainLoss).toldApart())
        .isFalse();
  }

  @Test
  void oneSharedSeedOrOneThatDivergedIsNeverToldApart() {
    Difference one = Difference.paired(runs(100), runs(0, 1), EpochResult::trainLoss);
    Difference diverged =
        Difference.paired(runs(100, 200), runs(1, Double.NaN), EpochResult::trainLoss);

    assertThat(one.seeds()).isEqualTo(1);
    assertThat(one.known()).isFalse();
    assertThat(one.toldApart()).isFalse();
    assertThat(diverged.known()).isFalse();
    assertThat(diverged.toldApart()).isFalse();
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
