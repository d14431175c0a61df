package org.adafisher;

import static org.adafisher.TestNetworks.adaFisher;
import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.adafisher.TestNetworks.images;
import static org.adafisher.TestNetworks.multiBatches;
import static org.adafisher.TestNetworks.parameters;
import static org.adafisher.TestNetworks.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.adafisher.capture.Network;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.EarlyStoppingResult.TerminationReason;
import org.deeplearning4j.earlystopping.saver.LocalFileModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.updater.UpdaterCreator;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.parallelism.EarlyStoppingParallelTrainer;
import org.deeplearning4j.parallelism.ParallelWrapper.TrainingMode;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** Several workers on one machine, through one fit after another. */
class ParallelWrapperTest {

  private static final int ROUNDS = 9;

  @TempDir Path folder;

  static Stream<AdaFisher> formulations() {
    return Stream.of(
        adaFisher(),
        AdaFisher.builder().formulation(new Centred().withBurnIn(2)).refreshInterval(3).build(),
        AdaFisher.builder().formulation(new Spectral().withBurnIn(2)).refreshInterval(3).build());
  }

  @ParameterizedTest
  @MethodSource("formulations")
  void fitsInARowAreOneFit(AdaFisher adaFisher) {
    List<DataSet> data = images(2 * ROUNDS, DataType.FLOAT);
    MultiLayerNetwork whole = TestNetworks.cnn(DataType.FLOAT, adaFisher);
    AdaFisher.attach(whole);
    try (Workers workers = Workers.averaging(whole)) {
      workers.fit(data);
    }

    MultiLayerNetwork net = TestNetworks.cnn(DataType.FLOAT, adaFisher);
    AdaFisher.attach(net);
    try (Workers workers = Workers.averaging(net)) {
      workers.fit(data.subList(0, 4));
      workers.fit(data.subList(4, 6));
      workers.fit(data.subList(6, 12));
    }
    // Has taken the listeners over when attach makes a new one.
    try (Workers others = Workers.averaging(net)) {
      AdaFisher.attach(net);
      others.fit(data.subList(12, 2 * ROUNDS));
    }

    assertSame(net, whole);
    assertThat(steps(net)).isEqualTo(ROUNDS);
  }

  @ParameterizedTest
  @MethodSource("formulations")
  void fitsInARowAreOneFitOfAGraph(AdaFisher adaFisher) {
    List<MultiDataSet> data = multiBatches(2 * ROUNDS);
    ComputationGraph whole = TestNetworks.graph(adaFisher);
    AdaFisher.attach(whole);
    try (Workers workers = Workers.averaging(whole)) {
      workers.fitMulti(data);
    }

    ComputationGraph net = TestNetworks.graph(adaFisher);
    AdaFisher.attach(net);
    try (Workers workers = Workers.averaging(net)) {
      workers.fitMulti(data.subList(0, 4));
      workers.fitMulti(data.subList(4, 10));
      workers.fitMulti(data.subList(10, 2 * ROUNDS));
    }

    assertSame(net, whole);
    assertThat(steps(net)).isEqualTo(ROUNDS);
  }

  @Test
  void whatIsSavedAfterAFitGoesOn() throws IOException {
    List<DataSet> data = batches(2 * ROUNDS);
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(net);
    try (Workers workers = Workers.averaging(net)) {
      workers.fit(data.subList(0, 8));
      File file = folder.resolve("model.zip").toFile();
      ModelSerializer.writeModel(net, file, true);
      workers.fit(data.subList(8, 2 * ROUNDS));

      MultiLayerNetwork loaded = MultiLayerNetwork.load(file, true);
      assertThat(steps(loaded)).isEqualTo(4);
      AdaFisher.attach(loaded);
      try (Workers others = Workers.averaging(loaded)) {
        others.fit(data.subList(8, 2 * ROUNDS));
      }
      assertSame(loaded, net);
    }
  }

  @Test
  void oneWorkerGoesOnWhereSeveralEnded() {
    List<DataSet> data = batches(6);
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    AdaFisherListener listener = AdaFisher.attach(net);
    try (Workers workers = Workers.averaging(net)) {
      workers.fit(data.subList(0, 4));
    }
    MultiLayerNetwork copy = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(copy);
    copy.setParams(net.params());
    copy.getUpdater().getStateViewArray().assign(net.getUpdater().getStateViewArray());
    assertThat(listener.factors(net).get("layer0").gradientFactor().toDoubleVector())
        .doesNotContain(1);

    AdaFisher.attach(net);
    fit(net, data.subList(4, 6));
    fit(copy, data.subList(4, 6));
    assertSame(net, copy);
    assertThat(steps(net)).isEqualTo(4);
  }

