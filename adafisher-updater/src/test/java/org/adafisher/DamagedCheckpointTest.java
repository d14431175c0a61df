package org.adafisher;

import static org.adafisher.TestNetworks.adaFisher;
import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.adafisher.TestNetworks.fitMulti;
import static org.adafisher.TestNetworks.multiBatches;
import static org.adafisher.TestNetworks.parameters;
import static org.adafisher.TestNetworks.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.listeners.CheckpointListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;

/** Checkpoints that could not be written, and files that are not what was written. */
class DamagedCheckpointTest {

  private static final int BEFORE = 5;
  private static final int ALL = 9;
  private static final int CUTS = 40;

  @TempDir Path folder;

  /** Wherever the disk is full, the network does not notice; it can be saved again. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDiskThatIsFullHarmsNoNetwork(boolean graph) throws IOException {
    Model net = trained(graph);
    int size = saved(net).length;
    double[] parameters = parameters(net);
    double[] state = state(net);
    for (int room = 0; room < size; room += size / CUTS) {
      SmallDisk disk = new SmallDisk(room);
      assertThatThrownBy(() -> ModelSerializer.writeModel(net, disk, true))
          .hasMessageContaining("No space left");
    }
    assertThat(parameters(net)).isEqualTo(parameters);
    assertThat(state(net)).isEqualTo(state);
    Model restored = restored(graph, saved(net));
    AdaFisher.attach(restored);
    goOn(graph, net);
    goOn(graph, restored);
    assertThat(parameters(restored)).isEqualTo(parameters(net));
    assertThat(state(restored)).isEqualTo(state(net));
  }

  /** The fit ends with the reason, after a finished step: nothing but the checkpoint is missing. */
  @Test
  void aCheckpointListenerThatCannotWriteEndsTheFitAfterAStep() throws IOException {
    Path directory = Files.createDirectory(folder.resolve("checkpoints"));
    List<DataSet> data = batches(ALL);
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(net);
    net.addListeners(
        new CheckpointListener.Builder(directory.toFile())
            .saveEveryNIterations(BEFORE)
            .keepLast(2)
            .build());
    Path inTheWay = Files.createDirectory(directory.resolve("checkpoint_0_MultiLayerNetwork.zip"));
    assertThatThrownBy(() -> fit(net, data))
        .isInstanceOf(RuntimeException.class)
        .hasMessage("Error saving checkpoint");
    Files.delete(inTheWay);
    fit(net, data.subList(BEFORE + 1, ALL));

    MultiLayerNetwork undisturbed = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(undisturbed);
    fit(undisturbed, data);
    assertThat(parameters(net)).isEqualTo(parameters(undisturbed));
    assertThat(state(net)).isEqualTo(state(undisturbed));
  }

  /** A part of a file is refused, or it is complete, or attach says what it lacks. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileThatWasCutShortIsNeverTakenForAWholeOne(boolean graph) throws IOException {
    Model net = trained(graph);
    byte[] whole = saved(net);
    int refused = 0;
    int withoutState = 0;
    for (int length = 0; length < whole.length; length++) {
      Model restored;
      try {
        restored = restored(graph, Arrays.copyOf(whole, length));
      } catch (IOException | RuntimeException e) {
        refused++;
        continue;
      }
      List<String> said = TestNetworks.said(AdaFisher.class, () -> AdaFisher.attach(restored));
      assertThat(parameters(restored)).isEqualTo(parameters(net));
      if (!Arrays.equals(state(restored), state(net))) {
        withoutState++;
        assertThat(said).hasSize(1);
        assertThat(said.get(0)).contains("has done 5 iterations").contains("start anew");
        assertThat(state(restored)).containsOnly(0);
      }
    }
    assertThat(refused).isGreaterThan(whole.length / 2);
    assertThat(withoutState).isPositive();
  }

  /** The archive's checksums tell. */
  @Test
  void aFlippedBitIsFound() throws IOException {
    byte[] file = saved(trained(false));
    int state = file.length - 400; // in the updater's state, the last of the entries
    file[state] ^= 1;
    assertThatThrownBy(() -> restored(false, file)).isInstanceOf(IOException.class);
  }

