package org.adafisher.bench.report;

import static org.adafisher.bench.report.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.config.OptimizerConfig;
import org.adafisher.bench.run.RunResult;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {

  private static final ExperimentConfig CONFIG =
      new ExperimentConfig(
          "tiny",
          Path.of("out"),
          "digits",
          List.of("digits-mlp"),
          64,
          2,
          List.of(7),
          "cosine",
          "Adam",
          List.of(new OptimizerConfig("Adam", "adam", Map.of("learningRate", 0.1))));

  private static final RunResult RUN = run("digits-mlp", "Adam", 7, 0.5, 0.25);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Test
  void withoutATerminalThereIsALineForEachGroup() {
    report(false);

    assertThat(text().lines())
        .containsExactly("[1/1, 0 s] digits-mlp, seed 7; train loss: Adam 0.2500");
  }

  @Test
  void onATerminalThereIsABar() {
    report(true);

    assertThat(text()).contains("100%", "2/2");
  }

  private void report(boolean terminal) {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (ConsoleProgress progress = ConsoleProgress.start(CONFIG, terminal, out)) {
      RUN.epochs().forEach(epoch -> progress.epochFinished("digits-mlp", "Adam", 7, epoch));
      progress.groupFinished(List.of(RUN));
    }
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
