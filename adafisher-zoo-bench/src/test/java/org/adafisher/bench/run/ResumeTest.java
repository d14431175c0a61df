package org.adafisher.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;
import org.adafisher.bench.run.MiniExperiment.Silent;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;

class ResumeTest {

  /** Of 4 runs of 3 epochs of 7 steps. */
  private static final int ALL_STEPS = 84;

  @TempDir private Path folder;

  @BeforeAll
  static void oneThread() {
    Nd4j.getEnvironment().setMaxThreads(1);
  }

  /** Stands for a program that is killed in the middle of a step. */
  private static final class Kill extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static ProgressListener killAfter(int steps) {
    return new Silent() {
      private int done;

      @Override
      public void stepsDone(Trial trial, long count) {
        done += (int) count;
        if (done == steps) {
          throw new Kill();
        }
      }
    };
  }

  @Test
  void anInterruptedExperimentEndsWithTheNumbersOfAnUninterruptedOne() throws Exception {
    List<String> whole =
        measures(MiniExperiment.run(folder.resolve("whole"), MiniExperiment.YAML, new Silent()));
    assertThat(whole).hasSize(12);
    Path interrupted = folder.resolve("interrupted");

    int kills = 0;
    // Not a multiple of an epoch's 7 steps, so that it is hit early, late and in between.
    for (int steps = 5; ; steps = 11) {
      ProgressListener killer = killAfter(steps);
      try {
        Results results = MiniExperiment.run(interrupted, MiniExperiment.YAML, killer);
        assertThat(measures(results)).isEqualTo(whole);
        break;
      } catch (Kill e) {
        kills++;
        tear(interrupted.resolve("out"));
      }
    }

    assertThat(kills).isBetween(ALL_STEPS / 11, ALL_STEPS);
    try (Stream<Path> left = Files.list(interrupted.resolve("out/checkpoints"))) {
      assertThat(left).isEmpty();
    }
  }

  /** One keeps something besides its updater's state, the others make steps of several kinds. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "centred-adam, burnIn: 3, refreshInterval: 4, weightDecay: 0.01",
        "shampoo, rootInterval: 4",
        "adahessian, hessianInterval: 2"
      })
  void optimizersOfSeveralKindsOfStepsAreResumedToo(String optimizer) throws Exception {
    String changed = MiniExperiment.YAML.replace("type: adam,", "type: " + optimizer + ",");
    List<String> whole =
        measures(MiniExperiment.run(folder.resolve("whole"), changed, new Silent()));
    assertThat(whole)
        .isNotEqualTo(
            measures(
                MiniExperiment.run(folder.resolve("adam"), MiniExperiment.YAML, new Silent())));
    Path interrupted = folder.resolve("interrupted");
    int kills = 0;
    for (; ; kills++) {
      try {
        Results results = MiniExperiment.run(interrupted, changed, killAfter(19));
        assertThat(measures(results)).isEqualTo(whole);
        break;
      } catch (Kill e) {
        assertThat(kills).isLessThan(ALL_STEPS);
      }
    }
    assertThat(kills).isPositive();
  }

  /** What a kill in the middle of a write leaves. */
  private static void tear(Path out) throws IOException {
    Path log = out.resolve("epochs.jsonl");
    if (Files.exists(log)) {
      Files.writeString(log, "{\"model\":\"digits-cnn\",\"opt", StandardOpenOption.APPEND);
    }
  }

  @Test
  void aLineThatWasNotWrittenBeforeTheKillComesFromTheCheckpoint() throws Exception {
    List<String> whole =
        measures(MiniExperiment.run(folder.resolve("whole"), MiniExperiment.YAML, new Silent()));
    Path interrupted = folder.resolve("interrupted");
    assertThatThrownBy(() -> MiniExperiment.run(interrupted, MiniExperiment.YAML, killAfter(24)))
        .isInstanceOf(Kill.class);
    Path log = interrupted.resolve("out/epochs.jsonl");
    List<String> lines = Files.readAllLines(log);
    Files.write(log, lines.subList(0, lines.size() - 1));

    assertThat(measures(MiniExperiment.run(interrupted, MiniExperiment.YAML, new Silent())))
        .isEqualTo(whole);
  }

