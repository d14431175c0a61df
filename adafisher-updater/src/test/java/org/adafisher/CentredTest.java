package org.adafisher;

import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.adafisher.TestNetworks.images;
import static org.adafisher.TestNetworks.parameters;
import static org.adafisher.TestNetworks.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.adafisher.curvature.KroneckerFactors;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The centred formulation as a DL4J user meets it; its numbers are in the golden runs. */
class CentredTest {

  private static final double LR = 0.05;
  private static final int BURN_IN = 4;
  private static final int INTERVAL = 3;
  private static final int VOCABULARY = 7;
  private static final int STEPS = 4;
  private static final int BEFORE = 8;
  private static final int ALL = 17;

  @TempDir Path folder;

  /** With few steps between burn-in and several refreshes. */
  private static AdaFisher centred() {
    return AdaFisher.builder()
        .refreshInterval(INTERVAL)
        .formulation(new Centred().withBurnIn(BURN_IN))
        .build();
  }

  private static UnaryOperator<NeuralNetConfiguration.Builder> decayed(double rate) {
    return builder -> builder.weightDecay(rate, true);
  }

  /** Every way in which parameters are treated, but for images. */
  private static MultiLayerNetwork sequences(DataType type) {
    return sequences(type, 0.03, new LSTM.Builder().nOut(4).build());
  }

