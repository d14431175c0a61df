package org.adafisher.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.adafisher.bench.result.ResultLog;
import org.adafisher.bench.result.RunResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that learned nothing are said to. */
class CollapseTest {

  private static final String TASK =
      """
      name: collapse
      output: unused
      data: %s
      models: [%s]
      batchSize: 20
      epochs: 4
      seeds: [1, 2]
      schedule: constant
      reference: still
      optimizers:
        - {name: still, type: sgd, learningRate: 1.0e-12}
        - {name: moved, type: adam, learningRate: %s}
      """;

  @TempDir private Path directory;

  /** Steps that move nothing against steps that do. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {name: digits, train: 600, validation: 200, test: 50}        | digits-mlp                              | 3.0e-3
          {name: genesis-tokens, tokenizer: character, context: 16, train: 3000, validation: 1000, test: 500} | {type: transformer, width: 8, heads: 1} | 1.0e-2
          """)
  void whatWasNotTrainedEndsAtChanceAndIsNoTarget(String data, String model, String rate)
      throws Exception {
    Console console = run(TASK.formatted(data, model, rate));

    for (RunResult run : ResultLog.read(directory.resolve("out/epochs.jsonl")).runs()) {
      assertThat(run.atChance())
          .as(() -> run.trial() + " " + run.chance() + " " + run.last())
          .isEqualTo(run.trial().optimizer().equals("still"));
    }
    assertThat(console.out())
        .contains("still: 2 of 2 seeds ended at chance")
        .contains("T1: still's final training loss, -")
        .doesNotContain("moved: ");
    assertThat(directory.resolve("out/report.html"))
        .content()
        .contains("still is left out of the comparison: 2 of 2 seeds ended at chance.");
  }

  /** Steps so large that every unit dies: what is left are the biases of the output. */
  @Test
  void aNetworkWhoseUnitsAreDeadEndedAtChance() throws Exception {
    run(
        TASK.formatted(
                "{name: digits, train: 600, validation: 200, test: 50}", "digits-mlp", "3.0e-3")
            .replace("1.0e-12", "30"));

    assertThat(ResultLog.read(directory.resolve("out/epochs.jsonl")).runs())
        .filteredOn(run -> run.trial().optimizer().equals("still"))
        .allMatch(run -> run.last().diverged() || run.atChance());
  }

  private Console run(String yaml) throws Exception {
    Path file = Files.writeString(directory.resolve("collapse.yaml"), yaml);
    return Console.of("run", file.toString(), "--out", directory.resolve("out").toString())
        .succeeded();
  }
}
