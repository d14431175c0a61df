package org.adafisher.bench.report.stats;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.RunResult;

/**
 * A measure over the course of runs that differ only in their seed.
 *
 * @param points from left to right
 * @param broken whether a run diverged; the points end before it did
 */
public record Curve(List<Point> points, boolean broken) {

  /** Copies the list. */
  public Curve {
    points = List.copyOf(points);
  }

  /**
   * A place on the curve.
   *
   * @param x epoch or seconds
   * @param value the spread over the seeds
   */
  public record Point(double x, Spread value) {}

  /** Over epochs, as far as all runs have come. */
  public static Curve overEpochs(List<RunResult> runs, ToDoubleFunction<EpochResult> measure) {
    int epochs = runs.stream().mapToInt(run -> run.epochs().size()).min().orElse(0);
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < epochs; i++) {
      int epoch = i;
      Spread value = Spread.of(runs, run -> measure.applyAsDouble(run.epochs().get(epoch)));
      if (!value.known()) {
        break;
      }
      points.add(new Point(epoch + 1, value));
    }
    return new Curve(points, broken(runs));
  }

  /**
   * Over the seconds of training: at the end of an epoch every seed is at another time, so each is
   * interpolated linearly on a common grid, from where the last seed has its first value to where
   * the first seed has its last.
   *
   * @param gridPoints at least 2
   */
  public static Curve overSeconds(
      List<RunResult> runs, ToDoubleFunction<EpochResult> measure, int gridPoints) {
    List<List<EpochResult>> finite = runs.stream().map(run -> finite(run, measure)).toList();
    if (finite.isEmpty() || finite.stream().anyMatch(List::isEmpty)) {
      return new Curve(List.of(), broken(runs));
    }
    double start = finite.stream().mapToDouble(e -> e.get(0).seconds()).max().orElseThrow();
    double end =
        finite.stream().mapToDouble(e -> e.get(e.size() - 1).seconds()).min().orElseThrow();
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < gridPoints && start <= end; i++) {
      double x = i == gridPoints - 1 ? end : start + i * (end - start) / (gridPoints - 1);
      points.add(new Point(x, Spread.of(finite, epochs -> interpolate(epochs, measure, x))));
    }
    return new Curve(points, broken(runs));
  }

  /** The value at a time within the epochs' range. */
  static double interpolate(
      List<EpochResult> epochs, ToDoubleFunction<EpochResult> measure, double seconds) {
    int right = 0;
    while (right < epochs.size() - 1 && epochs.get(right).seconds() < seconds) {
      right++;
    }
    EpochResult after = epochs.get(right);
    EpochResult before = epochs.get(Math.max(0, right - 1));
    double span = after.seconds() - before.seconds();
    double share = span == 0 ? 1 : (seconds - before.seconds()) / span;
    return (1 - share) * measure.applyAsDouble(before) + share * measure.applyAsDouble(after);
  }

  private static List<EpochResult> finite(RunResult run, ToDoubleFunction<EpochResult> measure) {
    return run.epochs().stream()
        .takeWhile(epoch -> Double.isFinite(measure.applyAsDouble(epoch)))
        .sorted(Comparator.comparingDouble(EpochResult::seconds))
        .toList();
  }

  private static boolean broken(List<RunResult> runs) {
    return runs.stream().anyMatch(run -> run.epochs().stream().anyMatch(EpochResult::diverged));
  }
}
