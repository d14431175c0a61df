package org.adafisher.bench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.adafisher.bench.report.stats.Completion;
import org.adafisher.bench.report.stats.Spread;
import org.adafisher.bench.report.stats.TargetHits;
import org.adafisher.bench.report.text.NaturalOrder;
import org.adafisher.bench.result.CostResult;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.EpochResult.FactorSpread;
import org.adafisher.bench.result.EpochResult.TestResult;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;

/** The numbers of a report as CSV files, full digits, accuracies from 0 to 1. */
final class CsvFiles {

  private CsvFiles() {}

  /** The files for which there is data, by name. */
  static Map<String, String> of(Results results) {
    ReportData data = results.data();
    Map<String, String> files = new LinkedHashMap<>();
    if (!data.runs().isEmpty()) {
      files.put("summary.csv", summary(results));
      files.put("epochs.csv", epochs(data.runs()));
      if (!data.targets().isEmpty()) {
        files.put("steps-to-target.csv", targets(results));
      }
      if (hasFactors(data.runs())) {
        files.put("factors.csv", factors(data.runs()));
      }
    }
    data.tuning().ifPresent(tuning -> files.put("tuning.csv", tuning(tuning)));
    if (!data.costs().isEmpty()) {
      files.put("cost.csv", cost(data.costs()));
    }
    return files;
  }

  private static String summary(Results results) {
    Csv csv =
        new Csv(
            "model",
            "parameters",
            "optimizer",
            "learning_rate",
            "batch_size",
            "runs",
            "complete",
            "diverged",
            "at_chance",
            "test_accuracy_mean",
            "test_accuracy_sd",
            "test_accuracy_low",
            "test_accuracy_high",
            "validation_accuracy_mean",
            "validation_accuracy_sd",
            "train_loss_mean",
            "train_loss_sd",
            "step_ms_median",
            "step_ms_mean",
            "seconds_mean",
            "seconds_sd");
    for (ModelResults model : results.models()) {
      for (Arm arm : model.arms()) {
        Spread test = arm.last(Arm::testAccuracy);
        Spread validation = arm.last(EpochResult::validationAccuracy);
        Spread loss = arm.last(EpochResult::trainLoss);
        Spread seconds = arm.seconds();
        csv.line(
            model.model(),
            model.parameters(),
            arm.optimizer(),
            arm.learningRate(),
            arm.batchSize() == 0 ? "" : arm.batchSize(),
            arm.runs().size(),
            arm.complete().size(),
            arm.diverged(),
            arm.atChance(),
            test.mean(),
            test.deviation(),
            test.low(),
            test.high(),
            validation.mean(),
            validation.deviation(),
            loss.mean(),
            loss.deviation(),
            arm.medianStepMillis(),
            arm.meanStepMillis(),
            seconds.mean(),
            seconds.deviation());
      }
    }
    return csv.toString();
  }

  private static String epochs(List<RunResult> runs) {
    Csv csv =
        new Csv(
            "model",
            "optimizer",
            "learning_rate",
            "batch_size",
            "seed",
            "epoch",
            "steps",
            "seconds",
            "minibatch_loss",
            "train_loss",
            "validation_loss",
            "validation_accuracy",
            "step_ms_median",
            "step_ms_mean",
            "test_loss",
            "test_accuracy",
            "diverged");
    for (RunResult run : runs) {
      Trial trial = run.trial();
      for (EpochResult epoch : run.epochs()) {
        csv.line(
            trial.model(),
            trial.optimizer(),
            trial.learningRate(),
            trial.batchSize(),
            trial.seed(),
            epoch.epoch(),
            epoch.steps(),
            epoch.seconds(),
            epoch.minibatchLoss(),
            epoch.trainLoss(),
            epoch.validationLoss(),
            epoch.validationAccuracy(),
            epoch.medianStepMillis(),
            epoch.meanStepMillis(),
            epoch.test().map(TestResult::loss).orElse(Double.NaN),
            epoch.test().map(TestResult::accuracy).orElse(Double.NaN),
            epoch.diverged());
      }
    }
    return csv.toString();
  }

  private static String targets(Results results) {
    Csv csv =
        new Csv(
            "model",
            "optimizer",
            "learning_rate",
            "batch_size",
            "measure",
            "target",
            "complete",
            "reached",
            "steps_mean",
            "steps_sd",
            "seconds_mean",
            "seconds_sd");
    for (ModelResults model : results.models()) {
      for (Goal goal : model.goals()) {
        for (Arm arm : model.arms()) {
          TargetHits hits = TargetHits.of(arm.complete(), goal.measure(), goal.value());
          csv.line(
              model.model(),
              arm.optimizer(),
              arm.learningRate(),
              arm.batchSize() == 0 ? "" : arm.batchSize(),
              goal.measure().key(),
              goal.value(),
              hits.runs(),
              hits.reached(),
              hits.steps().mean(),
              hits.steps().deviation(),
              hits.seconds().mean(),
              hits.seconds().deviation());
        }
      }
    }
    return csv.toString();
  }

  private static boolean hasFactors(List<RunResult> runs) {
    return runs.stream()
        .flatMap(run -> run.epochs().stream())
        .anyMatch(epoch -> !epoch.factorSpread().isEmpty());
  }

  private static String factors(List<RunResult> runs) {
    Csv csv =
        new Csv(
            "model",
            "optimizer",
            "learning_rate",
            "batch_size",
            "seed",
            "epoch",
            "layer",
            "low",
            "mean",
            "high",
            "damping");
    for (RunResult run : runs) {
      Trial trial = run.trial();
      for (EpochResult epoch : run.epochs()) {
        List<String> layers =
            epoch.factorSpread().keySet().stream().sorted(NaturalOrder.COMPARATOR).toList();
        for (String layer : layers) {
          FactorSpread spread = epoch.factorSpread().get(layer);
          csv.line(
              trial.model(),
              trial.optimizer(),
              trial.learningRate(),
              trial.batchSize(),
              trial.seed(),
              epoch.epoch(),
              layer,
              spread.low(),
              spread.mean(),
              spread.high(),
              spread.damping());
        }
      }
    }
    return csv.toString();
  }

  private static String tuning(ReportData.Tuning tuning) {
    Csv csv =
        new Csv(
            "model",
            "optimizer",
            "learning_rate",
            "batch_size",
            "seed",
            "measure",
            "value",
            "complete",
            "diverged",
            "chosen");
    for (RunResult run : tuning.runs()) {
      Trial trial = run.trial();
      Double chosen = tuning.chosen().getOrDefault(trial.model(), Map.of()).get(trial.optimizer());
      boolean begun = !run.epochs().isEmpty();
      csv.line(
          trial.model(),
          trial.optimizer(),
          trial.learningRate(),
          trial.batchSize(),
          trial.seed(),
          tuning.measure().key(),
          begun ? tuning.measure().of(run.last()) : Double.NaN,
          Completion.isComplete(run),
          begun && run.last().diverged(),
          chosen != null && chosen == trial.learningRate());
    }
    return csv.toString();
  }

  private static String cost(List<CostResult> costs) {
    Csv csv =
        new Csv(
            "model",
            "parameters",
            "optimizer",
            "batch_size",
            "step_ms",
            "of_reference",
            "state_bytes");
    for (CostResult cost : costs) {
      csv.line(
          cost.model(),
          cost.parameters(),
          cost.optimizer(),
          cost.batchSize(),
          cost.stepMillis(),
          cost.ofReference(),
          cost.stateBytes());
    }
    return csv.toString();
  }
}
