package org.adafisher.bench.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.result.AtomicFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder with the results of one experiment, which one program at a time may add to. */
public final class ResultsDirectory implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ResultsDirectory.class);

  private static final String CONFIGURATION = "config.yaml";
  private static final String ENVIRONMENT = "environment.jsonl";
  private static final String LOCK = "lock";

  private final Path directory;
  private final byte[] configuration;
  private final FileChannel channel;

  private ResultsDirectory(Path directory, byte[] configuration, FileChannel channel) {
    this.directory = directory;
    this.configuration = configuration;
    this.channel = channel;
  }

  /**
   * Makes the folder, or opens it to go on with what is there. Nothing of that is changed before
   * the experiment begins.
   *
   * @param configuration the YAML that was read, which is put into the folder then
   * @throws ExperimentException if another program is at work in it
   * @throws IOException if it cannot be written
   */
  public static ResultsDirectory open(ExperimentConfig config, byte[] configuration)
      throws IOException, ExperimentException {
    Path directory = config.output();
    Files.createDirectories(directory);
    return new ResultsDirectory(directory, configuration, lock(directory));
  }

  /**
   * Sees whether a folder's configuration describes all of its results, so that a report by it
   * shows them all.
   *
   * @param config the folder's own
   * @throws ExperimentException if it does not
   * @throws IOException if the results cannot be read
   */
  public static void requireDescribed(ExperimentConfig config, Path directory)
      throws ExperimentException, IOException {
    EarlierResults.in(directory).requireDescribedBy(config);
  }

  /**
   * Begins to write.
   *
   * @throws ExperimentException if the folder has results that the experiment may not add to; they
   *     are as they were
   */
  void begin(ExperimentConfig config, Work work, Setup setup)
      throws IOException, ExperimentException {
    EarlierResults earlier = EarlierResults.in(directory);
    earlier.requireContinuedBy(config, work, setup);
    if (earlier.none()) {
      if (!earlier.sameConfiguration(config)
          || !earlier.sameData(setup)
          || !earlier.sameNatives()) {
        earlier.removeLeftovers();
      }
    } else if (earlier.datasets().contains(Optional.empty())) {
      LOG.warn(
          "{} has results that do not say of which data they are; they are taken to be of the"
              + " same.",
          directory);
    }
    AtomicFile.write(configuration(directory), configuration);
    noteEnvironment();
  }

  /** The system frees the lock of a program that is killed. */
  private static FileChannel lock(Path directory) throws IOException, ExperimentException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held by this very program.
    }
    if (lock == null) {
      channel.close();
      throw new ExperimentException(
          "another run is writing to %s; wait for it, or choose another --out"
              .formatted(directory));
    }
    return channel;
  }

  private void noteEnvironment() throws IOException {
    Files.writeString(
        directory.resolve(ENVIRONMENT),
        Environment.current().toJson() + "\n",
        StandardCharsets.UTF_8,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** The folder. */
  public Path path() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** The copy of the configuration in a folder. */
  public static Path configuration(Path directory) {
    return directory.resolve(CONFIGURATION);
  }

  /**
   * Where the results in a folder were computed, by name: the last of the programs that added to
   * them, and how many there were.
   */
  public static Map<String, String> environment(Path directory) throws IOException {
    Path file = directory.resolve(ENVIRONMENT);
    Map<String, String> environment = new LinkedHashMap<>();
    if (Files.exists(file)) {
      List<JsonNode> starts = new ArrayList<>();
      for (String line : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n")) {
        try {
          starts.add(new ObjectMapper().readTree(line));
        } catch (JsonProcessingException e) {
          // A program that was killed left the beginning of a line, and the next one wrote on.
        }
      }
      if (!starts.isEmpty()) {
        starts
            .get(starts.size() - 1)
            .properties()
            .forEach(e -> environment.put(e.getKey(), e.getValue().asText()));
        environment.put("program starts", String.valueOf(starts.size()));
      }
    }
    return environment;
  }
}