  /** Of cross-validation: its networks share their configuration, and its count of iterations. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aNewNetworkOfATrainedOnesConfigurationHasLostNothing(boolean graph) {
    Model net = trained(graph);
    for (boolean fromJson : new boolean[] {false, true}) {
      Model fresh = ofTheSameConfiguration(net, fromJson);
      assertThat(Network.of(fresh).iterationAndEpoch()[0]).isPositive();
      assertThat(TestNetworks.said(AdaFisher.class, () -> AdaFisher.attach(fresh))).isEmpty();
      goOn(graph, fresh);

      Model warmStart = ofTheSameConfiguration(net, fromJson);
      warmStart.setParams(net.params().dup());
      assertThat(TestNetworks.said(AdaFisher.class, () -> AdaFisher.attach(warmStart))).hasSize(1);
    }
  }

  private static Model ofTheSameConfiguration(Model net, boolean fromJson) {
    String json = Network.of(net).json();
    if (net instanceof MultiLayerNetwork stack) {
      MultiLayerNetwork fresh =
          new MultiLayerNetwork(
              fromJson
                  ? MultiLayerConfiguration.fromJson(json)
                  : stack.getLayerWiseConfigurations());
      fresh.init();
      return fresh;
    }
    ComputationGraph fresh =
        new ComputationGraph(
            fromJson
                ? ComputationGraphConfiguration.fromJson(json)
                : ((ComputationGraph) net).getConfiguration());
    fresh.init();
    return fresh;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withoutUpdaterStateTrainingStartsAfresh(boolean graph) throws IOException {
    Model net = trained(graph);
    byte[] file = edited(saved(net), ModelSerializer.UPDATER_BIN, null);
    Model restored = restored(graph, file);
    List<String> said = TestNetworks.said(AdaFisher.class, () -> AdaFisher.attach(restored));
    assertThat(said).hasSize(1);
    assertThat(said.get(0)).contains("has done 5 iterations").contains("start anew");

    Model fresh = graph ? TestNetworks.graph(adaFisher()) : TestNetworks.mlp(adaFisher());
    fresh.setParams(net.params().dup());
    assertThat(TestNetworks.said(AdaFisher.class, () -> AdaFisher.attach(fresh))).isEmpty();
    goOn(graph, restored);
    goOn(graph, fresh);
    assertThat(parameters(restored)).isEqualTo(parameters(fresh));
    // And once it has a state, there is nothing to say.
    assertThat(TestNetworks.said(AdaFisher.class, () -> AdaFisher.attach(restored))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStateOfAnotherSizeIsRefused(boolean graph) throws IOException {
    byte[] other = entry(saved(trained(!graph)), ModelSerializer.UPDATER_BIN);
    byte[] file = edited(saved(trained(graph)), ModelSerializer.UPDATER_BIN, other);
    assertThatThrownBy(() -> restored(graph, file))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("view arrays differ in length");
  }

  private static Model trained(boolean graph) {
    Model net = graph ? TestNetworks.graph(adaFisher()) : TestNetworks.mlp(adaFisher());
    AdaFisher.attach(net);
    if (graph) {
      fitMulti((ComputationGraph) net, multiBatches(ALL).subList(0, BEFORE));
    } else {
      fit(net, batches(ALL).subList(0, BEFORE));
    }
    return net;
  }

  private static void goOn(boolean graph, Model net) {
    if (graph) {
      fitMulti((ComputationGraph) net, multiBatches(ALL).subList(BEFORE, ALL));
    } else {
      fit(net, batches(ALL).subList(BEFORE, ALL));
    }
  }

  private static byte[] saved(Model net) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ModelSerializer.writeModel(net, out, true);
    return out.toByteArray();
  }

  private static Model restored(boolean graph, byte[] file) throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(file);
    return graph
        ? ModelSerializer.restoreComputationGraph(in, true)
        : ModelSerializer.restoreMultiLayerNetwork(in, true);
  }

  private static byte[] entry(byte[] file, String name) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().equals(name)) {
          return zip.readAllBytes();
        }
      }
    }
    throw new IllegalArgumentException(name);
  }

  /** The file with an entry's content replaced, or without the entry. */
  private static byte[] edited(byte[] file, String name, byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file));
        ZipOutputStream copy = new ZipOutputStream(out)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (!entry.getName().equals(name)) {
          copy.putNextEntry(new ZipEntry(entry.getName()));
          zip.transferTo(copy);
        } else if (content != null) {
          copy.putNextEntry(new ZipEntry(name));
          copy.write(content);
        }
      }
    }
    return out.toByteArray();
  }

  /** Takes so many bytes. */
  private static final class SmallDisk extends OutputStream {

    private int room;

    private SmallDisk(int room) {
      this.room = room;
    }

    @Override
    public void write(int b) throws IOException {
      if (room-- <= 0) {
        throw new IOException("No space left on device");
      }
    }
  }
}
