package org.adafisher.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {

  private static final String MINIATURE =
      """
      name: miniature
      output: unused
      data: digits
      models: [digits-cnn, digits-mlp]
      batchSize: 512
      epochs: 2
      seeds: [1, 2]
      schedule: cosine
      reference: Adam
      optimizers:
        - {name: AdaFisher, type: adafisher, learningRate: 3.0e-4, refreshInterval: 2}
        - {name: Adam, type: adam, learningRate: 3.0e-3}
        - {name: Adam again, type: adam, learningRate: 3.0e-3}
        - {name: Wild, type: sgd, learningRate: 1.0e+38}
      """;

  @TempDir private Path directory;

  @Test
  void aRunPrintsATableAndWritesAllItsFiles() throws Exception {
    Path config = write(MINIATURE);
    Path out = directory.resolve("deep/out");

    Console console = execute("run", config.toString(), "--out", out.toString());

    assertThat(console.status()).as(console.err()).isZero();
    assertThat(console.out())
        .contains("miniature: digits, 2 epochs of minibatches of 512, cosine schedule, seeds 1, 2")
        .contains("[4/4", "digits-mlp, seed 2")
        .contains("digits-cnn (13,850 parameters)")
        .contains("AdaFisher", "epochs to Adam's final loss", "diverged")
        .contains("16 runs in ");
    try (var files = Files.list(out)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "curves.png", "summary.csv", "epochs.csv", "config.yaml", "environment.json");
    }
    assertThat(ImageIO.read(out.resolve("curves.png").toFile()).getWidth()).isGreaterThan(1000);
    assertThat(Files.readAllLines(out.resolve("summary.csv"))).hasSize(1 + 2 * 4);
    assertThat(out.resolve("config.yaml")).hasSameTextualContentAs(config);
    assertThat(out.resolve("environment.json"))
        .content()
        .contains("\"backend\"", "\"nd4j\" : \"1.0.0");
    assertEqualArmsAreEqual(Files.readAllLines(out.resolve("epochs.csv")));
  }

  /** The same optimizer twice: same weights at the start and same minibatches, or they differ. */
  private static void assertEqualArmsAreEqual(List<String> epochs) {
    assertThat(epochs).hasSize(1 + 2 * 2 * 4 * 2);
    assertThat(measures(epochs, "Adam again")).hasSize(8).isEqualTo(measures(epochs, "Adam"));
    assertThat(measures(epochs, "Adam"))
        .doesNotHaveDuplicates()
        .isNotEqualTo(measures(epochs, "AdaFisher"));
  }

  /** Model, seed, epoch, loss and accuracy of an arm. */
  private static List<String> measures(List<String> epochs, String optimizer) {
    return epochs.stream()
        .map(line -> line.split(","))
        .filter(cells -> cells[1].equals(optimizer))
        .map(cells -> String.join(" ", cells[0], cells[2], cells[3], cells[4], cells[5]))
        .toList();
  }

  @Test
  void aMistakeInTheConfigurationIsOneLineAndStatusTwo() throws Exception {
    Path config = write(MINIATURE.replace("epochs: 2", "epochs: zwei"));

    Console console = execute("run", config.toString());

    assertThat(console.status()).isEqualTo(2);
    assertThat(console.err().strip().lines()).hasSize(1);
    assertThat(console.err()).startsWith(config + ":6: 'epochs' has to be a whole number");
    assertThat(console.out()).isEmpty();
  }

  @Test
  void aMissingConfigurationIsOneLineAndStatusTwo() {
    Console console = execute("run", directory.resolve("none.yaml").toString());

    assertThat(console.status()).isEqualTo(2);
    assertThat(console.err().strip()).endsWith("none.yaml: there is no such file");
  }

  @Test
  void aDirectoryThatCannotBeMadeIsOneLineAndStatusOne() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    Console console =
        execute("run", write(MINIATURE).toString(), "--out", file.resolve("out").toString());

    assertThat(console.status()).isEqualTo(1);
    assertThat(console.err().strip().lines()).hasSize(1);
    assertThat(console.err()).contains("could not be read or written", "file");
  }

  @Test
  void withoutACommandItSaysWhichThereAre() {
    Console console = execute();

    assertThat(console.status()).isEqualTo(2);
    assertThat(console.err()).contains("Usage: adafisher-bench", "run");
  }

  private Path write(String text) throws Exception {
    return Files.writeString(directory.resolve("experiment.yaml"), text);
  }

  private record Console(int status, String out, String err) {}

  private static Console execute(String... arguments) {
    PrintStream realOut = System.out;
    PrintStream realErr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      int status = Main.execute(arguments);
      return new Console(
          status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(realOut);
      System.setErr(realErr);
    }
  }
}
