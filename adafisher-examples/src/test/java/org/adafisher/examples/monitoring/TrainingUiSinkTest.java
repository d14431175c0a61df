package org.adafisher.examples.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.adafisher.AdaFisher;
import org.adafisher.AdaFisherStatsListener;
import org.adafisher.FactorStats;
import org.adafisher.bench.data.DataRequest;
import org.adafisher.bench.data.Dataset;
import org.adafisher.bench.data.Datasets;
import org.adafisher.bench.data.Part;
import org.adafisher.examples.DigitsNetwork;
import org.deeplearning4j.core.storage.Persistable;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.ui.model.stats.StatsListener;
import org.deeplearning4j.ui.model.stats.api.Histogram;
import org.deeplearning4j.ui.model.stats.api.StatsInitializationReport;
import org.deeplearning4j.ui.model.stats.api.StatsReport;
import org.deeplearning4j.ui.model.stats.api.StatsType;
import org.deeplearning4j.ui.model.storage.FileStatsStorage;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.DataSet;

/** What the UI asks of a storage, asked of it. */
class TrainingUiSinkTest {

  private static final String SESSION = "AdaFisher";

  @TempDir private Path folder;

  private final List<FactorStats> seen = new ArrayList<>();

  @Test
  void aFileHasIt() throws Exception {
    Path file = folder.resolve("storage.bin");
    StatsStorage storage = new FileStatsStorage(file.toFile());
    train(DigitsNetwork.create(), storage);
    storage.close();

    StatsStorage again = new FileStatsStorage(file.toFile());
    try {
      check(again, "0_", "1_");
    } finally {
      again.close();
    }
  }

  @Test
  void memoryHasItOfAGraph() throws Exception {
    StatsStorage storage = new InMemoryStatsStorage();
    ComputationGraph graph = DigitsNetwork.create().toComputationGraph();
    List<String> names = graph.getConfiguration().getTopologicalOrderStr();
    train(graph, storage);
    check(storage, names.get(1) + "_", names.get(2) + "_");
  }

  @Test
  void centredHasNoDamping() throws Exception {
    StatsStorage storage = new InMemoryStatsStorage();
    MultiLayerNetwork net = DigitsNetwork.create();
    net.getLayerWiseConfigurations()
        .getConfs()
        .forEach(conf -> ((BaseLayer) conf.getLayer()).setIUpdater(AdaFisher.centred()));
    train(net, storage);
    StatsReport last = last(storage);
    assertThat(last.getMeanMagnitudes(StatsType.Parameters)).hasSize(8);
    assertThat(last.getMeanMagnitudes(StatsType.Updates).values()).containsOnly(0.0);
  }

  @Test
  void theExampleWritesItsFiles() throws Exception {
    WatchTraining.main(new String[] {folder.resolve("out").toString()});
    List<String> lines = Files.readAllLines(folder.resolve("out/adafisher.csv"));
    assertThat(lines).hasSize(1 + 2 * 4);
    assertThat(Files.size(folder.resolve("out/ui-storage.bin"))).isPositive();
  }

  private void train(Model net, StatsStorage storage) throws Exception {
    AdaFisher.attach(net);
    AdaFisherStatsListener listener =
        AdaFisherStatsListener.builder()
            .every(2)
            .to((model, layers) -> seen.addAll(layers))
            .to(new TrainingUiSink(storage, SESSION))
            .build();
    Dataset digits = Datasets.REGISTRY.get("digits").load(DataRequest.plain());
    var batches = digits.inOrder(Part.TRAIN, 50);
    if (net instanceof MultiLayerNetwork stack) {
      stack.addListeners(listener);
    } else {
      ((ComputationGraph) net).addListeners(listener);
    }
    for (int i = 0; i < 5; i++) {
      DataSet batch = batches.next();
      if (net instanceof MultiLayerNetwork stack) {
        stack.fit(batch);
      } else {
        ((ComputationGraph) net).fit(batch);
      }
    }
  }

  private void check(StatsStorage storage, String first, String second) {
    assertThat(storage.listSessionIDs()).containsExactly(SESSION);
    StatsInitializationReport init =
        (StatsInitializationReport)
            storage.getAllStaticInfos(SESSION, StatsListener.TYPE_ID).get(0);
    assertThat(init.getModelNumLayers()).isEqualTo(2);
    List<Persistable> reports = storage.getAllUpdatesAfter(SESSION, StatsListener.TYPE_ID, 0);
    assertThat(reports)
        .extracting(report -> ((StatsReport) report).getIterationCount())
        .containsExactly(0, 2, 4);

    StatsReport last = last(storage);
    FactorStats hidden = seen.get(4);
    Map<String, Double> fisher = last.getMeanMagnitudes(StatsType.Parameters);
    assertThat(fisher).hasSize(8);
    assertThat(fisher.get(first + "F min")).isCloseTo(hidden.min(), within(1e-9));
    assertThat(fisher.get(first + "F median")).isCloseTo(hidden.median(), within(1e-9));
    assertThat(fisher.get(first + "F max")).isCloseTo(hidden.max(), within(1e-9));
    String mean = first + "F mean, b and W";
    assertThat(fisher.get(mean)).isCloseTo(hidden.mean(), within(1e-9));
    double damping = last.getMeanMagnitudes(StatsType.Updates).get(mean);
    assertThat(damping / fisher.get(mean)).isCloseTo(hidden.dampingShare(), within(1e-5));
    assertThat(fisher).containsKey(second + "F max");
    // What the UI reads without looking whether it is there.
    assertThat(last.getLearningRates()).containsKey(first + "W");
    assertThat(last.getHistograms(StatsType.Updates)).isNotEmpty();
    Histogram histogram = last.getHistograms(StatsType.Parameters).get(first + "F");
    assertThat(histogram.getMin()).isCloseTo(hidden.min(), within(1e-9));
    assertThat(histogram.getMax()).isCloseTo(hidden.max(), within(1e-9));
    assertThat(Arrays.stream(histogram.getBinCounts()).sum()).isEqualTo(65 * 64);
    assertThat(last.getScore()).isPositive();
  }

  private static StatsReport last(StatsStorage storage) {
    return (StatsReport) storage.getLatestUpdateAllWorkers(SESSION, StatsListener.TYPE_ID).get(0);
  }
}
