package org.adafisher.bench.report.stats;

import static org.adafisher.bench.report.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.adafisher.bench.report.Runs;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;
import org.junit.jupiter.api.Test;

class CurveTest {

  @Test
  void overEpochsItIsTheSpreadOfEveryEpoch() {
    Curve curve =
        Curve.overEpochs(
            List.of(run("m", "o", 1, 0.5, 0.25), run("m", "o", 2, 1.5, 0.75)),
            EpochResult::trainLoss);

    assertThat(curve.broken()).isFalse();
    assertThat(curve.points())
        .containsExactly(
            new Curve.Point(1, Spread.of(0.5, 1.5)), new Curve.Point(2, Spread.of(0.25, 0.75)));
  }

  @Test
  void itEndsBeforeTheFirstSeedDiverged() {
    Curve curve =
        Curve.overEpochs(
            List.of(run("m", "o", 1, 3, 2, 1), run("m", "o", 2, 3, Double.NaN)),
            EpochResult::trainLoss);

    assertThat(curve.broken()).isTrue();
    assertThat(curve.points()).hasSize(1);
  }

  @Test
  void runsThatGoOnAreShownAsFarAsAllHaveCome() {
    Trial trial = new Trial("m", "o", 0.1, 64, 2);
    Curve curve =
        Curve.overEpochs(
            List.of(run("m", "o", 1, 3, 2, 1), Runs.run(trial, 3, 3, 2)), EpochResult::trainLoss);

    assertThat(curve.broken()).isFalse();
    assertThat(curve.points()).hasSize(2);
  }

  @Test
  void overSecondsSeedsAreInterpolatedBetweenTheirEpochs() {
    Curve curve =
        Curve.overSeconds(
            List.of(timed(List.of(1.0, 3.0), 10, 6), timed(List.of(2.0, 4.0), 8, 4)),
            EpochResult::trainLoss,
            3);

    assertThat(curve.points()) // from 2 s, when both have a value, to 3 s, when one has no more
        .containsExactly(
            new Curve.Point(2, Spread.of(8, 8)),
            new Curve.Point(2.5, Spread.of(7, 7)),
            new Curve.Point(3, Spread.of(6, 6)));
  }

  @Test
  void overSecondsASeedThatDivergedAtOnceLeavesNothing() {
    Curve curve =
        Curve.overSeconds(
            List.of(run("m", "o", 1, 1, 1), run("m", "o", 2, Double.NaN)),
            EpochResult::trainLoss,
            5);

    assertThat(curve.points()).isEmpty();
    assertThat(curve.broken()).isTrue();
  }

  private static RunResult timed(List<Double> seconds, double... losses) {
    List<EpochResult> epochs = new ArrayList<>();
    for (int i = 0; i < losses.length; i++) {
      epochs.add(
          new EpochResult(
              i + 1,
              i,
              seconds.get(i),
              losses[i],
              losses[i],
              0,
              0,
              1,
              1,
              Map.of(),
              Optional.empty()));
    }
    return new RunResult(new Trial("m", "o", 0.1, 64, 1), 1, 1, epochs);
  }
}
