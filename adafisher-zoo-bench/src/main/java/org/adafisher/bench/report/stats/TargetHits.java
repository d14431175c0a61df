package org.adafisher.bench.report.stats;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.Measure;
import org.adafisher.bench.result.RunResult;

/**
 * When runs reached a goal, to the epoch: measures are taken at the end of epochs only.
 *
 * @param runs how many runs there were
 * @param reached how many of them reached it
 * @param steps minibatches up to the end of the first epoch that reached it, over those runs
 * @param seconds training time up to there, over those runs
 */
public record TargetHits(int runs, int reached, Spread steps, Spread seconds) {

  /**
   * Counts.
   *
   * @param runs complete ones, or those that never reach it would not be known
   * @param goal NaN is never reached
   */
  public static TargetHits of(List<RunResult> runs, Measure measure, double goal) {
    List<EpochResult> hits = new ArrayList<>();
    for (RunResult run : runs) {
      first(run, measure, goal).ifPresent(hits::add);
    }
    return new TargetHits(
        runs.size(),
        hits.size(),
        Spread.of(hits, EpochResult::steps),
        Spread.of(hits, EpochResult::seconds));
  }

  private static Optional<EpochResult> first(RunResult run, Measure measure, double goal) {
    return run.epochs().stream()
        .filter(epoch -> measure.reaches(measure.of(epoch), goal))
        .findFirst();
  }
}
