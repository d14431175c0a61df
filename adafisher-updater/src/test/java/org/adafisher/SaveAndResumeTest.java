package org.adafisher;

import static org.adafisher.TestNetworks.adaFisher;
import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.adafisher.TestNetworks.fitMulti;
import static org.adafisher.TestNetworks.images;
import static org.adafisher.TestNetworks.multiBatches;
import static org.adafisher.TestNetworks.parameters;
import static org.adafisher.TestNetworks.state;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.saver.LocalFileModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.listeners.Checkpoint;
import org.deeplearning4j.optimize.listeners.CheckpointListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;

/**
 * A run that is saved, restored by DL4J's own means and continued is the run that never stopped.
 */
class SaveAndResumeTest {

  private static final int BEFORE = 7;
  private static final int ALL = 16;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void multiLayerNetwork(DataType type) throws IOException {
    List<DataSet> data = images(ALL, type);
    MultiLayerNetwork whole = TestNetworks.cnn(type, adaFisher());
    AdaFisher.attach(whole);
    fit(whole, data);

    MultiLayerNetwork first = TestNetworks.cnn(type, adaFisher());
    AdaFisher.attach(first);
    fit(first, data.subList(0, BEFORE));
    MultiLayerNetwork second = MultiLayerNetwork.load(saved(first), true);
    AdaFisher.attach(second);
    fit(second, data.subList(BEFORE, ALL));

    assertSame(second, whole);
  }

  @Test
  void computationGraph() throws IOException {
    List<MultiDataSet> data = multiBatches(ALL);
    ComputationGraph whole = TestNetworks.graph(adaFisher());
    AdaFisher.attach(whole);
    fitMulti(whole, data);

    ComputationGraph first = TestNetworks.graph(adaFisher());
    AdaFisher.attach(first);
    fitMulti(first, data.subList(0, BEFORE));
    ComputationGraph second = ComputationGraph.load(saved(first), true);
    AdaFisher.attach(second);
    fitMulti(second, data.subList(BEFORE, ALL));

    assertSame(second, whole);
  }

  @Test
  void layersUnderSeveralUpdaters() throws IOException {
    List<DataSet> data = batches(ALL);
    MultiLayerNetwork whole = mixed();
    fit(whole, data);

    MultiLayerNetwork first = mixed();
    fit(first, data.subList(0, BEFORE));
    MultiLayerNetwork second = MultiLayerNetwork.load(saved(first), true);
    AdaFisher.attach(second);
    fit(second, data.subList(BEFORE, ALL));

    assertSame(second, whole);
  }

