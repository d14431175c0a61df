package org.adafisher.bench.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The results of an experiment: a file that only grows, one line of JSON for each epoch of each
 * run. A program that is killed while it writes leaves at most the beginning of a last line, which
 * is dropped when the file is opened again.
 */
public final class ResultLog {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final Map<Trial, RunResult> runs;
  private final Set<Optional<String>> datasets;

  private ResultLog(Path file, Map<Trial, RunResult> runs, Set<Optional<String>> datasets) {
    this.file = file;
    this.runs = runs;
    this.datasets = Set.copyOf(datasets);
  }

  /**
   * Opens a log to add to it, empty if there is no such file.
   *
   * @throws IOException if it cannot be read or a line before the last is not a result
   */
  public static ResultLog open(Path file) throws IOException {
    ResultLog log = read(file);
    if (Files.exists(file)) {
      byte[] content = Files.readAllBytes(file);
      int end = end(content);
      if (end < content.length) {
        AtomicFile.write(file, Arrays.copyOf(content, end));
      }
    }
    return log;
  }

  /**
   * Reads a log and leaves it as it is, for another program may be adding to it.
   *
   * @throws IOException if it cannot be read or a line before the last is not a result
   */
  public static ResultLog read(Path file) throws IOException {
    Map<Trial, RunResult> runs = new LinkedHashMap<>();
    Set<Optional<String>> datasets = new HashSet<>();
    if (Files.exists(file)) {
      byte[] content = Files.readAllBytes(file);
      int number = 0;
      int from = 0;
      for (int to = 0; to < end(content); to++) {
        if (content[to] != '\n') {
          continue;
        }
        number++;
        try {
          EpochLine line = JSON.readValue(content, from, to - from, EpochLine.class);
          put(runs, line);
          datasets.add(Optional.ofNullable(line.dataSha256()));
          from = to + 1;
        } catch (JsonProcessingException e) {
          throw new IOException(
              "line %d of %s is not a result (%s); mend or remove it"
                  .formatted(number, file, e.getOriginalMessage()),
              e);
        }
      }
    }
    return new ResultLog(file, runs, datasets);
  }

  /**
   * How many bytes come before the beginning of a last line, which may end inside a character: so
   * it is looked for before there is any text.
   */
  private static int end(byte[] content) {
    int end = content.length;
    while (end > 0 && content[end - 1] != '\n') {
      end--;
    }
    return end;
  }

  /** The runs so far, in the order in which they were begun. */
  public List<RunResult> runs() {
    return List.copyOf(runs.values());
  }

  /**
   * The SHA-256 of the data in all lines that were read, one of them empty if some lines do not say
   * it.
   */
  public Set<Optional<String>> datasets() {
    return datasets;
  }

  /** What there is of a run. */
  public Optional<RunResult> run(Trial trial) {
    return Optional.ofNullable(runs.get(trial));
  }

  /**
   * Adds the last epoch of a run.
   *
   * @param run whose earlier epochs are in the log already
   * @throws IOException if the file cannot be written
   */
  public void append(RunResult run) throws IOException {
    Files.writeString(
        file,
        line(run, run.last()) + "\n",
        StandardCharsets.UTF_8,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    runs.put(run.trial(), run);
  }

  /**
   * Forgets the epochs of a run after the first so many.
   *
   * @throws IOException if the file cannot be written
   */
  public void truncate(Trial trial, int epochs) throws IOException {
    runs.computeIfPresent(
        trial,
        (same, run) ->
            epochs == 0
                ? null
                : new RunResult(
                    same,
                    run.parameters(),
                    run.plannedSteps(),
                    run.dataSha256(),
                    run.chance(),
                    run.epochs().subList(0, Math.min(epochs, run.epochs().size()))));
    StringBuilder text = new StringBuilder();
    for (RunResult run : runs.values()) {
      for (EpochResult epoch : run.epochs()) {
        text.append(line(run, epoch)).append('\n');
      }
    }
    AtomicFile.write(file, text.toString());
  }

  /** One epoch of a run as a line, without its end. */
  public static String line(RunResult run, EpochResult epoch) throws JsonProcessingException {
    return JSON.writeValueAsString(EpochLine.of(run, epoch));
  }

  /** The epoch in a {@link #line}. */
  public static EpochResult epoch(String line) throws JsonProcessingException {
    return JSON.readValue(line, EpochLine.class).result();
  }

  /**
   * The run of a {@link #line}, with that epoch alone.
   *
   * @throws JsonProcessingException if it is not such a line
   */
  public static RunResult run(String line) throws JsonProcessingException {
    EpochLine epoch = JSON.readValue(line, EpochLine.class);
    return epoch.run(List.of(epoch.result()));
  }

  private static void put(Map<Trial, RunResult> runs, EpochLine line) {
    List<EpochResult> epochs = new ArrayList<>();
    RunResult before = runs.get(line.trial());
    if (before != null) {
      epochs.addAll(before.epochs());
    }
    epochs.add(line.result());
    runs.put(line.trial(), line.run(epochs));
  }
}
