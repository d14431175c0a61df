package org.adafisher.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {

  private static final String MINIATURE =
      """
      name: miniature
      description: a test
      output: unused
      data: {name: digits, train: 120, validation: 40, test: 40}
      models: [digits-cnn, digits-mlp]
      batchSize: 40
      epochs: 2
      seeds: [1, 2]
      schedule: cosine
      reference: Adam
      optimizers:
        - {name: AdaFisher, type: adafisher, learningRate: 3.0e-4, refreshInterval: 2}
        - {name: Adam, type: adam, learningRate: 3.0e-3}
        - {name: Wild, type: sgd, learningRate: 1.0e+39}
      """;

  @TempDir private Path directory;

  @Test
  void aRunPrintsTablesAndWritesAReport() throws Exception {
    Path config = write(MINIATURE);
    Path out = directory.resolve("deep/out");

    Console console = Console.of("run", config.toString(), "--out", out.toString());

    assertThat(console.status()).as(console.err()).isZero();
    assertThat(console.out())
        .contains("miniature: digits (training 120 examples", "2 epochs for every optimizer")
        .contains("[12/12 runs", "digits-mlp, batch 40, seed 2")
        .contains("digits-cnn (13,850 parameters)")
        .contains("AdaFisher", "diverged");
    assertThat(out)
        .isDirectoryContaining("glob:**report.html")
        .isDirectoryContaining("glob:**summary.csv")
        .isDirectoryContaining("glob:**epochs.csv")
        .isDirectoryContaining("glob:**environment.jsonl");
    assertThat(Files.readAllLines(out.resolve("epochs.jsonl"))).hasSize(2 * 2 * (2 + 2 + 1));
    assertThat(out.resolve("config.yaml")).hasSameTextualContentAs(config);
    assertThat(out.resolve("environment.jsonl")).content().contains("\"nd4j\":\"1.0.0");
    try (Stream<Path> files = Files.walk(out)) {
      assertThat(files.filter(f -> f.toString().endsWith(".tmp"))).isEmpty();
    }

    byte[] report = Files.readAllBytes(out.resolve("report.html"));
    Files.delete(out.resolve("report.html"));
    assertThat(Console.of("report", out.toString()).status()).isZero();
    assertThat(out.resolve("report.html")).hasBinaryContent(report);
  }

  @Test
  void aReportOfReconstructionsSaysWhatItsMeasuresMean() throws Exception {
    Path config =
        write(
            MINIATURE
                .replace("digits-cnn, digits-mlp", "{type: deep-autoencoder, scale: 0.02}")
                .replace("name: digits,", "name: digits-pixels,"));
    Path out = directory.resolve("out");

    Console console = Console.of("run", config.toString(), "--out", out.toString());

    assertThat(console.status()).as(console.err()).isZero();
    assertThat(out.resolve("report.html"))
        .content()
        .contains("squared error summed over an image", "explained variance of the pixels");
  }

  @Test
  void anOptimizerThatCannotTrainAModelIsOneSentenceAndStatusTwo() throws Exception {
    Path config =
        write(
            MINIATURE
                .replace("digits-cnn, ", "alexnet, ")
                .replace("name: digits,", "name: digits, imageSize: 43,")
                .replace("type: adam,", "type: centred-adam,"));

    Console.assertMistake(
        "alexnet and Adam do not go together: centred-adam cannot train it, since its layer",
        Console.of("run", config.toString(), "--out", directory.resolve("out").toString()));
  }

  @Test
  void tuningPicksRatesAndRunsAtThem() throws Exception {
    Path config =
        write(
            MINIATURE.replace("digits-cnn, ", "")
                + "tuning: {trials: 3, ratio: 3, epochs: 1, seeds: [9]}\n");
    Path out = directory.resolve("out");

    Console console = Console.of("tune", config.toString(), "--out", out.toString());

    assertThat(console.status()).as(console.err()).isZero();
    assertThat(console.out()).contains("tuning: 9 runs");
    assertThat(Files.readAllLines(out.resolve("tuning.jsonl"))).hasSize(9);
    assertThat(out).isDirectoryContaining("glob:**tuning.csv");
    assertThat(out.resolve("report.html")).content().contains("id=\"tuning\"");
  }

  @Test
  void costTimesStepsAndTrainsNothing() throws Exception {
    Path config = write(MINIATURE + "cost: {rounds: 3}\n");
    Path out = directory.resolve("out");

    Console console = Console.of("cost", config.toString(), "--out", out.toString());

    assertThat(console.status()).as(console.err()).isZero();
    assertThat(Files.readAllLines(out.resolve("cost.csv"))).hasSize(1 + 2 * 3);
    assertThat(out.resolve("epochs.jsonl")).doesNotExist();
  }

  @Test
  void listNamesEverything() {
    Console console = Console.of("list", "--configs", "../config");

    assertThat(console.status()).isZero();
    assertThat(console.out())
        .contains("quickstart.yaml", "AdaFisher quickstart")
        .contains("resnet18", "simple-cnn", "cannot be trained")
        .contains("fashion-mnist-pixels", "cifar100", "tiny-imagenet")
        .contains(
            "adafisherw",
            "placebo",
            "spectral",
            "muon-control",
            "centred-adam",
            "adabelief",
            "[learningRate, ");
  }

  /** Configurations that are right as YAML, and data that is not there or not right. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          epochs: 2         | epochs: zwei           | experiment.yaml:7: 'epochs' has to be a whole number
          digits-cnn,       | resnet50,              | experiment.yaml: resnet50 cannot be trained on digits: it takes images in rows and columns, 69 at least, these are flat; set imageSize
          digits-cnn,       | nasnet,                | experiment.yaml: nasnet cannot be trained on digits:
          digits-cnn,       | deep-autoencoder,      | experiment.yaml: deep-autoencoder cannot be trained on digits: it reconstructs images, and the data has one class an image
          digits-cnn,       | unet,                  | experiment.yaml: unet cannot be trained on digits:
          batchSize: 40     | batchSize: 400         | experiment.yaml: the batch size of 400 is larger than the training part of digits, which has 120 examples
          train: 120        | train: 5000            | 5000
          name: digits,     | "name: mnist, directory: nowhere,"    | nowhere
          name: digits,     | "name: cifar10, directory: nowhere,"  | nowhere
          name: digits,     | "name: cifar100, directory: nowhere," | nowhere
          name: digits,     | "name: images, directory: nowhere,"   | nowhere
          name: digits,     | "name: tiny-imagenet, directory: nowhere," | nowhere
          name: digits,     | "name: fashion-mnist, directory: nowhere," | nowhere
          output: unused    | "output: unused\\nbackend: cuda" | backend: cuda cannot be used, since ND4J's JCublasBackend is not on the classpath
          """)
  void everyMistakeIsOneSentenceAndStatusTwo(String right, String wrong, String sentence)
      throws Exception {
    Path config = write(MINIATURE.replace(right, wrong.replace("\\n", "\n")));

    Console.assertMistake(
        sentence,
        Console.of("run", config.toString(), "--out", directory.resolve("out").toString()));
  }

  @Test
  void truncatedDataIsOneSentenceAndStatusTwo() throws Exception {
    Path data = Files.createDirectories(directory.resolve("cifar"));
    for (String name : List.of("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4")) {
      Files.write(data.resolve(name + ".bin"), new byte[3073]);
    }
    Files.write(data.resolve("data_batch_5.bin"), new byte[3000]);
    Files.write(data.resolve("test_batch.bin"), new byte[3073]);
    Path config =
        write(MINIATURE.replace("name: digits", "name: cifar10, directory: '" + data + "'"));

    Console.assertMistake(
        "data_batch_5.bin",
        Console.of("run", config.toString(), "--out", directory.resolve("out").toString()));
  }

  @Test
  void whatACommandCannotDoIsOneSentenceAndStatusTwo() throws Exception {
    String config = write(MINIATURE).toString();

    Console.assertMistake("it does not say how to tune", Console.of("tune", config));
    Console.assertMistake("there are no results here", Console.of("report", directory.toString()));
    Console.assertMistake(
        "none.yaml: there is no such file", Console.of("run", directory + "/none.yaml"));
    Console.assertMistake(
        "--out goes with one CONFIG", Console.of("run", config, config, "--out", "x"));
  }

  @Test
  void aDirectoryThatCannotBeMadeIsOneLineAndStatusOne() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    Console console =
        Console.of("run", write(MINIATURE).toString(), "--out", file.resolve("out").toString());

    assertThat(console.status()).isEqualTo(1);
    assertThat(console.err().strip().lines()).hasSize(1);
    assertThat(console.err()).contains("could not be read or written", "file");
  }

  @Test
  void withoutACommandItSaysWhichThereAre() {
    Console console = Console.of();

    assertThat(console.status()).isEqualTo(2);
    assertThat(console.err())
        .contains("Usage: adafisher-bench", "list", "run", "tune", "cost", "report");
    assertThat(Console.of("--version").out()).startsWith("adafisher-bench ");
  }

  private Path write(String text) throws Exception {
    return Files.writeString(directory.resolve("experiment.yaml"), text);
  }
}
