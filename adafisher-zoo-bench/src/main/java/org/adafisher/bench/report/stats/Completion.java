package org.adafisher.bench.report.stats;

import java.util.List;
import org.adafisher.bench.result.RunResult;

/** Which runs have come to their end. */
public final class Completion {

  private Completion() {}

  /** Whether a run has taken all its steps, or will take no more because it diverged. */
  public static boolean isComplete(RunResult run) {
    return !run.epochs().isEmpty()
        && (run.last().diverged() || run.last().steps() == run.plannedSteps());
  }

  /** The complete ones among the runs. */
  public static List<RunResult> complete(List<RunResult> runs) {
    return runs.stream().filter(Completion::isComplete).toList();
  }
}
