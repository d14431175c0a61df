package org.adafisher;

import static org.adafisher.TestNetworks.adaFisher;
import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.adafisher.TestNetworks.images;
import static org.adafisher.TestNetworks.parameters;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipFile;
import org.adafisher.curvature.KroneckerFactors;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What attach and detach do, and what is said when something is not as it should be. */
class AttachTest {

  @TempDir Path folder;

  @Test
  void attachingTwiceIsAttachingOnce() {
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    AdaFisherListener listener = AdaFisher.attach(net);
    fit(net, batches(4));
    double[] before = TestNetworks.state(net);
    assertThat(AdaFisher.attach(net)).isSameAs(listener);
    assertThat(net.getListeners()).containsExactly(listener);
    assertThat(TestNetworks.state(net)).isEqualTo(before);
  }

  @Test
  void factorsStartAtOneAndAreCopies() {
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    AdaFisherListener listener = AdaFisher.attach(net);
    KroneckerFactors start = listener.factors(net).get("layer0");
    assertThat(start.inputFactor().toDoubleVector()).hasSize(7).containsOnly(1.0);
    start.inputFactor().assign(5);
    assertThat(listener.factors(net).get("layer0").inputFactor().toDoubleVector())
        .containsOnly(1.0);
    fit(net, batches(1));
    assertThat(listener.factors(net)).containsOnlyKeys("layer0", "layer1", "layer2");
    assertThat(
            Arrays.stream(listener.factors(net).get("layer1").gradientFactor().toDoubleVector())
                .boxed())
        .allSatisfy(v -> assertThat(v).isBetween(0.08, 0.088));
  }

