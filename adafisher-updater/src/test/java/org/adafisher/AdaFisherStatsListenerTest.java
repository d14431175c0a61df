package org.adafisher;

import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.adafisher.TestNetworks.fitMulti;
import static org.adafisher.TestNetworks.multiBatches;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

class AdaFisherStatsListenerTest {

  private static final String HEADER =
      "layer,iteration,epoch,parameters,min,median,mean,max,dampingShare,droppedRefreshes,refreshes,"
          + "refreshMillis,lastRefreshMillis";

  @TempDir private Path folder;

  private final List<FactorStats> seen = new ArrayList<>();

  private AdaFisherStatsListener toMemory(int every) {
    return AdaFisherStatsListener.builder()
        .every(every)
        .to((model, layers) -> seen.addAll(layers))
        .build();
  }

  @Test
  void reportsEveryLayerEveryNIterations() {
    MultiLayerNetwork net = TestNetworks.mlp(TestNetworks.adaFisher());
    AdaFisherListener adaFisher = AdaFisher.attach(net);
    net.addListeners(toMemory(3));
    fit(net, batches(7));

    assertThat(seen)
        .extracting(FactorStats::layer)
        .containsExactly(
            "layer0", "layer1", "layer2", "layer0", "layer1", "layer2", "layer0", "layer1",
            "layer2");
    assertThat(seen).extracting(FactorStats::iteration).containsExactly(0, 0, 0, 3, 3, 3, 6, 6, 6);
    // Refreshed in iterations 0, 3 and 6; the network's time is every layer's.
    assertThat(seen)
        .extracting(FactorStats::refreshes)
        .containsExactly(1L, 1L, 1L, 2L, 2L, 2L, 3L, 3L, 3L);
    assertThat(seen.get(8).refreshMillis()).isGreaterThan(seen.get(5).refreshMillis());
    assertThat(seen.get(8).lastRefreshMillis())
        .isPositive()
        .isCloseTo(seen.get(8).refreshMillis() - seen.get(5).refreshMillis(), within(1e-9));

    FactorStats last = seen.get(8);
    double[] fisher = adaFisher.fisher(net).get("layer2").toDoubleVector();
    Arrays.sort(fisher);
    assertThat(last.parameters()).isEqualTo(15);
    assertThat(last.min()).isEqualTo(fisher[0]);
    assertThat(last.median()).isEqualTo(fisher[7]);
    assertThat(last.max()).isEqualTo(fisher[14]);
    assertThat(last.mean()).isCloseTo(Arrays.stream(fisher).average().orElseThrow(), within(1e-12));
    assertThat(last.dampingShare()).isCloseTo(1e-3 / last.mean(), within(1e-12)).isLessThan(1);
  }

  @Test
  void medianOfAnEvenNumberIsTheMeanOfBothMiddleOnes() {
    MultiLayerNetwork net = TestNetworks.mlp(TestNetworks.adaFisher());
    AdaFisherListener adaFisher = AdaFisher.attach(net);
    fit(net, batches(4));
    double[] fisher = adaFisher.fisher(net).get("layer1").toDoubleVector();
    Arrays.sort(fisher);
    assertThat(fisher).hasSize(24);
    assertThat(AdaFisherStatsListener.of(net).get(1).median())
        .isEqualTo((fisher[11] + fisher[12]) / 2);
  }

  @Test
  void worksOnGraphsAndBeforeItsNeighbour() {
    ComputationGraph graph = TestNetworks.graph(TestNetworks.adaFisher());
    graph.setListeners(toMemory(2));
    AdaFisher.attach(graph); // keeps the listener, in front of its own
    fitMulti(graph, multiBatches(5));

    assertThat(seen).hasSize(12);
    assertThat(seen.subList(8, 12))
        .extracting(FactorStats::layer)
        .containsExactlyInAnyOrder("left", "right", "class", "value");
    assertThat(seen.get(11).iteration()).isEqualTo(4);
    assertThat(seen.get(11).refreshes()).isEqualTo(2);
  }

  @Test
  void countsDroppedRefreshes() {
    MultiLayerNetwork net = TestNetworks.mlp(TestNetworks.adaFisher());
    AdaFisher.attach(net);
    net.addListeners(toMemory(1));
    List<DataSet> data = batches(4);
    data.get(3).getFeatures().putScalar(2, Double.NaN); // the second refresh
    fit(net, data);

    assertThat(seen.subList(6, 9)).extracting(FactorStats::droppedRefreshes).containsOnly(0L);
    assertThat(seen.subList(9, 12)).extracting(FactorStats::droppedRefreshes).containsOnly(1L);
    assertThat(seen.get(9).refreshes()).isEqualTo(2);
    // F stays what it was.
    assertThat(seen.get(9).median()).isEqualTo(seen.get(6).median());
  }

  @Test
  void centredHasARangeAndNoShare() {
    MultiLayerNetwork net = TestNetworks.mlp(AdaFisher.centred());
    AdaFisher.attach(net);
    net.addListeners(toMemory(1));
    fit(net, batches(2));
    assertThat(seen).hasSize(6);
    for (FactorStats stats : seen) {
      assertThat(stats.dampingShare()).isNaN();
      assertThat(stats.min()).isPositive().isLessThan(stats.median());
      assertThat(stats.median()).isLessThan(stats.max());
    }
    assertThat(LogSink.line(seen.get(0))).contains("(relative)").doesNotContain("damping");
  }