  @Test
  void aRunWhoseCheckpointIsGoneStartsAgain() throws Exception {
    List<String> whole =
        measures(MiniExperiment.run(folder.resolve("whole"), MiniExperiment.YAML, new Silent()));
    Path interrupted = folder.resolve("interrupted");
    assertThatThrownBy(() -> MiniExperiment.run(interrupted, MiniExperiment.YAML, killAfter(24)))
        .isInstanceOf(Kill.class);
    try (Stream<Path> files = Files.list(interrupted.resolve("out/checkpoints"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }

    assertThat(measures(MiniExperiment.run(interrupted, MiniExperiment.YAML, new Silent())))
        .isEqualTo(whole);
  }

  @Test
  void aDamagedCheckpointIsNamed() throws Exception {
    assertThatThrownBy(() -> MiniExperiment.run(folder, MiniExperiment.YAML, killAfter(24)))
        .isInstanceOf(Kill.class);
    try (Stream<Path> files = Files.list(folder.resolve("out/checkpoints"))) {
      for (Path file : files.toList()) {
        Files.writeString(file, "not a checkpoint");
      }
    }

    assertThatThrownBy(() -> MiniExperiment.run(folder, MiniExperiment.YAML, new Silent()))
        .isInstanceOf(IOException.class)
        .hasMessageMatching(
            "(?s)the checkpoint .* is damaged .*; remove it, and its run starts again");
  }

  @Test
  void aFinishedExperimentIsNotRunAgainAndMoreSeedsAreAdded() throws Exception {
    List<String> first = measures(MiniExperiment.run(folder, MiniExperiment.YAML, new Silent()));
    List<Long> steps = new ArrayList<>();
    Silent counter =
        new Silent() {
          @Override
          public void stepsDone(Trial trial, long count) {
            steps.add(count);
          }
        };

    assertThat(measures(MiniExperiment.run(folder, MiniExperiment.YAML, counter))).isEqualTo(first);
    assertThat(steps).isEmpty();

    String twoSeeds = MiniExperiment.YAML.replace("seeds: [1]", "seeds: [1, 2]");
    assertThat(measures(MiniExperiment.run(folder, twoSeeds, counter))).containsAll(first);
    assertThat(steps).hasSize(ALL_STEPS);
  }

  @Test
  void anInterruptedRunDoesNotGoOnWithOtherData() throws Exception {
    Path text = folder.resolve("text.txt");
    Files.writeString(text, "so many words ".repeat(60));
    String yaml =
        MiniExperiment.YAML
            .replace(
                "data: {name: digits, train: 200, validation: 50, test: 50}",
                "data: {name: text, file: '%s', tokenizer: character, context: 8}".formatted(text))
            .replace(
                "[digits-cnn, {type: mlp, hidden: 1, width: 16}]",
                "[{type: transformer, heads: 1, width: 4}]");
    // Between the checkpoints of the first epoch and its last line.
    assertThatThrownBy(() -> MiniExperiment.run(folder, yaml, killAfter(9)))
        .isInstanceOf(Kill.class);
    Path log = folder.resolve("out/epochs.jsonl");
    assertThat(log).exists();
    Files.writeString(text, "too few words! ".repeat(60));

    assertThatThrownBy(() -> MiniExperiment.run(folder, yaml, new Silent()))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining("has results on other data: the content of the data set text in");

    // Without a line there are no results that could be mixed, and the checkpoints are leftovers.
    Files.delete(log);
    Results results = MiniExperiment.run(folder, yaml, new Silent());
    assertThat(results.runs()).hasSize(2).allMatch(RunResult::complete);
  }

  @Test
  void anotherExperimentIsNotMixedIn() throws Exception {
    MiniExperiment.run(folder, MiniExperiment.YAML, new Silent());

    assertThatThrownBy(
            () ->
                MiniExperiment.run(
                    folder, MiniExperiment.YAML.replace("epochs: 3", "epochs: 4"), new Silent()))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining("has the results of another configuration")
        .hasMessageContaining("--out");
  }

  @Test
  void twoProgramsDoNotWriteToOneFolder() throws Exception {
    var config = MiniExperiment.config(folder, MiniExperiment.YAML);
    byte[] yaml = MiniExperiment.YAML.getBytes(StandardCharsets.UTF_8);

    try (ResultsDirectory first = ResultsDirectory.open(config, yaml)) {
      assertThat(first.path()).exists();
      assertThatThrownBy(() -> ResultsDirectory.open(config, yaml))
          .isInstanceOf(ExperimentException.class)
          .hasMessageStartingWith("another run is writing to ");
    }
    ResultsDirectory.open(config, yaml).close();
  }

  /** All that is measured but time. */
  private static List<String> measures(Results results) {
    return results.runs().stream().flatMap(ResumeTest::measures).toList();
  }

  private static Stream<String> measures(RunResult run) {
    return run.epochs().stream()
        .map(
            (EpochResult epoch) ->
                String.join(
                    " ",
                    run.trial().toString(),
                    String.valueOf(epoch.epoch()),
                    String.valueOf(epoch.steps()),
                    String.valueOf(epoch.trainLoss()),
                    String.valueOf(epoch.validationLoss()),
                    String.valueOf(epoch.validationAccuracy()),
                    String.valueOf(new TreeMap<>(epoch.factorSpread())),
                    String.valueOf(epoch.test())));
  }
}
