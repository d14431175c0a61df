package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.EpochResult.FactorSpread;
import org.adafisher.bench.result.EpochResult.TestResult;
import org.adafisher.bench.result.Measure;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Target;
import org.adafisher.bench.result.Trial;

/** Measurements of small round numbers. */
public final class Runs {

  /** Steps an epoch of every run. */
  public static final int STEPS = 10;

  private Runs() {}

  /**
   * A complete run: after epoch e the loss is the e-th, the validation accuracy 1 less that, the
   * test accuracy in the end 0.01 below, a step takes e ms, an epoch 2 s.
   */
  public static RunResult run(String model, String optimizer, int seed, double... losses) {
    return run(new Trial(model, optimizer, 0.1, 64, seed), losses.length, losses);
  }

  /** Like that, of as many planned epochs. */
  public static RunResult run(Trial trial, int plannedEpochs, double... losses) {
    List<EpochResult> epochs = new ArrayList<>();
    for (int e = 1; e <= losses.length; e++) {
      double loss = losses[e - 1];
      boolean tested = e == plannedEpochs && !Double.isNaN(loss);
      epochs.add(
          new EpochResult(
              e,
              (long) STEPS * e,
              2.0 * e,
              loss,
              loss,
              loss,
              1 - loss,
              e,
              e,
              Map.of(),
              tested ? Optional.of(new TestResult(loss, 1 - loss - 0.01)) : Optional.empty()));
    }
    return new RunResult(trial, 1234, (long) STEPS * plannedEpochs, epochs);
  }

  /** The run with the same F in a layer after every epoch, as multiples of a damping of 0.001. */
  public static RunResult withFactor(
      RunResult run, String layer, double low, double mean, double high) {
    FactorSpread spread = new FactorSpread(low * 1e-3, mean * 1e-3, high * 1e-3, 1e-3);
    return map(run, epoch -> copy(epoch, Map.of(layer, spread), epoch.test()));
  }

  /** The run without a test at its end. */
  static RunResult untested(RunResult run) {
    return map(run, epoch -> copy(epoch, epoch.factorSpread(), Optional.empty()));
  }

  private static RunResult map(RunResult run, UnaryOperator<EpochResult> change) {
    List<EpochResult> epochs = run.epochs().stream().map(change).toList();
    return new RunResult(run.trial(), run.parameters(), run.plannedSteps(), epochs);
  }

  private static EpochResult copy(
      EpochResult epoch, Map<String, FactorSpread> factors, Optional<TestResult> test) {
    return new EpochResult(
        epoch.epoch(),
        epoch.steps(),
        epoch.seconds(),
        epoch.minibatchLoss(),
        epoch.trainLoss(),
        epoch.validationLoss(),
        epoch.validationAccuracy(),
        epoch.medianStepMillis(),
        epoch.meanStepMillis(),
        factors,
        test);
  }

  /** A report of nothing but these runs; the target is Adam's final training loss. */
  static ReportData data(Map<String, String> optimizers, List<RunResult> runs) {
    return new ReportData(
        "title",
        "",
        Map.of(),
        Map.of(),
        "",
        "Adam",
        List.of(new Target(Measure.TRAIN_LOSS, OptionalDouble.empty())),
        optimizers,
        runs,
        Optional.empty(),
        List.of(),
        false);
  }

  /** The same with a choice of learning rates. */
  static ReportData ofTuning(ReportData like, ReportData.Tuning tuning) {
    return new ReportData(
        like.title(),
        like.description(),
        like.conditions(),
        like.environment(),
        like.configuration(),
        like.reference(),
        like.targets(),
        like.optimizers(),
        like.runs(),
        Optional.of(tuning),
        like.costs(),
        like.perplexity());
  }

  /** The same as of a language model, whose perplexity is exp(loss). */
  static ReportData ofLanguage(ReportData like) {
    return new ReportData(
        like.title(),
        like.description(),
        like.conditions(),
        like.environment(),
        like.configuration(),
        like.reference(),
        like.targets(),
        like.optimizers(),
        like.runs(),
        like.tuning(),
        like.costs(),
        true);
  }
}