  @Test
  void stateThatIsDroppedOnPurposeStaysSo() {
    List<DataSet> data = batches(4);
    MultiLayerNetwork alone = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(alone);
    fit(alone, data);
    alone.clear();
    assertThat(state(alone)).containsOnly(0);
    fit(alone, data);
    alone.setUpdater(null);
    assertThat(state(alone)).containsOnly(0);

    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    AdaFisherListener listener = AdaFisher.attach(net);
    ComputationGraph graph = TestNetworks.graph(adaFisher());
    AdaFisher.attach(graph);
    try (Workers workers = Workers.averaging(net);
        Workers ofGraph = Workers.averaging(graph)) {
      workers.fit(data);
      // Networks that are made from the very same configuration, and from a copy of it.
      MultiLayerNetwork same = new MultiLayerNetwork(net.getLayerWiseConfigurations());
      same.init();
      assertThat(state(same)).containsOnly(0);
      MultiLayerNetwork like = TestNetworks.mlp(adaFisher());
      like.addListeners(listener);
      fit(like, data.subList(0, 1));
      assertThat(steps(like)).isEqualTo(1);

      assertThat(steps(net)).isEqualTo(2);
      MultiLayerNetwork tuned = new TransferLearning.Builder(net).setFeatureExtractor(0).build();
      AdaFisher.attach(tuned);
      assertThat(state(tuned)).containsOnly(0);

      net.getUpdater().getStateViewArray().assign(0);
      workers.fit(data.subList(0, 2));
      assertThat(steps(net)).isEqualTo(1);

      ofGraph.fitMulti(multiBatches(4));
      assertThat(steps(graph)).isEqualTo(2);
      graph.setUpdater(null);
      assertThat(state(graph)).containsOnly(0);
    }
  }

  @Test
  void theListenerMayBeGivenToTheWrapperAndTwice() {
    List<DataSet> data = batches(8);
    MultiLayerNetwork expected = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(expected);
    try (Workers workers = Workers.averaging(expected)) {
      workers.fit(data.subList(0, 4));
      workers.fit(data.subList(4, 8));
    }

    MultiLayerNetwork given = TestNetworks.mlp(adaFisher());
    try (Workers workers = Workers.averaging(given, new AdaFisherListener())) {
      workers.fit(data.subList(0, 4));
      workers.fit(data.subList(4, 8));
    }
    assertSame(given, expected);

    MultiLayerNetwork twice = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(twice);
    try (Workers workers = Workers.averaging(twice, new AdaFisherListener())) {
      workers.fit(data.subList(0, 4));
      workers.fit(data.subList(4, 8));
    }
    assertSame(twice, expected);
  }

  @Test
  void aWrapperWithoutTheListenerSaysWhatToDo() {
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    try (Workers workers = Workers.averaging(net)) {
      AdaFisher.attach(net); // too late: the wrapper gives the network its own listeners
      assertThatThrownBy(() -> workers.fit(batches(2)))
          .hasStackTraceContaining("AdaFisher is not attached to this network")
          .hasStackTraceContaining("wrapper.setListeners(AdaFisher.attach(net))");
    }
  }

  /** DL4J's workers make the updater of a network that lost it while one of them trains it. */
  @Test
  void anUpdaterThatIsMadeDuringAPassKnowsOfThePass() {
    List<DataSet> data = batches(2);
    MultiLayerNetwork expected = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(expected);
    fit(expected, data);

    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(net);
    net.addListeners(
        new BaseTrainingListener() {
          @Override
          public void onGradientCalculation(Model model) {
            if (net.getIterationCount() == 0) {
              net.setUpdater(UpdaterCreator.getUpdater(net));
            }
          }

          @Override
          public void iterationDone(Model model, int iteration, int epoch) {}
        });
    fit(net, data);
    assertSame(net, expected);
  }

  @ParameterizedTest
  @MethodSource("formulations")
  void sharedGradientsTrain(AdaFisher adaFisher) {
    List<DataSet> data = images(2, DataType.FLOAT);
    MultiLayerNetwork net = TestNetworks.cnn(DataType.FLOAT, adaFisher);
    AdaFisherListener listener = AdaFisher.attach(net);
    double before = net.score(data.get(0)) + net.score(data.get(1));
    FactorsSeen seen = new FactorsSeen(listener);
    try (Workers workers = new Workers(net, TrainingMode.SHARED_GRADIENTS, seen)) {
      List<DataSet> epochs = Stream.generate(() -> data).limit(20).flatMap(List::stream).toList();
      workers.fit(epochs);
      assertThat(steps(net)).isEqualTo(20);
      assertEachHasItsOwnFactors(seen, net);
      workers.fit(epochs);
      assertThat(steps(net)).isEqualTo(40);
    }
    assertThat(net.score(data.get(0)) + net.score(data.get(1))).isLessThan(before / 2);
  }

