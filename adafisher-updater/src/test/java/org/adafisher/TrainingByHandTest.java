package org.adafisher;

import static org.adafisher.TestNetworks.BATCH;
import static org.adafisher.TestNetworks.INPUTS;
import static org.adafisher.TestNetworks.adaFisher;
import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.adafisher.TestNetworks.parameters;
import static org.adafisher.TestNetworks.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Loops around calculateGradients and backpropGradient train as fit does. */
class TrainingByHandTest {

  private static final double ROUNDING = 1e-12;

  private static void update(MultiLayerNetwork net, Gradient gradient, int examples) {
    net.getUpdater()
        .update(
            net,
            gradient,
            net.getIterationCount(),
            net.getEpochCount(),
            examples,
            LayerWorkspaceMgr.noWorkspaces());
    net.params().subi(gradient.gradient().reshape(net.params().shape()));
    net.getLayerWiseConfigurations().setIterationCount(net.getIterationCount() + 1);
  }

  private static Gradient calculate(MultiLayerNetwork net, DataSet batch) {
    return net.calculateGradients(
            batch.getFeatures(),
            batch.getLabels(),
            batch.getFeaturesMaskArray(),
            batch.getLabelsMaskArray())
        .getFirst();
  }

  private static void byHand(MultiLayerNetwork net, DataSet batch) {
    update(net, calculate(net, batch), batch.numExamples());
  }

  private static void trainsAsFitDoes(Function<IUpdater, ?> network, List<DataSet> data) {
    for (AdaFisher updater : List.of(adaFisher(), AdaFisher.centred(), AdaFisher.spectral())) {
      MultiLayerNetwork fitted = (MultiLayerNetwork) network.apply(updater.clone());
      MultiLayerNetwork byHand = (MultiLayerNetwork) network.apply(updater.clone());
      AdaFisher.attach(fitted);
      AdaFisher.attach(byHand);
      for (DataSet batch : data) {
        fit(fitted, List.of(batch));
        byHand(byHand, batch);
        byHand.score(data.get(0)); // in between
        assertThat(parameters(byHand)).isEqualTo(parameters(fitted));
      }
      assertThat(state(byHand)).isEqualTo(state(fitted));
    }
  }

  static Stream<LayerSamples.Sample> stacks() {
    return LayerSamples.all().stream()
        .filter(sample -> sample.network().apply(adaFisher()) instanceof MultiLayerNetwork)
        .filter(sample -> !lowestIsANormalization(sample));
  }

