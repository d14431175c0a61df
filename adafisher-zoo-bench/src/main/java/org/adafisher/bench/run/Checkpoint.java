package org.adafisher.bench.run;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.ResultLog;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network between two epochs with its optimizer's state, and what its last epoch gave: one file,
 * so that they can never be of different epochs.
 *
 * @param network as it was, its updater's state included
 * @param optimizerState what the optimizer keeps besides; empty for most
 * @param epoch what its last epoch gave
 */
record Checkpoint(Model network, Map<String, double[]> optimizerState, EpochResult epoch) {

  private static final int BUFFER = 1 << 16;
  private static final String ENDING = ".checkpoint";
  private static final String EPOCH = "epoch.json";
  private static final String OPTIMIZER = "optimizer.bin";
  private static final String STACK = "multi-layer-network.json";
  private static final String GRAPH = "computation-graph.json";
  private static final String PARAMETERS = "parameters.bin";
  private static final String UPDATER = "updater.bin";

  /** Where the checkpoint of a run is. */
  static Path file(Path checkpoints, Trial trial) {
    String name =
        String.format(
            Locale.ROOT,
            "%s-%s-%s-%d-%d",
            trial.model(),
            trial.optimizer(),
            trial.learningRate(),
            trial.batchSize(),
            trial.seed());
    // Names come from people; two that differ only in odd characters must not share a file.
    String safe = name.replaceAll("[^A-Za-z0-9.-]", "_");
    return checkpoints.resolve(safe + "-" + Integer.toHexString(name.hashCode()) + ENDING);
  }

  /**
   * The last epochs of the runs that have a checkpoint, without their networks.
   *
   * @param checkpoints a folder, which need not exist
   * @throws IOException if one of them is damaged
   */
  static List<RunResult> lastEpochs(Path checkpoints) throws IOException {
    List<RunResult> runs = new ArrayList<>();
    if (Files.isDirectory(checkpoints)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(checkpoints, "*" + ENDING)) {
        for (Path file : files) {
          try (ZipFile zip = new ZipFile(file.toFile())) {
            runs.add(ResultLog.run(text(zip, zip.getEntry(EPOCH))));
          } catch (IOException | RuntimeException e) {
            throw damaged(file, e);
          }
        }
      }
    }
    return runs;
  }

  /** Writes a file that is there in full or not at all. */
  static void write(Path file, Model network, Map<String, double[]> optimizerState, RunResult run)
      throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.createDirectories(file.getParent());
    try {
      try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(temporary))) {
        zip.setLevel(0); // weights hardly compress
        zip.putNextEntry(new ZipEntry(EPOCH));
        zip.write(ResultLog.line(run, run.last()).getBytes(StandardCharsets.UTF_8));
        if (!optimizerState.isEmpty()) {
          zip.putNextEntry(new ZipEntry(OPTIMIZER));
          write(optimizerState, new DataOutputStream(zip));
        }
        write(network, zip);
      }
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
    try (ZipFile zip = new ZipFile(file.toFile())) {
      String line = text(zip, zip.getEntry(EPOCH));
      return new Checkpoint(network(zip), optimizerState(zip), ResultLog.epoch(line));
    } catch (IOException | RuntimeException e) {
      throw damaged(file, e);
    }
  }

  private static IOException damaged(Path file, Exception cause) {
    return new IOException(
        "the checkpoint %s is damaged (%s); remove it, and its run starts again"
            .formatted(file, cause.getMessage()),
        cause);
  }

  /**
   * What {@link org.deeplearning4j.util.ModelSerializer} writes, but not compressed: weights hardly
   * shrink, and short epochs would spend more time on that than on training.
   */
  private static void write(Model network, ZipOutputStream zip) throws IOException {
    boolean graph = network instanceof ComputationGraph;
    zip.putNextEntry(new ZipEntry(graph ? GRAPH : STACK));
    zip.write(Network.of(network).json().getBytes(StandardCharsets.UTF_8));
    zip.putNextEntry(new ZipEntry(PARAMETERS));
    write(network.params(), zip);
    INDArray state = Networks.updaterState(network);
    if (state != null) {
      zip.putNextEntry(new ZipEntry(UPDATER));
      write(state, zip);
    }
  }

  private static void write(INDArray array, ZipOutputStream zip) throws IOException {
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(zip, BUFFER));
    Nd4j.write(array, out);
    out.flush();
  }

  private static Model network(ZipFile zip) throws IOException {
    INDArray parameters = array(zip, PARAMETERS);
    INDArray state = zip.getEntry(UPDATER) == null ? null : array(zip, UPDATER);
    ZipEntry graph = zip.getEntry(GRAPH);
    if (graph == null) {
      MultiLayerNetwork network =
          new MultiLayerNetwork(MultiLayerConfiguration.fromJson(text(zip, zip.getEntry(STACK))));
      network.init(parameters, false);
      if (state != null) {
        network.getUpdater().setStateViewArray(network, state, false);
      }
      return network;
    }
    ComputationGraph network =
        new ComputationGraph(ComputationGraphConfiguration.fromJson(text(zip, graph)));
    network.init(parameters, false);
    if (state != null) {
      network.getUpdater().setStateViewArray(state);
    }
    return network;
  }

  private static INDArray array(ZipFile zip, String name) throws IOException {
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(zip.getInputStream(zip.getEntry(name)), BUFFER))) {
      return Nd4j.read(in);
    }
  }

  private static String text(ZipFile zip, ZipEntry entry) throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Bit by bit: a resumed run has to go on as if nothing had been. */
  private static void write(Map<String, double[]> state, DataOutputStream out) throws IOException {
    out.writeInt(state.size());
    for (Map.Entry<String, double[]> entry : state.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeInt(entry.getValue().length);
      for (double value : entry.getValue()) {
        out.writeDouble(value);
      }
    }
    out.flush();
  }

  private static Map<String, double[]> optimizerState(ZipFile zip) throws IOException {
    Map<String, double[]> state = new LinkedHashMap<>();
    ZipEntry entry = zip.getEntry(OPTIMIZER);
    if (entry == null) {
      return state;
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(zip.getInputStream(entry)))) {
      for (int left = in.readInt(); left > 0; left--) {
        String name = in.readUTF();
        double[] values = new double[in.readInt()];
        for (int i = 0; i < values.length; i++) {
          values[i] = in.readDouble();
        }
        state.put(name, values);
      }
    }
    return state;
  }
}