  @ParameterizedTest
  @MethodSource("formulations")
  void sharedGradientsTrainAGraph(AdaFisher adaFisher) {
    List<MultiDataSet> data = multiBatches(2);
    ComputationGraph net = TestNetworks.graph(adaFisher);
    AdaFisherListener listener = AdaFisher.attach(net);
    double before = net.score(data.get(0)) + net.score(data.get(1));
    FactorsSeen seen = new FactorsSeen(listener);
    try (Workers workers = new Workers(net, TrainingMode.SHARED_GRADIENTS, seen)) {
      List<MultiDataSet> epochs =
          Stream.generate(() -> data).limit(20).flatMap(List::stream).toList();
      workers.fitMulti(epochs);
      assertThat(steps(net)).isEqualTo(20);
      assertEachHasItsOwnFactors(seen, net);
      workers.fitMulti(epochs);
      assertThat(steps(net)).isEqualTo(40);
    }
    net.setGradientsAccumulator(null); // DL4J leaves it, and the graph would wait for other workers
    net.fit(data.get(0));
    assertThat(steps(net)).isEqualTo(41);
    assertThat(net.score(data.get(0)) + net.score(data.get(1))).isLessThan(before / 2);
  }

  /** The factors of a layer in each worker's network, after its last step. */
  private static final class FactorsSeen extends BaseTrainingListener {

    private final AdaFisherListener listener;
    private final Map<Model, double[]> factors = new ConcurrentHashMap<>();

    private FactorsSeen(AdaFisherListener listener) {
      this.listener = listener;
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      factors.put(
          model,
          listener.factors(model).values().iterator().next().gradientFactor().toDoubleVector());
    }
  }

  private static void assertEachHasItsOwnFactors(FactorsSeen seen, Model net) {
    assertThat(seen.factors).hasSize(Workers.COUNT);
    assertThat(seen.factors.values().stream().map(Arrays::toString).distinct())
        .hasSize(Workers.COUNT);
    assertThat(seen.listener.factors(net).values().iterator().next().gradientFactor())
        .satisfies(after -> assertThat(after.toDoubleVector()).isEqualTo(seen.factors.get(net)));
  }

  @Test
  void earlyStoppingTrainsAndSavesTheState() throws IOException {
    List<DataSet> data = batches(6);
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(net);
    double before = net.score(DataSet.merge(data));
    EarlyStoppingConfiguration<MultiLayerNetwork> configuration =
        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .epochTerminationConditions(new MaxEpochsTerminationCondition(4))
            .scoreCalculator(new DataSetLossCalculator(new ListDataSetIterator<>(data, 1), true))
            .modelSaver(new LocalFileModelSaver(folder.toString()))
            .saveLastModel(true)
            .build();
    EarlyStoppingResult<MultiLayerNetwork> result =
        new EarlyStoppingParallelTrainer<>(
                configuration, net, new ListDataSetIterator<>(data, 1), null, 2, 2, 1)
            .fit();

    assertThat(result.getTerminationReason())
        .as(result.getTerminationDetails())
        .isEqualTo(TerminationReason.EpochTerminationCondition);
    assertThat(result.getBestModelScore()).isLessThan(before);
    MultiLayerNetwork latest =
        MultiLayerNetwork.load(folder.resolve("latestModel.bin").toFile(), true);
    assertSame(latest, net);
    // 4 fits of 3 rounds; in each the replica may have copied the network after its first step
    assertThat(steps(latest)).isBetween(12L, 16L);
    AdaFisher.attach(latest);
    fit(latest, data);
  }

  /** Of the first block, behind its momentum. */
  private static long steps(Model net) {
    var block = Network.of(net).updaterBlocks().get(0);
    return block.getUpdaterView().getLong(block.getParamOffsetEnd() - block.getParamOffsetStart());
  }

  private static void assertSame(Model actual, Model expected) {
    assertThat(parameters(actual)).isEqualTo(parameters(expected));
    assertThat(state(actual)).isEqualTo(state(expected));
  }
}