  private static MultiLayerNetwork sequences(
      DataType type, double decay, org.deeplearning4j.nn.conf.layers.Layer recurrent) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(type, centred())
                .weightDecay(decay, true)
                .list()
                .layer(
                    new EmbeddingSequenceLayer.Builder()
                        .nIn(VOCABULARY)
                        .nOut(5)
                        .inputLength(STEPS)
                        .hasBias(true)
                        .build())
                .layer(recurrent)
                .layer(new DenseLayer.Builder().nOut(4).hasLayerNorm(true).build())
                .layer(new DenseLayer.Builder().nOut(4).biasUpdater(new Adam(1e-3)).build())
                .layer(new DenseLayer.Builder().nOut(4).hasBias(false).build())
                .layer(
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(TestNetworks.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(VOCABULARY))
                .build());
    net.init();
    return net;
  }

  private static List<DataSet> sequenceBatches(int count, DataType type) {
    Random random = new Random(3);
    List<DataSet> result = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      INDArray ids = Nd4j.zeros(type, TestNetworks.BATCH, STEPS);
      INDArray labels = Nd4j.zeros(type, TestNetworks.BATCH, TestNetworks.CLASSES, STEPS);
      INDArray mask = Nd4j.ones(type, TestNetworks.BATCH, STEPS);
      for (int n = 0; n < TestNetworks.BATCH; n++) {
        for (int t = 0; t < STEPS; t++) {
          ids.putScalar(n, t, random.nextInt(VOCABULARY));
          labels.putScalar(new int[] {n, random.nextInt(TestNetworks.CLASSES), t}, 1);
          mask.putScalar(n, t, t > 1 && random.nextBoolean() ? 0 : 1);
        }
      }
      result.add(new DataSet(ids, labels, mask, mask));
    }
    return result;
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void aRestoredRunIsTheOneThatNeverStopped(DataType type) throws IOException {
    assertResumes(sequences(type), sequences(type), sequenceBatches(ALL, type));
    assertResumes(
        TestNetworks.cnn(type, centred()), TestNetworks.cnn(type, centred()), images(ALL, type));
  }

  private void assertResumes(MultiLayerNetwork whole, MultiLayerNetwork stopped, List<DataSet> data)
      throws IOException {
    AdaFisher.attach(whole);
    fit(whole, data);
    AdaFisher.attach(stopped);
    fit(stopped, data.subList(0, BEFORE));
    File file = folder.resolve("model.zip").toFile();
    stopped.save(file, true);
    MultiLayerNetwork resumed = MultiLayerNetwork.load(file, true);
    AdaFisher.attach(resumed);
    fit(resumed, data.subList(BEFORE, ALL));

    assertThat(parameters(resumed)).isEqualTo(parameters(whole)).doesNotContain(Double.NaN);
    assertThat(state(resumed)).isEqualTo(state(whole)).doesNotContain(Double.NaN);
  }

  @Test
  void clonesTrainOn() {
    List<DataSet> data = sequenceBatches(ALL, DataType.DOUBLE);
    MultiLayerNetwork net = sequences(DataType.DOUBLE);
    AdaFisher.attach(net);
    fit(net, data.subList(0, BEFORE));
    MultiLayerNetwork clone = net.clone();
    AdaFisher.attach(clone);
    fit(clone, data.subList(BEFORE, ALL));
    fit(net, data.subList(BEFORE, ALL));
    assertThat(parameters(clone)).isEqualTo(parameters(net));

    List<MultiDataSet> multi = TestNetworks.multiBatches(ALL);
    ComputationGraph graph = TestNetworks.graph(centred());
    AdaFisher.attach(graph);
    TestNetworks.fitMulti(graph, multi.subList(0, BEFORE));
    ComputationGraph graphClone = graph.clone(); // DL4J gives it the same listeners
    TestNetworks.fitMulti(graphClone, multi.subList(BEFORE, ALL));
    TestNetworks.fitMulti(graph, multi.subList(BEFORE, ALL));
    assertThat(parameters(graphClone)).isEqualTo(parameters(graph));
  }

  /**
   * ParallelWrapper and Spark make replicas from the configuration's JSON and copy the state in.
   */
  @Test
  void aReplicaFromJsonHasStateOfTheSameSize() {
    List<DataSet> data = sequenceBatches(ALL, DataType.DOUBLE);
    MultiLayerNetwork net = sequences(DataType.DOUBLE);
    AdaFisherListener listener = AdaFisher.attach(net);
    fit(net, data.subList(0, BEFORE));

    MultiLayerNetwork replica =
        new MultiLayerNetwork(
            MultiLayerConfiguration.fromJson(net.getLayerWiseConfigurations().toJson()));
    replica.init(net.params(), true);
    replica.setListeners(listener);
    replica.getUpdater().setStateViewArray(replica, net.updaterState().dup(), false);
    fit(replica, data.subList(BEFORE, ALL));
    fit(net, data.subList(BEFORE, ALL));

    assertThat(parameters(replica)).isEqualTo(parameters(net));
    assertThat(state(replica)).isEqualTo(state(net));
  }

  @Test
  void detachedNetworksNeedNothingOfThisLibrary() {
    MultiLayerNetwork net = sequences(DataType.DOUBLE);
    AdaFisher.attach(net);
    List<DataSet> data = sequenceBatches(4, DataType.DOUBLE);
    fit(net, data);
    AdaFisher.detach(net);
    assertThat(net.getLayerWiseConfigurations().toJson()).doesNotContain("org.adafisher");
    assertThat(net.getListeners()).isEmpty();
    fit(net, data);
    assertThat(parameters(net)).doesNotContain(Double.NaN);
  }

  @Test
  void refreshesAtEveryStepOfTheBurnInAndThenAtTheInterval() {
    MultiLayerNetwork net = TestNetworks.mlp(centred());
    AdaFisherListener listener = AdaFisher.attach(net);
    List<Integer> refreshes = new ArrayList<>();
    int step = 0;
    for (DataSet batch : batches(14)) {
      INDArray before = listener.factors(net).get("layer1").inputFactor();
      net.fit(batch);
      if (!listener.factors(net).get("layer1").inputFactor().equals(before)) {
        refreshes.add(step);
      }
      step++;
    }
    assertThat(refreshes).containsExactly(0, 1, 2, 3, 6, 9, 12);
  }

  /** Of layer 0, whose inputs are the data and whose mean is known. */
  @Test
  void weightDecayLeavesTheMeanOutputWhereItIs() {
    DataSet batch = batches(1).get(0);
    INDArray mean = batch.getFeatures().mean(0);
    MultiLayerNetwork plain = TestNetworks.mlp(centred());
    MultiLayerNetwork decayed = TestNetworks.mlp(centred(), decayed(0.5));
    MultiLayerNetwork decayedBiases =
        TestNetworks.mlp(centred(), b -> b.weightDecay(0.5, true).weightDecayBias(0.2, true));
    INDArray before = decayed.getLayer(0).getParam("W").dup();
    for (MultiLayerNetwork net : List.of(plain, decayed, decayedBiases)) {
      net.getLayer(0).getParam("b").assign(0.3);
      AdaFisher.attach(net);
      net.fit(batch);
    }

    double[] alone =
        before.mul(LR * 0.5).transpose().mmul(mean.reshape(-1, 1)).reshape(-1).toDoubleVector();
    double[] expected = meanOutput(plain, mean);
    double[] actual = meanOutput(decayed, mean);
    double[] withBiases = meanOutput(decayedBiases, mean);
    for (int k = 0; k < expected.length; k++) {
      assertThat(Math.abs(alone[k])).isGreaterThan(1e-4); // what W's decay alone would move
      assertThat(actual[k]).isCloseTo(expected[k], within(1e-12));
      assertThat(withBiases[k]).isCloseTo(expected[k] - LR * 0.2 * 0.3, within(1e-12));
    }
    INDArray difference = plain.getLayer(0).getParam("W").sub(decayed.getLayer(0).getParam("W"));
    assertThat(difference.sub(before.mul(LR * 0.5)).amaxNumber().doubleValue()).isLessThan(1e-12);
  }

  private static double[] meanOutput(MultiLayerNetwork net, INDArray mean) {
    INDArray w = net.getLayer(0).getParam("W");
    return w.transpose()
        .mmul(mean.reshape(-1, 1))
        .reshape(-1)
        .add(net.getLayer(0).getParam("b").reshape(-1))
        .toDoubleVector();
  }

  /** A sum over 8 examples is 8 times the mean, exactly. */
  @Test
  void theScaleOfTheLossDoesNotMatter() {
    MultiLayerNetwork mean = TestNetworks.mlp(centred(), decayed(0.03));
    MultiLayerNetwork sum =
        TestNetworks.mlp(centred(), b -> decayed(0.03).apply(b).miniBatch(false));
    AdaFisher.attach(mean);
    AdaFisher.attach(sum);
    List<DataSet> data = batches(20);
    fit(mean, data);
    fit(sum, data);
    assertThat(parameters(sum)).containsExactly(parameters(mean), within(1e-12));
  }

  /** There the layer that weights are decayed of is a vertex. */
  @Test
  void aGraphTrainsLikeTheStackItIs() {
    MultiLayerNetwork stack = TestNetworks.mlp(centred(), decayed(0.1));
    ComputationGraph graph =
        new ComputationGraph(
            TestNetworks.global(DataType.DOUBLE, centred())
                .weightDecay(0.1, true)
                .graphBuilder()
                .addInputs("in")
                .addLayer("first", new DenseLayer.Builder().nOut(5).build(), "in")
                .addLayer("second", new DenseLayer.Builder().nOut(4).build(), "first")
                .addLayer("out", TestNetworks.softmax(), "second")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(TestNetworks.INPUTS))
                .build());
    graph.init();
    graph.setParams(stack.params().dup());
    AdaFisher.attach(stack);
    AdaFisher.attach(graph);
    fit(stack, batches(10));
    fit(graph, batches(10));
    assertThat(parameters(graph)).isEqualTo(parameters(stack));
  }

  @Test
  void anEmbeddingIsADenseLayerOnOneHotInputsButForTheCentring() {
    for (boolean bias : new boolean[] {false, true}) {
      MultiLayerNetwork embedding =
          firstLayer(new EmbeddingLayer.Builder().hasBias(bias), released());
      MultiLayerNetwork dense = firstLayer(new DenseLayer.Builder().hasBias(bias), released());
      dense.setParams(embedding.params());
      fitBoth(embedding, dense);
      KroneckerFactors expected = factors(dense);
      assertThat(factors(embedding).inputFactor().toDoubleVector())
          .containsExactly(expected.inputFactor().toDoubleVector(), within(1e-12));
      assertThat(factors(embedding).gradientFactor().toDoubleVector())
          .containsExactly(expected.gradientFactor().toDoubleVector(), within(1e-12));
      assertThat(parameters(embedding)).containsExactly(parameters(dense), within(1e-12));
    }

    MultiLayerNetwork embedding = firstLayer(new EmbeddingLayer.Builder(), centred());
    MultiLayerNetwork dense = firstLayer(new DenseLayer.Builder().hasBias(false), centred());
    dense.setParams(embedding.params());
    fitBoth(embedding, dense);
    double[] frequency = factors(embedding).inputFactor().toDoubleVector();
    double[] variance = factors(dense).inputFactor().toDoubleVector();
    assertThat(Arrays.stream(frequency).sum()).isCloseTo(1, within(1e-12));
    for (int j = 0; j < frequency.length; j++) {
      assertThat(variance[j])
          .isCloseTo(frequency[j] * (1 - frequency[j]) + 0.01 * frequency[j], within(1e-12));
    }
  }

  private static AdaFisher released() {
    return AdaFisher.builder().refreshInterval(1).build();
  }

  private static MultiLayerNetwork firstLayer(FeedForwardLayer.Builder<?> layer, IUpdater updater) {
    layer.setNIn(VOCABULARY);
    layer.setNOut(5);
    layer.activation(Activation.TANH);
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, updater)
                .list()
                .layer(layer.build())
                .layer(TestNetworks.softmax())
                .setInputType(InputType.feedForward(VOCABULARY))
                .build());
    net.init();
    AdaFisher.attach(net);
    return net;
  }

  private static KroneckerFactors factors(MultiLayerNetwork net) {
    return AdaFisher.attach(net).factors(net).get("layer0");
  }

  /** One step, so that the first layer's factors are of one minibatch. */
  private static void fitBoth(MultiLayerNetwork byIndex, MultiLayerNetwork byOneHot) {
    DataSet batch = batches(1).get(0);
    INDArray ids = Nd4j.zeros(DataType.DOUBLE, TestNetworks.BATCH, 1);
    INDArray oneHot = Nd4j.zeros(DataType.DOUBLE, TestNetworks.BATCH, VOCABULARY);
    for (int n = 0; n < TestNetworks.BATCH; n++) {
      int id = n * n % VOCABULARY;
      ids.putScalar(n, 0, id);
      oneHot.putScalar(n, id, 1);
    }
    byIndex.fit(new DataSet(ids, batch.getLabels()));
    byOneHot.fit(new DataSet(oneHot, batch.getLabels()));
  }

  @Test
  void parametersWithoutFactorsEachHaveTheirOwnDiagonal() {
    MultiLayerNetwork net = sequences(DataType.DOUBLE, 0, new UnknownRnn(4));
    AdaFisherListener listener = AdaFisher.attach(net);
    fit(net, sequenceBatches(1, DataType.DOUBLE));
    assertThat(listener.factors(net))
        .containsOnlyKeys("layer0", "layer2", "layer3", "layer4", "layer5");

    Set<String> byTheRule = Set.of("0_b", "1_W", "1_RW", "1_b", "2_b", "2_g");
    int seen = 0;
    for (UpdaterBlock block : ((BaseMultiLayerUpdater<?>) net.getUpdater()).getUpdaterBlocks()) {
      for (UpdaterBlock.ParamState parameter : block.getLayersAndVariablesInBlock()) {
        int index = ((Layer) parameter.getLayer()).getIndex();
        if (byTheRule.contains(index + "_" + parameter.getParamName())) {
          int from = parameter.getParamOffsetStart() - block.getParamOffsetStart();
          int to = parameter.getParamOffsetEnd() - block.getParamOffsetStart();
          // After one step the momentum is a tenth of the gradient, and DL4J's gradient the step.
          double[] gradient =
              Arrays.copyOfRange(block.getUpdaterView().div(0.1).toDoubleVector(), from, to);
          assertThat(parameter.getGradView().toDoubleVector())
              .containsExactly(firstStepByTheRule(gradient), within(1e-14));
          seen++;
        }
      }
    }
    assertThat(seen).isEqualTo(byTheRule.size());
  }

  private static double[] firstStepByTheRule(double[] gradient) {
    double meanSquare = Arrays.stream(gradient).map(g -> g * g).average().orElseThrow();
    double[] scaled = Arrays.stream(gradient).map(g -> g / (g * g / meanSquare + 0.1)).toArray();
    double r = Math.sqrt(19 * Arrays.stream(scaled).map(x -> x * x).average().orElseThrow());
    return Arrays.stream(scaled).map(x -> 0.3 * LR / r * x).toArray();
  }

  /**
   * Momentum starts at a tenth of what it becomes: the first step is lr / sqrt(19) in units of z.
   */
  @Test
  void theLearningRateIsTheChangeOfThePreActivations() {
    DataSet batch = batches(1).get(0);
    // Inputs without correlation, for which the modelled change is the true one.
    INDArray features = Nd4j.zeros(DataType.DOUBLE, 4, 3);
    int[][] signs = {{1, 1, 1}, {1, -1, -1}, {-1, 1, -1}, {-1, -1, 1}};
    for (int n = 0; n < 4; n++) {
      for (int j = 0; j < 3; j++) {
        features.putScalar(n, j, 7 * (j + 1) + signs[n][j] * Math.pow(10, j));
      }
    }
    INDArray labels = batch.getLabels().get(NDArrayIndex.interval(0, 4)).dup();
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(
                    DataType.DOUBLE,
                    AdaFisher.builder()
                        .formulation(
                            new Centred(
                                0.95, 0.99, 0, 0.01, 0.316, 0.1, 0.3, 100, 1e-12, 1e-30, 1e-16))
                        .build())
                .list()
                .layer(TestNetworks.softmax())
                .setInputType(InputType.feedForward(3))
                .build());
    net.init();
    net.getLayer(0).getParam("W").muli(0.01);
    AdaFisher.attach(net);
    INDArray before = net.getLayer(0).getParam("W").dup();
    INDArray beforeBias = net.getLayer(0).getParam("b").dup();
    net.fit(new DataSet(features, labels));
    INDArray change =
        features
            .mmul(net.getLayer(0).getParam("W").sub(before))
            .addiRowVector(net.getLayer(0).getParam("b").sub(beforeBias));
    double rms = change.norm2Number().doubleValue() / Math.sqrt(change.length());
    assertThat(rms).isCloseTo(LR / Math.sqrt(19), within(1e-9));
  }

  @Test
  void statisticsThatAreNotFiniteAreDropped() {
    for (int bad : new int[] {0, 2}) {
      MultiLayerNetwork net = TestNetworks.mlp(centred(), b -> b.dataType(DataType.FLOAT));
      AdaFisherListener listener = AdaFisher.attach(net);
      List<DataSet> data = batches(40, DataType.FLOAT, TestNetworks.INPUTS);
      DataSet huge = data.get(bad).copy();
      huge.getFeatures().muli(1e25); // finite, but its square is not
      data.set(bad, huge);
      fit(net, data.subList(0, bad));
      INDArray before = listener.factors(net).get("layer0").inputFactor();
      fit(net, data.subList(bad, bad + 1));
      assertThat(listener.droppedRefreshes()).isPositive();
      assertThat(listener.factors(net).get("layer0").inputFactor()).isEqualTo(before);
      fit(net, data.subList(bad + 1, 40));
      assertThat(Arrays.stream(parameters(net))).allMatch(Double::isFinite);
      assertThat(Arrays.stream(state(net))).allMatch(Double::isFinite);
    }
  }

  /** Its square would make the normaliser infinite, and the layer's steps 0, for ever. */
  @Test
  void aGradientWhoseSquareIsNotFiniteLeavesEverythingFinite() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.FLOAT, AdaFisher.centred())
                .list()
                .layer(new DenseLayer.Builder().nOut(5).hasLayerNorm(true).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MSE)
                        .nOut(TestNetworks.CLASSES)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.feedForward(TestNetworks.INPUTS))
                .build());
    net.init();
    AdaFisher.attach(net);
    List<DataSet> data = batches(4, DataType.FLOAT, TestNetworks.INPUTS);
    DataSet huge = data.get(0).copy();
    huge.getLabels().muli(1e25);
    fit(net, data);
    double[] before = parameters(net);
    net.fit(huge);
    assertThat(parameters(net)).isEqualTo(before);
    for (int i = 0; i < 50; i++) {
      fit(net, data);
    }
    assertThat(Arrays.stream(parameters(net))).allMatch(Double::isFinite);
    assertThat(Arrays.stream(state(net))).allMatch(Double::isFinite);
    assertThat(parameters(net)).isNotEqualTo(before);
  }

  @Test
  void itsStateIsHalfOfAdams() {
    long ours = stateSize(AdaFisher.centred());
    long adams = stateSize(new Adam());
    assertThat((double) ours / adams).isBetween(0.5, 0.52);
  }

  private static long stateSize(IUpdater updater) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.FLOAT, updater)
                .list()
                .layer(new ConvolutionLayer.Builder(5, 5).nOut(20).build())
                .layer(new ConvolutionLayer.Builder(5, 5).stride(2, 2).nOut(50).build())
                .layer(new DenseLayer.Builder().nOut(500).build())
                .layer(TestNetworks.softmax())
                .setInputType(InputType.convolutional(28, 28, 1))
                .build());
    net.init();
    if (updater instanceof AdaFisher) {
      AdaFisher.attach(net);
    }
    return net.getUpdater().getStateViewArray().length();
  }
}
