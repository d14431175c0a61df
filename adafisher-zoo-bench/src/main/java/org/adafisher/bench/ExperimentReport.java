package org.adafisher.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.adafisher.bench.config.Budget;
import org.adafisher.bench.config.DataConfig;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.config.ModelConfig;
import org.adafisher.bench.config.OptimizerConfig;
import org.adafisher.bench.config.TuningConfig;
import org.adafisher.bench.data.Augmentation;
import org.adafisher.bench.data.DataRequest;
import org.adafisher.bench.data.Datasets;
import org.adafisher.bench.data.Task;
import org.adafisher.bench.data.TextForm;
import org.adafisher.bench.optimizer.Optimizers;
import org.adafisher.bench.report.CostTable;
import org.adafisher.bench.report.Report;
import org.adafisher.bench.report.ReportData;
import org.adafisher.bench.report.SummaryTable;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.run.Results;
import org.adafisher.bench.run.ResultsDirectory;

/** Turns a results folder into a report. */
public final class ExperimentReport {

  private ExperimentReport() {}

  /** Writes the report into the folder and prints the tables of the results, if there are any. */
  static void write(ExperimentConfig config, Path directory, PrintStream out) throws IOException {
    write(
        config,
        directory,
        data -> data.runs().isEmpty() ? CostTable.of(data) : SummaryTable.of(data),
        out);
  }

  /** Writes the report into the folder and prints the tables of the costs. */
  static void writeCosts(ExperimentConfig config, Path directory, PrintStream out)
      throws IOException {
    write(config, directory, CostTable::of, out);
  }

  private static void write(
      ExperimentConfig config, Path directory, Function<ReportData, String> print, PrintStream out)
      throws IOException {
    ReportData data = read(config, directory);
    String tables = print.apply(data);
    out.printf("%n%s%n", tables);
    List<Path> files = Report.write(data, directory);
    out.printf(
        "In %s: %s%n",
        directory,
        files.stream()
            .map(file -> directory.relativize(file).toString())
            .filter(name -> !name.startsWith("plots"))
            .collect(Collectors.joining(", ")));
  }

  /** Name and conditions in one line. */
  static String headline(ExperimentConfig config) {
    return config.name()
        + ": "
        + String.join(", ", data(config.data()), budget(config), "seeds " + join(config.seeds()));
  }

  /**
   * What a results folder has so far.
   *
   * @param config the experiment's
   * @param directory where it keeps its results, open or not
   * @throws IOException if they cannot be read
   */
  public static ReportData read(ExperimentConfig config, Path directory) throws IOException {
    Results results = Results.read(config, directory);
    boolean begun = results.runs().stream().anyMatch(run -> !run.epochs().isEmpty());
    Map<String, String> settings = new LinkedHashMap<>();
    config.optimizers().forEach(o -> settings.put(o.name(), settings(o)));
    return new ReportData(
        config.name(),
        config.description(),
        conditions(config, results),
        ResultsDirectory.environment(directory),
        Files.readString(ResultsDirectory.configuration(directory)),
        config.reference(),
        config.targets(),
        settings,
        begun ? results.runs() : List.of(), // nothing but costs
        results.tuning().map(t -> new ReportData.Tuning(t.measure(), t.runs(), t.chosen())),
        results.costs(),
        language(config));
  }

  private static boolean language(ExperimentConfig config) {
    return Datasets.REGISTRY.get(config.data().type()).task() == Task.LANGUAGE;
  }

