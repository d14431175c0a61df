package org.adafisher.bench;

import static org.adafisher.bench.Console.assertMistake;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.adafisher.bench.backend.Natives;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which native libraries compute, who decides it, and where one reads it. */
class NativesTest {

  private static final String SMALL =
      """
      name: small
      output: unused
      data: {name: digits, train: 100, validation: 40, test: 40}
      models: [digits-cnn]
      batchSize: 50
      epochs: 1
      seeds: [1]
      schedule: cosine
      reference: Adam
      optimizers:
        - {name: Adam, type: adam, learningRate: 3.0e-3}
      """;

  @TempDir private Path directory;

  @Test
  void resultsAndReportNameThoseThatRan() throws Exception {
    Path out = directory.resolve("out");

    Console.of("run", config(SMALL), "--out", out.toString()).succeeded();

    assertThat(out.resolve("environment.jsonl"))
        .content()
        .contains("\"backend\":\"CpuBackend\",\"natives\":\"" + Natives.running() + "\"");
    assertThat(out.resolve("report.html"))
        .content()
        .containsPattern("natives</t.>\\s*<td[^>]*>" + Natives.running());
  }

  @Test
  void plainOnesRunWhereTheOthersAreThereToo() throws Exception {
    Path out = directory.resolve("out");
    assertThat(another(List.of(), config(SMALL + "natives: plain\n"), out)).isZero();
    assertThat(out.resolve("environment.jsonl")).content().contains("\"natives\":\"plain\"");

    String more = config(SMALL.replace("seeds: [1]", "seeds: [1, 2]"));
    assertThat(another(List.of("-Dadafisher.natives=plain"), more, out)).isZero();
    assertThat(Files.readAllLines(out.resolve("environment.jsonl")))
        .hasSize(2)
        .allMatch(line -> line.contains("\"natives\":\"plain\""));

    assumeTrue(Natives.running().equals("onednn"), "natives with oneDNN exist for x86 alone");
    Map<String, String> before = Console.files(out);
    assertMistake(
        out
            + " has results that were computed with natives: plain, and these would be with onednn;"
            + " set natives: plain to go on, or choose another --out",
        Console.of("run", more, "--out", out.toString()));
    assertThat(Console.files(out)).isEqualTo(before);
  }

  /** In a JVM of its own: natives are loaded once. */
  private static int another(List<String> properties, String config, Path out) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path")));
    command.addAll(properties);
    command.addAll(List.of(Main.class.getName(), "run", config, "--out", out.toString()));
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start()
        .waitFor();
  }

  private String config(String yaml) throws Exception {
    return Files.writeString(directory.resolve("experiment.yaml"), yaml).toString();
  }
}
