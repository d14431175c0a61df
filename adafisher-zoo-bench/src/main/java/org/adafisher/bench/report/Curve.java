package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;
import org.adafisher.bench.run.EpochResult;
import org.adafisher.bench.run.RunResult;

/**
 * A measure over the epochs of one optimizer on one model.
 *
 * @param points the spread over the seeds after epoch 1, 2, ...
 */
record Curve(List<Spread> points) {

  /** The curve of runs that differ only in their seed. */
  static Curve of(List<RunResult> runs, ToDoubleFunction<EpochResult> measure) {
    List<Spread> points = new ArrayList<>();
    for (int i = 0; i < runs.get(0).epochs().size(); i++) {
      int epoch = i;
      points.add(
          Spread.of(
              runs.stream()
                  .mapToDouble(run -> measure.applyAsDouble(run.epochs().get(epoch)))
                  .toArray()));
    }
    return new Curve(points);
  }

  Spread last() {
    return points.get(points.size() - 1);
  }

  /** The first epoch, counted from 1, whose mean is no greater than the given value. */
  OptionalInt firstAtMost(double value) {
    for (int i = 0; i < points.size(); i++) {
      if (points.get(i).mean() <= value) {
        return OptionalInt.of(i + 1);
      }
    }
    return OptionalInt.empty();
  }
}