  private static Map<String, String> conditions(ExperimentConfig config, Results results) {
    Map<String, String> conditions = new LinkedHashMap<>();
    long complete = results.runs().stream().filter(RunResult::complete).count();
    conditions.put("runs", "%d of %d complete".formatted(complete, results.runs().size()));
    conditions.put("data", data(config.data()));
    results.runs().stream()
        .flatMap(run -> run.dataSha256().stream())
        .findFirst()
        .ifPresent(sha256 -> conditions.put("SHA-256 of the data", sha256));
    if (Datasets.REGISTRY.get(config.data().type()).task() == Task.RECONSTRUCTION) {
      conditions.put("loss", "squared error summed over an image's pixels");
      conditions.put(
          "accuracy", "explained variance of the pixels, 1 - squared error / variance, at least 0");
    }
    if (language(config)) {
      conditions.put("loss", "cross-entropy in nats a token; perplexity is exp(loss)");
      conditions.put(
          "minibatch loss",
          "Deeplearning4j's score without penalties: nats summed over the tokens of an example");
      conditions.put("accuracy", "share of tokens whose most probable prediction is right");
    }
    conditions.put(
        "models",
        config.models().stream().map(ExperimentReport::model).collect(Collectors.joining("; ")));
    conditions.put("budget", budget(config));
    conditions.put(
        "batch size",
        config
            .sweep()
            .map(sweep -> join(sweep.batchSizes()))
            .orElse(String.valueOf(config.batchSize())));
    conditions.put("schedule", config.schedule());
    conditions.put("seeds", join(config.seeds()));
    config.tuning().ifPresent(tuning -> conditions.put("tuning", tuning(tuning, results)));
    conditions.put("backend", config.backend().toString());
    return conditions;
  }

  private static String data(DataConfig data) {
    DataRequest request = data.request();
    boolean language = Datasets.REGISTRY.get(data.type()).task() == Task.LANGUAGE;
    Map<String, String> parts = new LinkedHashMap<>();
    if (language) {
      TextForm text = request.text();
      parts.put("tokenizer", text.tokenizer());
      text.vocabulary().ifPresent(n -> parts.put("vocabulary at most", String.valueOf(n)));
      parts.put("context", String.valueOf(text.context()));
    }
    request.train().ifPresent(n -> parts.put("training", n + (language ? " tokens" : " examples")));
    request.validation().ifPresent(n -> parts.put("validation", String.valueOf(n)));
    request.test().ifPresent(n -> parts.put("test", String.valueOf(n)));
    request.imageSize().ifPresent(n -> parts.put("resized to", n + "x" + n));
    request.channels().ifPresent(n -> parts.put("channels", String.valueOf(n)));
    Augmentation augmentation = request.augmentation();
    if (!augmentation.equals(Augmentation.NONE)) {
      parts.put(
          "augmentation",
          String.format(
              Locale.ROOT,
              "crop %d, flip %s, cutout %d",
              augmentation.cropPadding(),
              augmentation.flip() ? "yes" : "no",
              augmentation.cutout()));
    }
    return parts.isEmpty()
        ? data.type()
        : data.type()
            + parts.entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", ", " (", ")"));
  }

  private static String model(ModelConfig model) {
    return model.name() + values(model.values());
  }

  private static String budget(ExperimentConfig config) {
    if (config.budget() instanceof Budget.Seconds seconds) {
      return "%s s of training for every optimizer".formatted(number(seconds.count()));
    }
    Budget.Epochs epochs = (Budget.Epochs) config.budget();
    return epochs.equalWallClock()
        ? "equal wall-clock: the time of %d epochs of %s"
            .formatted(epochs.count(), config.reference())
        : epochs.count() + " epochs for every optimizer";
  }

  private static String tuning(TuningConfig tuning, Results results) {
    String rule =
        String.format(
            Locale.ROOT,
            "%d learning rates for every optimizer, a factor of %.3g apart, %d epochs, seeds %s, by"
                + " %s",
            tuning.trials(),
            tuning.ratio(),
            tuning.epochs(),
            join(tuning.seeds()),
            tuning.measure());
    return results.tuning().isPresent() ? rule : "not done; the command tune would do: " + rule;
  }

  private static String settings(OptimizerConfig optimizer) {
    return optimizer.type()
        + Optimizers.REGISTRY.get(optimizer.type()).parameters().stream()
            .map(p -> ", " + p.name() + " " + number(optimizer.values().get(p.name())))
            .collect(Collectors.joining());
  }

  private static String values(Map<String, Double> values) {
    return values.isEmpty()
        ? ""
        : new TreeMap<>(values)
            .entrySet().stream()
                .map(e -> e.getKey() + " " + number(e.getValue()))
                .collect(Collectors.joining(", ", " (", ")"));
  }

  private static String join(List<?> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /** As people write it: 64, 0.001, 1.0E-8. */
  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.valueOf((long) value)
        : String.valueOf(value);
  }
}