  /** AdaFisher with another one for the biases, Adam, and AdaFisher under a layer normalisation. */
  private static MultiLayerNetwork mixed() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, adaFisher())
                .biasUpdater(AdaFisher.builder().learningRate(2e-3).refreshInterval(2).build())
                .list()
                .layer(new DenseLayer.Builder().nOut(6).build())
                .layer(
                    new DenseLayer.Builder()
                        .nOut(5)
                        .updater(new Adam(1e-3))
                        .biasUpdater(new Adam(2e-3))
                        .build())
                .layer(new DenseLayer.Builder().nOut(4).hasLayerNorm(true).build())
                .layer(TestNetworks.softmax())
                .setInputType(InputType.feedForward(TestNetworks.INPUTS))
                .build());
    net.init();
    AdaFisher.attach(net);
    return net;
  }

  @Test
  void throughCheckpointListener() throws IOException {
    List<DataSet> data = batches(ALL);
    MultiLayerNetwork whole = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(whole);
    whole.addListeners(
        new CheckpointListener.Builder(folder.toFile())
            .saveEveryNIterations(BEFORE)
            .keepAll()
            .build());
    fit(whole, data);

    MultiLayerNetwork resumed = CheckpointListener.loadCheckpointMLN(folder.toFile(), 0);
    AdaFisher.attach(resumed);
    fit(resumed, data.subList(resumed.getIterationCount() + 1, ALL));

    assertSame(resumed, whole);
  }

  @Test
  void throughEarlyStopping() throws IOException {
    List<DataSet> data = batches(5);
    MultiLayerNetwork whole = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(whole);
    for (int epoch = 0; epoch < 4; epoch++) {
      fit(whole, data);
    }

    MultiLayerNetwork stopped = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(stopped);
    EarlyStoppingConfiguration<MultiLayerNetwork> configuration =
        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .epochTerminationConditions(new MaxEpochsTerminationCondition(2))
            .scoreCalculator(new DataSetLossCalculator(new ListDataSetIterator<>(data, 1), true))
            .modelSaver(new LocalFileModelSaver(folder.toString()))
            .saveLastModel(true)
            .build();
    ListDataSetIterator<DataSet> iterator = new ListDataSetIterator<>(data, 1);
    new EarlyStoppingTrainer(configuration, stopped, iterator).fit();
    MultiLayerNetwork resumed =
        MultiLayerNetwork.load(folder.resolve("latestModel.bin").toFile(), true);
    AdaFisher.attach(resumed);
    fit(resumed, data);
    fit(resumed, data);

    assertSame(resumed, whole);
  }

  /** Its best model, a copy, goes on too. */
  @Test
  void throughEarlyStoppingOfAGraph() {
    List<DataSet> data = batches(5);
    ComputationGraph whole = TestNetworks.mlp(adaFisher()).toComputationGraph();
    AdaFisher.attach(whole);
    for (int epoch = 0; epoch < 4; epoch++) {
      fit(whole, data);
    }

    ComputationGraph stopped = TestNetworks.mlp(adaFisher()).toComputationGraph();
    AdaFisher.attach(stopped);
    EarlyStoppingConfiguration<ComputationGraph> configuration =
        new EarlyStoppingConfiguration.Builder<ComputationGraph>()
            .epochTerminationConditions(new MaxEpochsTerminationCondition(2))
            .scoreCalculator(new DataSetLossCalculator(new ListDataSetIterator<>(data, 1), true))
            .modelSaver(new InMemoryModelSaver<>())
            .build();
    EarlyStoppingResult<ComputationGraph> result =
        new EarlyStoppingGraphTrainer(configuration, stopped, new ListDataSetIterator<>(data, 1))
            .fit();
    assertThat(result.getBestModelEpoch()).isEqualTo(1);
    ComputationGraph best = result.getBestModel();
    assertThat(best).isNotSameAs(stopped);
    AdaFisher.attach(best);
    fit(best, data);
    fit(best, data);
    assertSame(best, whole);
  }

  @Test
  void throughCheckpointListenerOfAGraphThatKeepsTheLast() throws IOException {
    List<DataSet> data = batches(5);
    ComputationGraph whole = TestNetworks.mlp(adaFisher()).toComputationGraph();
    AdaFisher.attach(whole);
    whole.addListeners(
        new CheckpointListener.Builder(folder.toFile()).saveEveryNEpochs(1).keepLast(2).build());
    for (int epoch = 0; epoch < 4; epoch++) {
      whole.fit(new ListDataSetIterator<>(data, 1));
    }
    assertThat(CheckpointListener.availableCheckpoints(folder.toFile()))
        .extracting(Checkpoint::getCheckpointNum)
        .containsExactly(2, 3);

    ComputationGraph resumed = CheckpointListener.loadCheckpointCG(folder.toFile(), 2);
    AdaFisher.attach(resumed);
    resumed.fit(new ListDataSetIterator<>(data, 1));

    assertSame(resumed, whole);
  }

  @Test
  void clonesTrainOn() {
    List<DataSet> data = batches(ALL);
    MultiLayerNetwork original = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(original);
    fit(original, data.subList(0, BEFORE));
    MultiLayerNetwork clone = original.clone();
    AdaFisher.attach(clone);
    fit(clone, data.subList(BEFORE, ALL));
    fit(original, data.subList(BEFORE, ALL));
    assertSame(clone, original);

    List<MultiDataSet> multi = multiBatches(ALL);
    ComputationGraph graph = TestNetworks.graph(adaFisher());
    AdaFisher.attach(graph);
    fitMulti(graph, multi.subList(0, BEFORE));
    ComputationGraph graphClone = graph.clone(); // DL4J gives it the same listeners
    fitMulti(graphClone, multi.subList(BEFORE, ALL));
    fitMulti(graph, multi.subList(BEFORE, ALL));
    assertSame(graphClone, graph);
  }

  @Test
  void aPlainListenerAttachesItself() {
    List<DataSet> data = batches(ALL);
    MultiLayerNetwork attached = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(attached);
    fit(attached, data);
    MultiLayerNetwork listening = TestNetworks.mlp(adaFisher());
    listening.addListeners(new AdaFisherListener());
    fit(listening, data);
    assertSame(listening, attached);
  }

  private File saved(Model net) throws IOException {
    File file = folder.resolve("model.zip").toFile();
    ModelSerializer.writeModel(net, file, true);
    return file;
  }

  private static void assertSame(Model actual, Model expected) {
    assertThat(parameters(actual)).isEqualTo(parameters(expected));
    assertThat(state(actual)).isEqualTo(state(expected));
  }
}
