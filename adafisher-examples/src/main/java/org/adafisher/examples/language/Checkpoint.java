package org.adafisher.examples.language;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;

/**
 * A network after an epoch: a model file of Deeplearning4j, which {@code ComputationGraph.load}
 * reads, with two entries more.
 *
 * @param graph with its updater's state
 * @param notes what it was trained with, and for how long
 * @param optimizerState what the optimizer keeps besides
 */
record Checkpoint(
    ComputationGraph graph, Map<String, String> notes, Map<String, double[]> optimizerState) {

  private static final String NOTES = "notes";
  private static final String OPTIMIZER = "optimizer";

  /** Writes a file that is there in full or not at all. */
  void write(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      ModelSerializer.writeModel(graph, temporary.toFile(), true);
      ModelSerializer.addObjectToFile(temporary.toFile(), NOTES, serializable(notes));
      ModelSerializer.addObjectToFile(temporary.toFile(), OPTIMIZER, serializable(optimizerState));
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it is damaged
   */
  static Checkpoint read(Path file) throws IOException {
    try {
      Map<String, String> notes = ModelSerializer.getObjectFromFile(file.toFile(), NOTES);
      Map<String, double[]> state = ModelSerializer.getObjectFromFile(file.toFile(), OPTIMIZER);
      return new Checkpoint(
          ModelSerializer.restoreComputationGraph(file.toFile(), true), notes, state);
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          "the checkpoint %s cannot be read (%s); remove it to start again"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static <V> Serializable serializable(Map<String, V> map) {
    return new LinkedHashMap<>(map);
  }
}
