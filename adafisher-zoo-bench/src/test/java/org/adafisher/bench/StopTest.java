package org.adafisher.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C in a process of its own. */
@EnabledOnOs(OS.LINUX)
class StopTest {

  /** More epochs than anybody waits for. */
  private static final String ENDLESS =
      """
      name: endless
      output: unused
      data: {name: digits, train: 100, validation: 40, test: 40}
      models: [digits-mlp]
      batchSize: 50
      epochs: 1000000
      seeds: [1]
      schedule: constant
      reference: Adam
      optimizers:
        - {name: Adam, type: adam, learningRate: 3.0e-3}
      cost: {rounds: 1000000}
      """;

  private static final int MINUTES = 5;

  @TempDir private Path directory;

  @Test
  void aRunSaysHowToGoOnAndGoesOn() throws Exception {
    Path log = directory.resolve("out/epochs.jsonl");

    stop("run", () -> Files.exists(log) && Files.size(log) > 0);
    int before = Files.readAllLines(log).size();
    stop("run", () -> Files.readAllLines(log).size() > before);

    // It did go on: no epoch is there twice, and none is missing.
    List<String> lines = Files.readAllLines(log);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i)).contains("\"epoch\":" + (i + 1) + ",");
    }
  }

  @Test
  void costSaysThatNothingWasWritten() throws Exception {
    Path console = stop("cost", () -> Files.readString(out("cost")).contains("timing steps of"));

    assertThat(console).content().contains("no costs were written");
    assertThat(directory.resolve("out/cost.json")).doesNotExist();
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  /** Starts a command, stops it when the condition holds, and returns what it had to say. */
  private Path stop(String command, Condition condition) throws Exception {
    Path config = Files.writeString(directory.resolve("experiment.yaml"), ENDLESS);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                command,
                config.toString(),
                "--out",
                directory.resolve("out").toString())
            .redirectOutput(out(command).toFile())
            .redirectError(err(command).toFile())
            .start();
    try {
      long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
      while (!condition.holds()) {
        assertThat(process.isAlive()).as(() -> text(err(command))).isTrue();
        assertThat(System.nanoTime()).as("too slow to tell").isLessThan(end);
        Thread.sleep(20);
      }
      String signal = interruptIsIgnored(process) ? "TERM" : "INT";
      new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isEqualTo(signal.equals("INT") ? 130 : 143);
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(Files.readString(err(command)).lines().filter(line -> !line.isBlank()))
        .filteredOn(line -> line.startsWith("Stopped; "))
        .singleElement()
        .asString()
        .contains("give the same command again");
    return err(command);
  }

  /** What is started in the background of a shell ignores Ctrl-C, and so do its children. */
  private static boolean interruptIsIgnored(Process process) throws IOException {
    String ignored =
        Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .map(line -> line.substring(line.indexOf('\t') + 1))
            .findFirst()
            .orElseThrow();
    return (Long.parseUnsignedLong(ignored, 16) & 2) != 0;
  }

  private Path out(String command) {
    return directory.resolve(command + ".out");
  }

  private Path err(String command) {
    return directory.resolve(command + ".err");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