  @Test
  void placeboIsDampedByNothingElse() {
    MultiLayerNetwork net = TestNetworks.mlp(new AdaFisher(1e-3, new Placebo()));
    AdaFisher.attach(net);
    fit(net, batches(1));
    double c = 0.08;
    assertThat(AdaFisherStatsListener.of(net))
        .allSatisfy(
            stats -> {
              assertThat(stats.min()).isEqualTo(stats.max());
              assertThat(stats.dampingShare()).isCloseTo(1e-3 / (c * c + 1e-3), within(1e-12));
              assertThat(stats.refreshes()).isZero(); // it takes no statistics
            });
  }

  @Test
  void writesWholeLinesAndGoesOn() throws Exception {
    Path file = folder.resolve("deep/stats.csv");
    MultiLayerNetwork net = TestNetworks.mlp(TestNetworks.adaFisher());
    AdaFisher.attach(net);
    net.addListeners(AdaFisherStatsListener.builder().every(2).toCsv(file).build());
    fit(net, batches(3));
    List<String> before = Files.readAllLines(file);
    assertThat(before).hasSize(1 + 2 * 3).startsWith(HEADER);
    assertThat(before.get(4)).startsWith("layer0,2,0,35,0.00");
    assertThat(before.get(4).split(",")).hasSize(13);

    // A line that a power failure cut short goes, and the next run appends.
    Files.writeString(file, "layer0,4,0,35,0.0", StandardOpenOption.APPEND);
    net.setListeners(AdaFisherStatsListener.builder().every(2).toCsv(file).build());
    AdaFisher.attach(net);
    fit(net, batches(2));

    List<String> after = Files.readAllLines(file);
    assertThat(after).hasSize(1 + 3 * 3).startsWith(before.toArray(String[]::new));
    assertThat(after.get(7)).startsWith("layer0,4,0,35,0.00");
  }

  @Test
  void aHeaderThatIsCutShortIsWrittenAnew() throws Exception {
    Path file = folder.resolve("stats.csv");
    Files.writeString(file, HEADER.substring(0, 20));
    AdaFisherStatsListener.builder().toCsv(file).build();
    assertThat(Files.readString(file)).isEqualTo(HEADER + "\n");
  }

  @Test
  void namesAreQuotedAndMissingValuesEmpty() throws Exception {
    Path file = folder.resolve("stats.csv");
    CsvSink.open(file)
        .report(
            null,
            List.of(
                new FactorStats("a,\"b\"", 1, 2, 3, 0.5, 1, 1.5, 2, Double.NaN, 4, 5, 6.5, 7.25)));
    assertThat(Files.readAllLines(file).get(1))
        .isEqualTo("\"a,\"\"b\"\"\",1,2,3,0.5,1.0,1.5,2.0,,4,5,6.5,7.25");
  }

  @Test
  void anotherTableIsLeftAlone() throws Exception {
    Path file = folder.resolve("other.csv");
    Files.write(file, "time,loss\n1,2\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> AdaFisherStatsListener.builder().toCsv(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other columns");
    assertThat(Files.readString(file)).isEqualTo("time,loss\n1,2\n");
  }

  @Test
  void aFileThatIsLostInTrainingStopsTheFileNotTheTraining() throws Exception {
    Path file = folder.resolve("lost.csv");
    MultiLayerNetwork net = TestNetworks.mlp(TestNetworks.adaFisher());
    AdaFisher.attach(net);
    net.addListeners(AdaFisherStatsListener.builder().every(1).toCsv(file).build());
    Files.delete(file);
    List<String> log = TestNetworks.said(AdaFisherStatsListener.class, () -> fit(net, batches(3)));
    assertThat(log).hasSize(1);
    assertThat(log.get(0)).contains("lost.csv", "no more statistics");
    assertThat(net.getIterationCount()).isEqualTo(3);
  }

  @Test
  void logsALineALayer() {
    MultiLayerNetwork net = TestNetworks.mlp(TestNetworks.adaFisher());
    AdaFisher.attach(net);
    net.addListeners(AdaFisherStatsListener.builder().every(5).toLog().build());
    List<String> log = TestNetworks.said(AdaFisherStatsListener.class, () -> fit(net, batches(4)));
    assertThat(log).hasSize(3);
    assertThat(log.get(1))
        .startsWith("Iteration 0, layer 'layer1': F 0.00")
        .contains("damping 1", "1 refreshes in ")
        .doesNotContain("dropped");
  }

  @Test
  void saysWhatIsMissing() {
    MultiLayerNetwork net = TestNetworks.mlp(new Sgd(0.1));
    net.setListeners(toMemory(1));
    assertThatThrownBy(() -> fit(net, batches(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("AdaFisher.attach(net)");
    assertThatThrownBy(() -> AdaFisherStatsListener.builder().build())
        .hasMessageContaining("reports nowhere");
    assertThatThrownBy(() -> AdaFisherStatsListener.builder().every(0))
        .hasMessageContaining("every");
  }
}
