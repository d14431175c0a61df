package org.adafisher.bench;

import static org.adafisher.bench.Console.assertMistake;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Results of data that have changed since are not pooled with new ones. */
class ChangedDataTest {

  private static final String SENTENCE = "In the beginning was the word. ";
  private static final String TASK =
      """
      name: changed
      output: unused
      data: {name: %s, %s: '%s'%s}
      models: [{type: %s, width: 8}]
      batchSize: 8
      epochs: 1
      seeds: [1]
      schedule: cosine
      reference: Adam
      optimizers:
        - {name: Adam, type: adam, learningRate: 3.0e-3}
      """;

  @TempDir private Path directory;
  private Path out;
  private Path text;

  @BeforeEach
  void write() throws IOException {
    out = directory.resolve("out");
    text = Files.writeString(directory.resolve("text.txt"), SENTENCE.repeat(40));
  }

  @ParameterizedTest
  @CsvSource({
    "run, was, saw, of", // the same letters
    "run, b, z, of", // the same numbers
    "run, word, worm!, of", // another vocabulary
    "cost, was, saw, of"
  })
  void anEditedTextIsNotPooledWithItself(String command, String old, String edited, String end)
      throws Exception {
    run("run", language()).succeeded();
    Map<String, String> before = Console.files(out);
    Files.writeString(text, SENTENCE.replace(old, edited).repeat(40));

    Console console = run(command, language());

    assertMistake("has results on other data: the content " + end, console);
    assertThat(console.err())
        .contains("the data set text in " + text)
        .contains("put back what they were made of, or choose another --out");
    assertThat(Console.files(out)).isEqualTo(before);

    Files.writeString(text, SENTENCE.repeat(40));
    run("run", language().replace("seeds: [1]", "seeds: [1, 2]")).succeeded();
    assertThat(Files.readAllLines(out.resolve("epochs.jsonl")))
        .hasSize(2)
        .allMatch(line -> line.contains("\"dataSha256\":\""));
    assertThat(out.resolve("report.html")).content().contains("SHA-256 of the data");
  }

  @Test
  void imagesThatWereAddedAreNotPooledWithTheOthers() throws Exception {
    for (int i = 0; i < 30; i++) {
      picture("pictures/" + (i % 2 == 0 ? "even" : "odd") + "/" + i + ".png", i);
    }
    String task = TASK.formatted("images", "directory", directory.resolve("pictures"), "", "mlp");
    run("run", task).succeeded();
    Map<String, String> before = Console.files(out);
    picture("pictures/odd/new.png", 200);

    assertMistake("the content of the data set images in", run("run", task));

    assertThat(Console.files(out)).isEqualTo(before);
  }

  @Test
  void olderResultsThatDoNotSayTheirDataAreAcceptedWithOneLine() throws Exception {
    run("run", language()).succeeded();
    Path log = out.resolve("epochs.jsonl");
    String line = Files.readString(log);
    Files.writeString(log, line.replaceAll(",\"dataSha256\":\"[^\"]*\"", ""));

    run("run", language().replace("seeds: [1]", "seeds: [1, 2]")).succeeded();

    assertThat(Files.readAllLines(log)).hasSize(2);
    assertThat(Files.readAllLines(log).get(0)).doesNotContain("dataSha256");

    // Another number of letters makes another network, and that much is known of old results.
    Files.writeString(log, line.replaceAll(",\"dataSha256\":\"[^\"]*\"", ""));
    Files.writeString(text, SENTENCE.replace("word", "worm!").repeat(40));
    assertMistake("so the content of that has changed since", run("run", language()));
  }

  @Test
  void aReportDoesNotPoolTwoContents() throws Exception {
    run("run", language()).succeeded();
    List<String> lines = new ArrayList<>(Files.readAllLines(out.resolve("epochs.jsonl")));
    lines.add(
        lines
            .get(0)
            .replaceAll("\"dataSha256\":\"....", "\"dataSha256\":\"0000")
            .replace("\"seed\":1", "\"seed\":2"));
    Files.write(out.resolve("epochs.jsonl"), lines);
    Map<String, String> before = Console.files(out);

    assertMistake(
        "its results are of 2 different contents of the data set text in",
        Console.of("report", out.toString()));

    assertThat(Console.files(out)).isEqualTo(before);
  }

  private String language() {
    return TASK.formatted(
        "text", "file", text, ", tokenizer: character, context: 8", "transformer, heads: 1");
  }

  private void picture(String name, int grey) throws IOException {
    BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
    image.setRGB(1, 1, 0x10101 * grey);
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }

  private Console run(String command, String yaml) throws IOException {
    Path file = Files.writeString(directory.resolve("experiment.yaml"), yaml);
    return Console.of(command, file.toString(), "--out", out.toString());
  }
}
