package org.adafisher.bench;

import static org.adafisher.bench.Console.assertMistake;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A command that is refused leaves every file as it was. */
class RefusalTest {

  private static final String SMALL =
      """
      name: small
      output: unused
      data: {name: digits, train: 100, validation: 40, test: 40}
      models: [digits-mlp, {type: mlp, width: 8}]
      batchSize: 50
      epochs: 1
      seeds: [1, 2]
      schedule: cosine
      reference: Adam
      optimizers:
        - {name: AdaFisher, type: adafisher, learningRate: 1.0e-3}
        - {name: Adam, type: adam, learningRate: 3.0e-3}
      """;

  private static final String TUNING = "tuning: {trials: 1, epochs: 1, seeds: [9]}\n";

  @TempDir private Path directory;
  private Path out;

  @BeforeEach
  void place() {
    out = directory.resolve("out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          run  | digits-mlp,                       | "digits-mlp, resnet50,"          | resnet50 cannot be trained on digits
          cost | digits-mlp,                       | resnet50,          | resnet50 cannot be trained on digits
          run  | "digits, train: 100"              | "digits, train: 9000" | 9000
          run  | batchSize: 50                     | batchSize: 500     | the batch size of 500 is larger
          run  | digits-mlp,                       | ""                 | has results of the model 'digits-mlp', which this configuration leaves out; put it back
          cost | digits-mlp,                       | ""                 | has results of the model 'digits-mlp', which this configuration leaves out; put it back
          run  | "seeds: [1, 2]"                   | "seeds: [1, 3]"    | has results of the seed 2, which this configuration leaves out
          run  | "name: AdaFisher,"                | "name: Fisher,"    | has results of the optimizer 'AdaFisher', which
          run  | epochs: 1                         | epochs: 2          | differs in epochs, seconds or protocol
          run  | learningRate: 3.0e-3              | learningRate: 2.0e-3 | differs in the optimizer 'Adam'
          run  | width: 8                          | width: 9           | differs in the model 'mlp'
          run  | "type: adam,"                     | "type: centred-adam, momentum: 1," | unknown key 'momentum'
          tune | "name: small"                     | "name: small\ntuning: {trials: 1, seeds: [9]}" | differs in tuning
          """)
  void aFinishedExperimentIsLeftAsItWas(String command, String right, String wrong, String sentence)
      throws Exception {
    run("run", SMALL).succeeded();
    Map<String, String> before = Console.files(out);

    assertMistake(sentence, run(command, SMALL.replace(right, wrong.replace("\\n", "\n"))));

    assertThat(Console.files(out)).isEqualTo(before);
    Console.of("report", out.toString()).succeeded();
    assertThat(Console.files(out)).isEqualTo(before);
  }

  @Test
  void modelsOptimizersAndSeedsMayBeAdded() throws Exception {
    run("run", SMALL).succeeded();

    run(
            "run",
            SMALL
                    .replace("[1, 2]", "[3, 2, 1]")
                    .replace("models: [", "models: [{type: mlp, width: 6, name: more}, ")
                + "  - {name: SGD, type: sgd, learningRate: 0.1}\n")
        .succeeded();

    assertThat(Files.readAllLines(out.resolve("epochs.jsonl"))).hasSize(3 * 3 * 3);
  }

  @Test
  void whatIsRefusedAtFirstLeavesNothing() throws Exception {
    assertMistake("resnet50 cannot", run("run", SMALL.replace("digits-mlp", "resnet50")));

    assertThat(out).doesNotExist();
    run("run", SMALL).succeeded();
  }

  @Test
  void anOptimizerThatCannotTrainTheLastModelIsFoundBeforeTheFirstIsTrained() throws Exception {
    assertMistake(
        "alexnet and Adam do not go together: centred-adam cannot train it",
        run(
            "run",
            SMALL
                .replace("{type: mlp, width: 8}", "alexnet")
                .replace("name: digits,", "name: digits, imageSize: 43,")
                .replace("type: adam,", "type: centred-adam,")));

    assertThat(out).doesNotExist();
  }

  /** As a program that was stopped before its first epoch leaves it. */
  @Test
  void aFolderWithoutEpochsIsEmpty() throws Exception {
    Files.createDirectories(out.resolve("checkpoints"));
    Files.writeString(out.resolve("config.yaml"), SMALL.replace("batchSize: 50", "batchSize: 25"));
    Files.writeString(out.resolve("environment.jsonl"), "{}\n");
    Files.writeString(out.resolve("epochs.jsonl"), "{\"model\":\"mlp\",\"optim");
    Files.writeString(out.resolve("step-times.json"), "[]");
    Path checkpoint = Files.writeString(out.resolve("checkpoints/old.checkpoint"), "of another");

    run("run", SMALL).succeeded();

    assertThat(out.resolve("config.yaml")).hasContent(SMALL);
    assertThat(checkpoint).doesNotExist();
    assertThat(out.resolve("step-times.json")).doesNotExist();
    assertThat(Files.readAllLines(out.resolve("epochs.jsonl"))).hasSize(2 * 2 * 2);
  }

  @Test
  void runAndTuneDoNotHideEachOthersResults() throws Exception {
    run("run", SMALL + TUNING).succeeded();
    Map<String, String> before = Console.files(out);
    assertMistake("has the results of run, which", run("tune", SMALL + TUNING));
    assertThat(Console.files(out)).isEqualTo(before);

    out = directory.resolve("tuned");
    run("tune", SMALL + TUNING).succeeded();
    before = Console.files(out);
    assertMistake("has learning rates that were tuned, and", run("run", SMALL + TUNING));
    assertMistake(
        "has results of the optimizer 'AdaFisher', which",
        run("tune", (SMALL + TUNING).replace("name: AdaFisher", "name: Fisher")));
    assertThat(Console.files(out)).isEqualTo(before);
    run("tune", SMALL + TUNING).succeeded();
  }

  @Test
  void aMistakeInTheLastFileIsFoundBeforeTheFirstIsRun() throws Exception {
    Path first = write("first", SMALL.replace("unused", "'" + directory.resolve("a") + "'"));
    Path last = write("last", SMALL.replace("unused", "'" + directory.resolve("b") + "'"));
    Path same = write("same", Files.readString(first));
    Path wrong = write("wrong", Files.readString(last).replace("digits-mlp", "resnet50"));

    assertMistake("wrong.yaml: resnet50", Console.of("run", "" + first, "" + wrong));
    assertMistake("give each an output of its own", Console.of("run", "" + first, "" + same));
    assertThat(directory.resolve("a")).doesNotExist();

    Console.of("run", "" + first, "" + last).succeeded();
    assertThat(directory.resolve("a/report.html")).exists();
    assertThat(directory.resolve("b/report.html")).exists();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          digits-mlp,          | ""                   | does not have the model 'digits-mlp', of which there are results
          "seeds: [1, 2]"      | "seeds: [2]"         | does not have the seed 1
          learningRate: 3.0e-3 | learningRate: 2.0e-3 | does not have 'Adam' at the learning rate 0.003 and the batch size 50
          """)
  void aReportByAConfigurationOfSomethingElseIsNotWritten(
      String right, String wrong, String sentence) throws Exception {
    run("run", SMALL).succeeded();
    Files.writeString(out.resolve("config.yaml"), SMALL.replace(right, wrong));
    Map<String, String> before = Console.files(out);

    assertMistake(sentence, Console.of("report", out.toString()));

    assertThat(Console.files(out)).isEqualTo(before);
    Files.writeString(out.resolve("config.yaml"), SMALL);
    Console.of("report", out.toString()).succeeded();
  }

  @Test
  void resultsWithoutAReadableConfigurationAreNotAddedTo() throws Exception {
    run("run", SMALL).succeeded();
    Files.writeString(out.resolve("config.yaml"), "name: [");
    assertMistake("its config.yaml cannot be read", run("run", SMALL));
    Files.delete(out.resolve("config.yaml"));
    Map<String, String> before = Console.files(out);

    assertMistake("has results, but no config.yaml that says of what", run("run", SMALL));

    assertThat(Console.files(out)).isEqualTo(before);
  }

  @Test
  void costsOfAnotherConfigurationAreReplacedByCostAndNotMixedIn() throws Exception {
    String fast = "cost: {rounds: 2}\n";
    run("cost", SMALL + fast).succeeded();

    assertMistake("differs in batchSize", run("run", SMALL.replace("Size: 50", "Size: 20")));
    run("cost", SMALL.replace("Size: 50", "Size: 20") + fast).succeeded();

    List<String> costs = Files.readAllLines(out.resolve("cost.csv"));
    assertThat(costs.subList(1, costs.size())).hasSize(4).allMatch(line -> line.contains(",20,"));
  }

  @Test
  void costIntoAFolderWithResultsShowsTheCosts() throws Exception {
    run("run", SMALL).succeeded();

    Console console = run("cost", SMALL + "cost: {rounds: 2}\n").succeeded();

    assertThat(console.out()).contains("ms a step", "of Adam's", "state, MB");
    assertThat(console.out()).doesNotContain("test acc. %", "train loss");
    assertThat(Console.of("report", out.toString()).succeeded().out()).contains("test acc. %");
    assertThat(out.resolve("report.html"))
        .content()
        .contains("What a step costs", "test accuracy, %");
  }

  private Console run(String command, String yaml) throws IOException {
    return Console.of(command, write("experiment", yaml).toString(), "--out", out.toString());
  }

  private Path write(String name, String yaml) throws IOException {
    return Files.writeString(directory.resolve(name + ".yaml"), yaml);
  }
}
