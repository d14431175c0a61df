package org.adafisher;

import static org.adafisher.TestNetworks.adaFisher;
import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.adafisher.TestNetworks.parameters;
import static org.adafisher.TestNetworks.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A network that is changed after attach. */
class ChangedModelTest {

  private static final int BEFORE = 5;
  private static final int ALL = 10;

  @TempDir Path folder;

  private static MultiLayerNetwork trained() {
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(net);
    fit(net, batches(ALL).subList(0, BEFORE));
    return net;
  }

  private static void setUpdater(MultiLayerNetwork net, int layer, IUpdater updater) {
    BaseLayer conf = (BaseLayer) net.getLayer(layer).conf().getLayer();
    conf.setIUpdater(updater);
    conf.setBiasUpdater(null);
  }

  /** DL4J alone would train on with the old one, and save a state that cannot be loaded. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anotherUpdaterOfALayerIsFollowed(boolean attachAgain) throws IOException {
    List<DataSet> data = batches(ALL);
    MultiLayerNetwork net = trained();
    MultiLayerNetwork same = net.clone();
    AdaFisher.attach(same);
    double[] first = net.getLayer(1).params().toDoubleVector();
    setUpdater(net, 1, new Sgd(0.5));
    if (attachAgain) {
      AdaFisher.attach(net);
    }
    DataSet next = data.get(BEFORE);
    INDArray gradient = gradientOfLayer1(same, next);
    fit(net, List.of(next));
    fit(same, List.of(next));

    assertThat(net.getLayer(0).params()).isEqualTo(same.getLayer(0).params());
    assertThat(net.getLayer(2).params()).isEqualTo(same.getLayer(2).params());
    double[] moved = net.getLayer(1).params().toDoubleVector();
    for (int i = 0; i < moved.length; i++) {
      assertThat(first[i] - moved[i]).isCloseTo(0.5 * gradient.getDouble(i), within(1e-12));
    }
    File file = folder.resolve("swapped.zip").toFile();
    net.save(file, true);
    MultiLayerNetwork loaded = MultiLayerNetwork.load(file, true);
    AdaFisher.attach(loaded);
    fit(net, data.subList(BEFORE + 1, ALL));
    fit(loaded, data.subList(BEFORE + 1, ALL));
    assertThat(parameters(loaded)).isEqualTo(parameters(net));

    // And back again: it starts afresh there, and the others go on.
    setUpdater(net, 1, adaFisher());
    fit(net, data);
    assertThat(net.getUpdater().getStateViewArray().length()).isEqualTo(state(same).length);
    assertThat(AdaFisher.attach(net).factors(net)).containsKeys("layer0", "layer1", "layer2");
  }

  /** Of layer 1, divided by the minibatch size. */
  private static INDArray gradientOfLayer1(MultiLayerNetwork net, DataSet batch) {
    MultiLayerNetwork plain = new MultiLayerNetwork(net.getLayerWiseConfigurations().clone());
    plain.init();
    plain.setParams(net.params().dup());
    plain.setInput(batch.getFeatures());
    plain.setLabels(batch.getLabels());
    plain.computeGradientAndScore();
    return plain.getLayer(1).getGradientsViewArray().dup().divi(TestNetworks.BATCH);
  }

  @Test
  void noAdaFisherLeftIsNoError() {
    MultiLayerNetwork net = trained();
    for (int i = 0; i < 3; i++) {
      setUpdater(net, i, new Adam(1e-2));
    }
    double[] before = parameters(net);
    fit(net, batches(1));
    double[] after = parameters(net);
    for (int i = 0; i < before.length; i++) {
      assertThat(Math.abs(before[i] - after[i])).isLessThan(1.01e-2); // Adam's first step
    }
    assertThat(net.getUpdater().getStateViewArray().length()).isEqualTo(2L * before.length);
  }

  @Test
  void otherHyperParametersAreFollowedWithTheirState() {
    MultiLayerNetwork net = trained();
    double[] momentum = state(net);
    setUpdater(net, 0, AdaFisher.builder().refreshInterval(7).learningRate(1e-30).build());
    double[] before = net.getLayer(0).params().toDoubleVector();
    fit(net, batches(1));
    assertThat(net.getLayer(0).params().toDoubleVector()).containsExactly(before, within(1e-20));
    assertThat(state(net)).hasSameSizeAs(momentum);
    int steps = before.length;
    assertThat(state(net)[steps]).isEqualTo(BEFORE + 1); // the block's own count
  }

  @Test
  void otherParametersKeepTheState() {
    MultiLayerNetwork net = trained();
    MultiLayerNetwork other = TestNetworks.mlp(adaFisher(), b -> b.seed(99));
    double[] state = state(net);
    net.setParams(other.params().dup());
    assertThat(parameters(net)).isEqualTo(parameters(other));
    assertThat(state(net)).isEqualTo(state);

    AdaFisher.attach(other);
    other.getUpdater().setStateViewArray(other, net.getUpdater().getStateViewArray(), false);
    fit(net, batches(ALL));
    fit(other, batches(ALL));
    assertThat(parameters(net)).isEqualTo(parameters(other));
  }