  @Test
  void anUnattachedNetworkFailsAtItsFirstUpdate() {
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    assertThatThrownBy(() -> fit(net, batches(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("AdaFisher is not attached")
        .hasMessageContaining("AdaFisher.attach(net)");
  }

  @Test
  void refusesWhatItCannotWorkOn() {
    MultiLayerNetwork notInitialized =
        new MultiLayerNetwork(TestNetworks.mlpConf(adaFisher(), b -> b));
    assertThatThrownBy(() -> AdaFisher.attach(notInitialized))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("net.init()");
    assertThatThrownBy(
            () ->
                AdaFisher.attach(
                    new ComputationGraph(
                        TestNetworks.graph(adaFisher()).getConfiguration().clone())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("net.init()");
    assertThatThrownBy(() -> AdaFisher.attach(TestNetworks.mlp(new Adam())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no trainable layer of this network has AdaFisher");
    assertThatThrownBy(
            () ->
                AdaFisher.attach(
                    TestNetworks.mlp(
                        adaFisher(), b -> b.optimizationAlgo(OptimizationAlgorithm.LBFGS))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("optimization algorithm is LBFGS");
    assertThatThrownBy(() -> AdaFisher.attach(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("MultiLayerNetwork or ComputationGraph");
  }

  /** DL4J's own configuration builder refuses BFLOAT16. */
  @Test
  void refusesHalfPrecision() {
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher(), b -> b.dataType(DataType.FLOAT16));
    assertThatThrownBy(() -> AdaFisher.attach(net))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("data type is HALF")
        .hasMessageContaining("use FLOAT or DOUBLE");
  }

  @Test
  void namesTheLayerWhoseRestoredStateHasAnotherSize() {
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(net);
    AdaFisher updater = (AdaFisher) ((BaseLayer) net.getLayer(1).conf().getLayer()).getIUpdater();
    assertThatThrownBy(() -> updater.instantiate(Nd4j.zeros(DataType.DOUBLE, 33), false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("layer 'layer1' has 33 values where 35 are needed");
    assertThatThrownBy(() -> net.getUpdater().setStateViewArray(net, Nd4j.zeros(5), false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("got length 5");
  }

  @Test
  void aScheduleWithoutANumberIsNamed() {
    MultiLayerNetwork net =
        TestNetworks.mlp(
            new AdaFisher(
                new org.nd4j.linalg.schedule.InverseSchedule(
                    org.nd4j.linalg.schedule.ScheduleType.ITERATION, Double.NaN, 1, 1)));
    AdaFisher.attach(net);
    assertThatThrownBy(() -> fit(net, batches(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("learning rate schedule")
        .hasMessageContaining("NaN at iteration 0");
  }

  @Test
  void parametersWithoutFactorsFollowThePlacebosRule() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, adaFisher())
                .list()
                .layer(new UnknownRnn(4))
                .layer(
                    new RnnOutputLayer.Builder(LossFunction.MSE)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.recurrent(3, 5))
                .build());
    net.init();
    AdaFisherListener listener = AdaFisher.attach(net);
    DataSet data =
        new DataSet(Nd4j.rand(DataType.DOUBLE, 4, 3, 5), Nd4j.rand(DataType.DOUBLE, 4, 2, 5));
    double[] before = net.getLayer(0).params().toDoubleVector();
    net.fit(data);
    double[] after = net.getLayer(0).params().toDoubleVector();
    double[] gradient = momentum(net, before.length);

    assertThat(listener.factors(net)).containsOnlyKeys("layer1");
    double fisher = 0.08 * 0.08 + 1e-3;
    for (int i = 0; i < before.length; i++) {
      // m / (1 - beta) is the gradient on the first step, and so is m corrected for its bias.
      assertThat(before[i] - after[i]).isCloseTo(1e-3 * gradient[i] / fisher, within(1e-12));
    }
  }

  /** The first values of the state over 1 - beta: after one step, the gradient itself. */
  private static double[] momentum(MultiLayerNetwork net, int length) {
    INDArray state = net.getUpdater().getStateViewArray();
    return Arrays.copyOf(state.div(0.1).toDoubleVector(), length);
  }

  @Test
  void transferLearningSizesTheStateAnewAndLeavesFrozenLayersAlone() {
    MultiLayerNetwork source = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(source);
    fit(source, batches(4));

    MultiLayerNetwork tuned =
        new TransferLearning.Builder(source)
            .fineTuneConfiguration(
                new FineTuneConfiguration.Builder()
                    .updater(AdaFisher.builder().learningRate(5e-3).refreshInterval(2).build())
                    .build())
            .setFeatureExtractor(0)
            .nOutReplace(1, 9, org.deeplearning4j.nn.weights.WeightInit.XAVIER)
            .build();
    AdaFisherListener listener = AdaFisher.attach(tuned);
    double[] frozen = tuned.getLayer(0).params().toDoubleVector();
    double[] trained = tuned.getLayer(1).params().toDoubleVector();
    double score = tuned.score(batches(1).get(0));
    for (int i = 0; i < 20; i++) {
      fit(tuned, batches(1));
    }

    assertThat(tuned.getLayer(0).params().toDoubleVector()).isEqualTo(frozen);
    assertThat(tuned.getLayer(1).params().toDoubleVector()).isNotEqualTo(trained);
    assertThat(tuned.score(batches(1).get(0))).isLessThan(score);
    assertThat(listener.factors(tuned)).containsOnlyKeys("layer1", "layer2");
    assertThat(listener.factors(tuned).get("layer1").gradientFactor().length()).isEqualTo(9);

    // The source shares nothing with it: it trains on.
    fit(source, batches(4));
    assertThat(AdaFisher.attach(source).factors(source).get("layer1").gradientFactor().length())
        .isEqualTo(4);
  }

  @Test
  void detachedNetworksNeedNothingOfThisLibrary() throws IOException {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, new AdaFisher(new CosineSchedule(1e-2, 40)))
                .list()
                .layer(new DenseLayer.Builder().nOut(5).build())
                .layer(
                    new DenseLayer.Builder()
                        .nOut(4)
                        .updater(new Adam(new CosineSchedule(0.1, 100)))
                        .build())
                .layer(TestNetworks.softmax())
                .setInputType(InputType.feedForward(TestNetworks.INPUTS))
                .build());
    net.init();
    AdaFisher.attach(net);
    fit(net, batches(10));
    INDArray features = batches(1).get(0).getFeatures();
    INDArray expected = net.output(features);

    AdaFisher.detach(net);

    File file = folder.resolve("detached.zip").toFile();
    net.save(file, true);
    try (ZipFile zip = new ZipFile(file)) {
      String json =
          new String(
              zip.getInputStream(zip.getEntry("configuration.json")).readAllBytes(),
              StandardCharsets.UTF_8);
      assertThat(json).doesNotContain("org.adafisher");
    }
    assertThat(net.getListeners()).isEmpty();
    MultiLayerNetwork loaded = MultiLayerNetwork.load(file, true);
    assertThat(loaded.output(features)).isEqualTo(expected);
    Sgd plain = (Sgd) ((BaseLayer) loaded.getLayer(0).conf().getLayer()).getIUpdater();
    assertThat(plain.getLearningRate())
        .isCloseTo(new CosineSchedule(1e-2, 40).valueAt(10, 0), within(1e-15));
    double[] before = parameters(loaded);
    fit(loaded, batches(1));
    assertThat(parameters(loaded)).isNotEqualTo(before);
  }

  @Test
  void detachReachesFrozenLayersAndGraphs() {
    MultiLayerNetwork source = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(source);
    fit(source, batches(1));
    MultiLayerNetwork frozen = new TransferLearning.Builder(source).setFeatureExtractor(0).build();
    AdaFisher.attach(frozen);
    AdaFisher.detach(frozen);
    assertThat(frozen.getLayerWiseConfigurations().toJson()).doesNotContain("org.adafisher");

    ComputationGraph graph = TestNetworks.graph(adaFisher());
    AdaFisher.attach(graph);
    TestNetworks.fitMulti(graph, TestNetworks.multiBatches(2));
    AdaFisher.detach(graph);
    assertThat(graph.getConfiguration().toJson()).doesNotContain("org.adafisher");
    TestNetworks.fitMulti(graph, TestNetworks.multiBatches(2));
  }

  @Test
  void aLockedBatchNormalizationHasNothingToTrain() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, adaFisher())
                .list()
                .layer(new DenseLayer.Builder().nOut(5).build())
                .layer(new BatchNormalization.Builder().lockGammaBeta(true).build())
                .layer(TestNetworks.softmax())
                .setInputType(InputType.feedForward(TestNetworks.INPUTS))
                .build());
    net.init();
    AdaFisherListener listener = AdaFisher.attach(net);
    double score = net.score(batches(1).get(0), true);
    fit(net, batches(5));
    assertThat(listener.factors(net)).containsOnlyKeys("layer0", "layer2");
    assertThat(net.score(batches(1).get(0), true)).isLessThan(score);
  }

  @Test
  void weightDecayOnTheBuilderIsAppliedOnce() {
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher(), b -> b.weightDecay(0.1, true));
    assertThat(((BaseLayer) net.getLayer(0).conf().getLayer()).getRegularization()).hasSize(2);
    AdaFisher.attach(net);
    assertThat(((BaseLayer) net.getLayer(0).conf().getLayer()).getRegularization()).hasSize(1);
    assertThat(DuplicateRegularization.remove(net)).isZero();
  }

  @Test
  void aBatchOfNonFiniteSquaresLeavesFiniteFactorsAndTrainingGoesOn() {
    MultiLayerNetwork net = TestNetworks.cnn(DataType.FLOAT, adaFisher());
    AdaFisherListener listener = AdaFisher.attach(net);
    List<DataSet> data = images(8, DataType.FLOAT);
    fit(net, data.subList(0, 3));
    DataSet huge = data.get(3).copy();
    huge.getFeatures().muli(1e25); // finite, but its square is not
    double[] before = listener.factors(net).get("layer0").inputFactor().toDoubleVector();
    net.fit(huge);
    assertThat(listener.droppedRefreshes()).isPositive();
    assertThat(listener.factors(net).get("layer0").inputFactor().toDoubleVector())
        .isEqualTo(before);
    fit(net, data.subList(4, 8));
    listener
        .factors(net)
        .values()
        .forEach(
            f -> {
              assertThat(Arrays.stream(f.inputFactor().toDoubleVector()))
                  .allMatch(Double::isFinite);
              assertThat(Arrays.stream(f.gradientFactor().toDoubleVector()))
                  .allMatch(Double::isFinite);
            });
  }
}
