package org.adafisher.bench.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Timed steps in a JSON file. */
public final class CostFile {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private CostFile() {}

  /**
   * What a file holds; nothing if there is none.
   *
   * @throws IOException if it cannot be read
   */
  public static List<CostResult> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      return JSON.readValue(Files.readAllBytes(file), new TypeReference<List<CostResult>>() {});
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s does not hold timed steps (%s); remove it".formatted(file, e.getOriginalMessage()),
          e);
    }
  }

  /**
   * Writes a file, in place of what it held before.
   *
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, List<CostResult> costs) throws IOException {
    AtomicFile.write(file, JSON.writeValueAsString(costs));
  }
}
