package org.adafisher.bench.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.adafisher.bench.config.ConfigReader;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;

/** Experiments of seconds. */
final class MiniExperiment {

  static final String YAML =
      """
      name: miniature
      output: unused
      data: {name: digits, train: 200, validation: 50, test: 50}
      models: [digits-cnn, {type: mlp, hidden: 1, width: 16}]
      batchSize: 32
      epochs: 3
      seeds: [1]
      schedule: cosine
      reference: Adam
      optimizers:
        - {name: AdaFisher, type: adafisher, learningRate: 1.0e-3, refreshInterval: 4, weightDecay: 0.01}
        - {name: Adam, type: adam, learningRate: 3.0e-3}
      """;

  private MiniExperiment() {}

  /** Writes a configuration and reads it. */
  static ExperimentConfig config(Path folder, String yaml) throws Exception {
    return ConfigReader.read(file(folder, yaml)).withOutput(folder.resolve("out"));
  }

  static Path file(Path folder, String yaml) throws IOException {
    Files.createDirectories(folder);
    return Files.writeString(folder.resolve("experiment.yaml"), yaml);
  }

  /** Runs in the folder, with what is there. */
  static Results run(Path folder, String yaml, ProgressListener listener) throws Exception {
    ExperimentConfig config = config(folder, yaml);
    try (ResultsDirectory directory =
        ResultsDirectory.open(config, yaml.getBytes(StandardCharsets.UTF_8))) {
      Experiment.prepare(config, Work.RUN).carryOut(directory, listener);
    }
    return Results.read(config, config.output());
  }

  /** Says nothing and does nothing. */
  static class Silent implements ProgressListener {

    @Override
    public void stageStarted(String name, int runs, long steps, long done) {}

    @Override
    public void preparing(String what) {}

    @Override
    public void epochStarted(RunResult run, int epochs) {}

    @Override
    public void stepsDone(Trial trial, long steps) {}

    @Override
    public void epochFinished(Trial trial, EpochResult result) {}

    @Override
    public void stepsDropped(long steps) {}

    @Override
    public void groupFinished(List<RunResult> group) {}
  }
}
