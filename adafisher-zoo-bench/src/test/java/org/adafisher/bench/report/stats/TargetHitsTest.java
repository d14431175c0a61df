package org.adafisher.bench.report.stats;

import static org.adafisher.bench.report.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.adafisher.bench.result.Measure;
import org.adafisher.bench.result.RunResult;
import org.junit.jupiter.api.Test;

class TargetHitsTest {

  private static final List<RunResult> RUNS =
      List.of(
          run("m", "o", 1, 0.9, 0.5, 0.2), // 10 steps and 2 seconds an epoch
          run("m", "o", 2, 0.5, 0.6, 0.4),
          run("m", "o", 3, 0.9, 0.8, 0.7),
          run("m", "o", 4, 0.9, Double.NaN));

  @Test
  void countsToTheFirstEpochOverTheRunsThatReachIt() {
    TargetHits hits = TargetHits.of(RUNS, Measure.TRAIN_LOSS, 0.5);

    assertThat(hits.runs()).isEqualTo(4);
    assertThat(hits.reached()).isEqualTo(2);
    assertThat(hits.steps()).isEqualTo(Spread.of(20, 10));
    assertThat(hits.seconds()).isEqualTo(Spread.of(4, 2));
  }

  @Test
  void moreIsBetterForAccuracy() {
    assertThat(TargetHits.of(RUNS, Measure.VALIDATION_ACCURACY, 0.79).steps().mean()).isEqualTo(30);
  }

  @Test
  void whatIsNeverReachedHasNoMean() {
    assertThat(TargetHits.of(RUNS, Measure.TRAIN_LOSS, 0.1).reached()).isZero();
    assertThat(TargetHits.of(RUNS, Measure.TRAIN_LOSS, Double.NaN).reached()).isZero();
    assertThat(TargetHits.of(RUNS, Measure.TRAIN_LOSS, 0.1).steps().known()).isFalse();
  }
}
