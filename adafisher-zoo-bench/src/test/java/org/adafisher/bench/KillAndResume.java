package org.adafisher.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.adafisher.bench.result.ResultLog;
import org.adafisher.bench.result.RunResult;

/**
 * Kills the benchmark at random moments, twenty times, and sees that it ends with the numbers of a
 * run that nobody disturbed: {@code mvn -q -DskipTests -Pkill package}, about four minutes.
 */
public final class KillAndResume {

  private static final int KILLS = 20;
  private static final int EXIT_DIFFERENT = 1;

  private static final String YAML =
      """
      name: killed
      output: unused
      data: digits
      models: [digits-cnn, digits-mlp]
      batchSize: 64
      epochs: 12
      seeds: [1, 2]
      schedule: cosine
      reference: Adam
      optimizers:
        - {name: AdaFisher, type: adafisher, learningRate: 3.0e-3, refreshInterval: 20}
        - {name: Adam, type: adam, learningRate: 3.0e-2}
      """;

  private final Path jar;
  private final Path folder;
  private final Path config;

  private KillAndResume(Path jar, Path folder) throws IOException {
    this.jar = jar;
    this.folder = folder;
    this.config = Files.writeString(folder.resolve("killed.yaml"), YAML);
  }

  /**
   * @param args the benchmark's jar
   */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("kill-and-resume");
    try {
      System.exit(new KillAndResume(Path.of(args[0]), folder).compare() ? 0 : EXIT_DIFFERENT);
    } finally {
      delete(folder);
    }
  }

  private boolean compare() throws IOException, InterruptedException {
    long start = System.nanoTime();
    Path whole = folder.resolve("whole");
    if (start(whole).waitFor() != 0) {
      throw new IllegalStateException("the undisturbed run failed");
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    System.out.printf("undisturbed: %d s%n", seconds);

    Path killed = folder.resolve("killed");
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int kill = 1; kill <= KILLS; kill++) {
      Process process = start(killed);
      // A start takes seconds; of the work, what is left must outlast all kills.
      long millis = 1000 + random.nextLong(1000 * seconds / 6);
      if (process.waitFor(millis, TimeUnit.MILLISECONDS)) {
        System.out.printf("%2d: was finished before the kill%n", kill);
        break;
      }
      process.destroyForcibly().waitFor(); // SIGKILL
      System.out.printf("%2d: killed after %d ms, %s%n", kill, millis, state(killed));
    }
    if (start(killed).waitFor() != 0) {
      throw new IllegalStateException("the resumed run failed (random seed " + seed + ")");
    }

    List<String> expected = measures(whole);
    List<String> found = measures(killed);
    List<String> leftovers = leftovers(killed);
    boolean same = found.equals(expected) && leftovers.isEmpty();
    System.out.printf(
        "%d epochs, %s; %s%n",
        found.size(),
        found.equals(expected) ? "all equal to the undisturbed run's" : "NOT EQUAL",
        leftovers.isEmpty() ? "no half-written file" : "left over: " + leftovers);
    return same;
  }

  private Process start(Path out) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx2g",
            "-jar",
            jar.toString(),
            "run",
            config.toString(),
            "--out",
            out.toString());
    // One thread: the order of a sum decides its last digit.
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return builder.start();
  }

  private static String state(Path out) throws IOException {
    Path log = out.resolve("epochs.jsonl");
    return Files.exists(log) ? Files.readAllLines(log).size() + " epochs in the log" : "no log yet";
  }

  /** All that is measured but time, sorted, since the order of the lines is that of the clock. */
  private static List<String> measures(Path out) throws IOException {
    List<String> measures = new ArrayList<>();
    for (RunResult run : ResultLog.open(out.resolve("epochs.jsonl")).runs()) {
      run.epochs()
          .forEach(
              e ->
                  measures.add(
                      run.trial()
                          + " "
                          + List.of(
                              e.epoch(),
                              e.steps(),
                              e.trainLoss(),
                              e.validationLoss(),
                              e.validationAccuracy(),
                              e.factorSpread(),
                              e.test())));
    }
    measures.sort(Comparator.naturalOrder());
    return measures;
  }

  private static List<String> leftovers(Path out) throws IOException {
    try (Stream<Path> files = Files.walk(out)) {
      return files
          .map(Path::toString)
          .filter(name -> name.endsWith(".tmp") || name.endsWith(".checkpoint"))
          .toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