  @Test
  void anotherListenerOfOursGoesOn() {
    List<DataSet> data = batches(ALL);
    MultiLayerNetwork net = trained();
    net.setListeners(new AdaFisherListener(), new AdaFisherListener());
    fit(net, data.subList(BEFORE, ALL));

    MultiLayerNetwork undisturbed = trained();
    fit(undisturbed, data.subList(BEFORE, ALL));
    assertThat(parameters(net)).isEqualTo(parameters(undisturbed));
    assertThat(state(net)).isEqualTo(state(undisturbed));
  }

  /** Layers taken off and put on, in a graph; from an AdaFisher network and from a plain one. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void transferLearningOnAGraph(boolean fromAdam) {
    ComputationGraph source = TestNetworks.graph(fromAdam ? new Adam() : adaFisher());
    if (!fromAdam) {
      AdaFisher.attach(source);
    }
    TestNetworks.fitMulti(source, TestNetworks.multiBatches(4));
    double[] sources = parameters(source);

    ComputationGraph tuned =
        new TransferLearning.GraphBuilder(source)
            .fineTuneConfiguration(
                new FineTuneConfiguration.Builder()
                    .updater(AdaFisher.builder().learningRate(5e-3).refreshInterval(2).build())
                    .build())
            .setFeatureExtractor("left")
            .removeVertexKeepConnections("right")
            .addLayer(
                "right",
                new DenseLayer.Builder().nIn(2).nOut(4).activation(Activation.SIGMOID).build(),
                "b")
            .removeVertexAndConnections("value")
            .addLayer(
                "value",
                new OutputLayer.Builder(LossFunction.MSE)
                    .nIn(9)
                    .nOut(2)
                    .activation(Activation.IDENTITY)
                    .build(),
                "both")
            .setOutputs("class", "value")
            .build();
    List<String> said = TestNetworks.said(AdaFisher.class, () -> AdaFisher.attach(tuned));
    AdaFisherListener listener = AdaFisher.attach(tuned);
    double[] frozen = tuned.getLayer("left").params().toDoubleVector();
    double[] replaced = tuned.getLayer("right").params().toDoubleVector();
    double score = tuned.score(TestNetworks.multiBatches(1).get(0));
    for (int i = 0; i < 20; i++) {
      TestNetworks.fitMulti(tuned, TestNetworks.multiBatches(1));
    }

    assertThat(said).isEmpty();
    assertThat(tuned.getLayer("left").params().toDoubleVector()).isEqualTo(frozen);
    assertThat(tuned.getLayer("right").params().toDoubleVector()).isNotEqualTo(replaced);
    assertThat(tuned.score(TestNetworks.multiBatches(1).get(0))).isLessThan(score);
    assertThat(listener.factors(tuned)).containsOnlyKeys("right", "class", "value");
    assertThat(listener.factors(tuned).get("right").gradientFactor().length()).isEqualTo(4);

    // The source shares nothing with it: it trains on.
    assertThat(parameters(source)).isEqualTo(sources);
    TestNetworks.fitMulti(source, TestNetworks.multiBatches(4));
    assertThat(parameters(source)).isNotEqualTo(sources);
  }

  @Test
  void transferLearningFromAPlainAdamNetworkWithALayerMore() {
    MultiLayerNetwork source = TestNetworks.mlp(new Adam());
    fit(source, batches(4));
    MultiLayerNetwork tuned =
        new TransferLearning.Builder(source)
            .fineTuneConfiguration(new FineTuneConfiguration.Builder().updater(adaFisher()).build())
            .setFeatureExtractor(0)
            .removeOutputLayer()
            .addLayer(
                new DenseLayer.Builder()
                    .nIn(4)
                    .nOut(6)
                    .activation(Activation.TANH)
                    .updater(adaFisher())
                    .build())
            .addLayer(
                new OutputLayer.Builder(LossFunction.MCXENT)
                    .nIn(6)
                    .nOut(TestNetworks.CLASSES)
                    .activation(Activation.SOFTMAX)
                    .updater(adaFisher())
                    .build())
            .build();
    AdaFisherListener listener = AdaFisher.attach(tuned);
    double[] frozen = tuned.getLayer(0).params().toDoubleVector();
    double score = tuned.score(batches(1).get(0));
    for (int i = 0; i < 20; i++) {
      fit(tuned, batches(1));
    }
    assertThat(tuned.getLayer(0).params().toDoubleVector()).isEqualTo(frozen);
    assertThat(tuned.score(batches(1).get(0))).isLessThan(score);
    assertThat(listener.factors(tuned)).containsOnlyKeys("layer1", "layer2", "layer3");
    assertThat(tuned.params().dataType()).isEqualTo(DataType.DOUBLE);
  }
}