  private static boolean lowestIsANormalization(LayerSamples.Sample sample) {
    MultiLayerNetwork net = (MultiLayerNetwork) sample.network().apply(adaFisher());
    Layer lowest = null;
    for (org.deeplearning4j.nn.api.Layer layer : net.getLayers()) {
      if (lowest == null && layer.numParams() > 0) {
        lowest = layer.conf().getLayer();
      }
    }
    return lowest instanceof BatchNormalization
        || lowest instanceof org.adafisher.layers.LayerNormalization;
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void calculatedGradients(LayerSamples.Sample sample) {
    trainsAsFitDoes(sample.network()::apply, Collections.nCopies(4, sample.data()));
  }

  @Test
  void calculatedGradientsOfConvolutionsWithBatchNormalization() {
    trainsAsFitDoes(
        updater -> TestNetworks.cnn(DataType.DOUBLE, updater),
        TestNetworks.images(5, DataType.DOUBLE));
  }

  /** Its gradient and input are gone when the update begins: said, and its factors decay. */
  @Test
  void aNormalizationBelowAllOtherLayers() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, adaFisher())
                .list(
                    new BatchNormalization(),
                    new DenseLayer.Builder().nOut(5).build(),
                    TestNetworks.softmax())
                .setInputType(InputType.feedForward(INPUTS))
                .build());
    net.init();
    AdaFisher.attach(net);
    List<String> log =
        TestNetworks.said(
            AdaFisherListener.class, () -> batches(4).forEach(batch -> byHand(net, batch)));
    assertThat(log).hasSize(1);
    assertThat(log.get(0)).contains("layer0").contains("by hand");
  }

  @Test
  void computedGradients() {
    MultiLayerNetwork fitted = TestNetworks.mlp(adaFisher());
    MultiLayerNetwork byHand = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(fitted);
    AdaFisher.attach(byHand);
    for (DataSet batch : batches(5)) {
      fit(fitted, List.of(batch));
      byHand.setInput(batch.getFeatures());
      byHand.setLabels(batch.getLabels());
      byHand.computeGradientAndScore();
      update(byHand, byHand.gradient(), BATCH);
    }
    assertThat(parameters(byHand)).isEqualTo(parameters(fitted));
  }

  /** Ends in an output layer of mean squared errors, or in what it is without its loss. */
  private static MultiLayerNetwork regression(IUpdater updater, boolean withLoss) {
    Layer last =
        withLoss
            ? new OutputLayer.Builder(LossFunction.MSE)
                .nOut(3)
                .activation(Activation.IDENTITY)
                .build()
            : new DenseLayer.Builder().nOut(3).activation(Activation.IDENTITY).build();
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, updater)
                .list(new DenseLayer.Builder().nOut(5).build(), new BatchNormalization(), last)
                .setInputType(InputType.feedForward(INPUTS))
                .build());
    net.init();
    return net;
  }

  private static INDArray errors(INDArray output, INDArray labels) {
    return output.sub(labels).muli(2.0 / 3);
  }

  private static void external(MultiLayerNetwork net, DataSet batch) {
    net.setInput(batch.getFeatures());
    List<INDArray> activations = net.feedForward(true, false);
    INDArray errors = errors(activations.get(activations.size() - 1), batch.getLabels());
    update(net, net.backpropGradient(errors, LayerWorkspaceMgr.noWorkspaces()).getFirst(), BATCH);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void externalErrors(boolean listenersReplaced) {
    for (AdaFisher updater : List.of(adaFisher(), AdaFisher.centred(), AdaFisher.spectral())) {
      MultiLayerNetwork fitted = regression(updater.clone(), true);
      MultiLayerNetwork byHand = regression(updater.clone(), false);
      byHand.setParams(fitted.params());
      AdaFisher.attach(fitted);
      AdaFisherListener listener = AdaFisher.attach(byHand);
      if (listenersReplaced) {
        byHand.setListeners();
      }
      for (DataSet batch : batches(7)) {
        fit(fitted, List.of(batch));
        external(byHand, batch);
      }
      assertThat(parameters(byHand)).containsExactly(parameters(fitted), within(ROUNDING));
      assertThat(state(byHand)).containsExactly(state(fitted), within(ROUNDING));
      assertThat(byHand.getListeners()).containsExactly(listener);
    }
  }

  @Test
  void externalErrorsOfAGraph() {
    ComputationGraph graph =
        new ComputationGraph(
            TestNetworks.global(DataType.DOUBLE, adaFisher())
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(INPUTS))
                .addLayer("hidden", new DenseLayer.Builder().nOut(5).build(), "in")
                .addLayer(
                    "out",
                    new DenseLayer.Builder().nOut(3).activation(Activation.IDENTITY).build(),
                    "hidden")
                .setOutputs("out")
                .build());
    graph.init();
    MultiLayerNetwork fitted =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, adaFisher())
                .list(
                    new DenseLayer.Builder().nOut(5).build(),
                    new OutputLayer.Builder(LossFunction.MSE)
                        .nOut(3)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.feedForward(INPUTS))
                .build());
    fitted.init();
    graph.setParams(fitted.params());
    AdaFisher.attach(graph);
    AdaFisher.attach(fitted);
    int step = 0;
    for (DataSet batch : batches(7)) {
      fit(fitted, List.of(batch));
      Map<String, INDArray> activations =
          graph.feedForward(new INDArray[] {batch.getFeatures()}, true, false);
      Gradient gradient = graph.backpropGradient(errors(activations.get("out"), batch.getLabels()));
      graph.getUpdater().update(gradient, step, 0, BATCH, LayerWorkspaceMgr.noWorkspaces());
      graph.params().subi(gradient.gradient().reshape(graph.params().shape()));
      step++;
    }
    assertThat(parameters(graph)).containsExactly(parameters(fitted), within(ROUNDING));
  }

  private static DataSet part(DataSet batch, int from, int to) {
    return new DataSet(
        batch.getFeatures().get(NDArrayIndex.interval(from, to), NDArrayIndex.all()).dup(),
        batch.getLabels().get(NDArrayIndex.interval(from, to), NDArrayIndex.all()).dup());
  }

  private static Gradient gradient(MultiLayerNetwork net, DataSet batch, boolean external) {
    if (!external) {
      return calculate(net, batch);
    }
    net.setInput(batch.getFeatures());
    List<INDArray> activations = net.feedForward(true, false);
    INDArray errors = errors(activations.get(activations.size() - 1), batch.getLabels());
    return net.backpropGradient(errors, LayerWorkspaceMgr.noWorkspaces()).getFirst();
  }

  /** Unequal parts: each counts by its examples. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void accumulatedGradientsAreThoseOfOneMinibatch(boolean external) {
    for (AdaFisher updater : List.of(adaFisher(), AdaFisher.centred(), AdaFisher.spectral())) {
      Function<IUpdater, MultiLayerNetwork> network =
          u -> external ? withoutLoss(u) : TestNetworks.mlp(u);
      MultiLayerNetwork whole = network.apply(updater.clone());
      MultiLayerNetwork parts = network.apply(updater.clone());
      AdaFisher.attach(whole);
      AdaFisher.attach(parts);
      for (DataSet batch : batches(7)) {
        update(whole, gradient(whole, batch, external), BATCH);
        INDArray sum = parts.params().like();
        Gradient last = null;
        for (int[] bounds : new int[][] {{0, 5}, {5, 7}, {7, 8}}) {
          last = gradient(parts, part(batch, bounds[0], bounds[1]), external);
          sum.addi(last.gradient().reshape(sum.shape()));
        }
        last.gradient().assign(sum.reshape(last.gradient().shape()));
        update(parts, last, BATCH);
      }
      assertThat(parameters(parts)).containsExactly(parameters(whole), within(ROUNDING));
      assertThat(state(parts)).containsExactly(state(whole), within(ROUNDING));
    }
  }

  /** Deeplearning4j's A3C does this: the gradient is another network's. */
  @Test
  void aGradientOfAnotherNetwork() {
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(net);
    MultiLayerNetwork worker = net.clone();
    DataSet batch = batches(1).get(0);
    Gradient gradient = calculate(worker, batch);
    double[] before = parameters(net);
    assertThatThrownBy(() -> update(net, gradient, BATCH))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was not seen on this network");
    assertThat(parameters(net)).isEqualTo(before);
    fit(net, List.of(batch));

    MultiLayerNetwork placebo = TestNetworks.mlp(new AdaFisher(1e-3, new Placebo()));
    AdaFisher.attach(placebo);
    update(placebo, calculate(worker, batch), BATCH); // which needs no statistics
    assertThat(parameters(placebo)).isNotEqualTo(before);
  }

  /** A pass that threw does not count, whatever of it was seen. */
  @Test
  void aPassThatThrows() {
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    MultiLayerNetwork undisturbed = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(net);
    AdaFisher.attach(undisturbed);
    for (DataSet batch : batches(4)) {
      assertThatThrownBy(
              () ->
                  net.calculateGradients(
                      batch.getFeatures(),
                      batch.getLabels().get(NDArrayIndex.interval(0, 3), NDArrayIndex.all()).dup(),
                      null,
                      null))
          .isInstanceOf(RuntimeException.class);
      byHand(net, batch);
      byHand(undisturbed, batch);
    }
    assertThat(parameters(net)).isEqualTo(parameters(undisturbed));
  }

  /** Nothing that has parameters of its own to read is above the recurrent layers. */
  @Test
  void recurrentLayersUnderALossWithoutParameters() {
    Function<IUpdater, MultiLayerNetwork> network =
        updater -> {
          MultiLayerNetwork net =
              new MultiLayerNetwork(
                  TestNetworks.global(DataType.DOUBLE, updater)
                      .list(
                          new LSTM.Builder().nOut(4).build(),
                          new Bidirectional(
                              Bidirectional.Mode.ADD, new LSTM.Builder().nOut(3).build()),
                          new RnnLossLayer.Builder(LossFunction.MSE)
                              .activation(Activation.IDENTITY)
                              .build())
                      .setInputType(InputType.recurrent(INPUTS, 4))
                      .build());
          net.init();
          return net;
        };
    java.util.Random random = new java.util.Random(1);
    DataSet series =
        new DataSet(
            TestNetworks.random(random, DataType.DOUBLE, BATCH, INPUTS, 4),
            TestNetworks.random(random, DataType.DOUBLE, BATCH, 3, 4));
    trainsAsFitDoes(network, Collections.nCopies(4, series));
    MultiLayerNetwork fitted = network.apply(adaFisher());
    MultiLayerNetwork disturbed = network.apply(adaFisher());
    AdaFisher.attach(fitted);
    AdaFisher.attach(disturbed);
    disturbed.setListeners();
    fit(fitted, Collections.nCopies(4, series));
    fit(disturbed, Collections.nCopies(4, series));
    assertThat(parameters(disturbed)).isEqualTo(parameters(fitted));
  }

  private static MultiLayerNetwork withoutLoss(IUpdater updater) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, updater)
                .list(
                    new DenseLayer.Builder().nOut(5).build(),
                    new DenseLayer.Builder().nOut(3).activation(Activation.IDENTITY).build())
                .setInputType(InputType.feedForward(INPUTS))
                .build());
    net.init();
    return net;
  }
}
