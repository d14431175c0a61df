package org.adafisher.bench.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.adafisher.bench.result.CostResult;
import org.adafisher.bench.result.Measure;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Target;

/**
 * All that a report is made of.
 *
 * @param title the experiment's name
 * @param description what it is for, one or a few sentences; may be empty
 * @param conditions what was the same for all, in words, by name and in order: data, budget, seeds
 *     ...
 * @param environment where it ran, by name and in order: backend, Java, processors ...
 * @param configuration the YAML file, verbatim
 * @param reference the optimizer that others are compared with
 * @param targets the goals whose steps and seconds are counted
 * @param optimizers names of the optimizers in the order of the configuration, each with its
 *     settings in words ("adafisher, learningRate 0.003, refreshInterval 20, ...")
 * @param runs the runs in the order of the configuration. In a sweep one optimizer has several
 *     learning rates or batch sizes; otherwise its trials differ in model and seed alone (and in
 *     the learning rate between models, if it was tuned for each)
 * @param tuning how the learning rates were chosen; empty if they were given
 * @param costs what a step costs; empty if that was not measured
 * @param perplexity whether losses are those of language models, and exp(loss) is to be shown
 */
public record ReportData(
    String title,
    String description,
    Map<String, String> conditions,
    Map<String, String> environment,
    String configuration,
    String reference,
    List<Target> targets,
    Map<String, String> optimizers,
    List<RunResult> runs,
    Optional<Tuning> tuning,
    List<CostResult> costs,
    boolean perplexity) {

  /**
   * A choice of learning rates.
   *
   * @param measure what was compared, after the last epoch, as the mean over seeds
   * @param runs all that was tried
   * @param chosen the best learning rate by model and optimizer name
   */
  public record Tuning(
      Measure measure, List<RunResult> runs, Map<String, Map<String, Double>> chosen) {}
}
