package org.adafisher;

import static org.adafisher.TestNetworks.BATCH;
import static org.adafisher.TestNetworks.CLASSES;
import static org.adafisher.TestNetworks.INPUTS;
import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.adafisher.TestNetworks.images;
import static org.adafisher.TestNetworks.parameters;
import static org.adafisher.TestNetworks.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.adafisher.curvature.KroneckerFactors;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Minibatches that no one wants. */
class BadDataTest {

  private static final int STEPS = 5;

  static Stream<Formulation> formulations() {
    return Stream.of(new Released(), new Paper(), new Centred(), new Spectral());
  }

  /** Looks at every step, so that every step could do harm. */
  private static AdaFisher always(Formulation formulation) {
    return AdaFisher.builder().formulation(formulation).refreshInterval(1).build();
  }

  static Stream<Arguments> notFinite() {
    return formulations()
        .flatMap(
            formulation ->
                DoubleStream.of(Double.NaN, Double.POSITIVE_INFINITY)
                    .boxed()
                    .flatMap(
                        value ->
                            Stream.of(true, false)
                                .map(inputs -> Arguments.of(formulation, value, inputs))));
  }

  /**
   * One value that is no number. The factors stay as they are; the gradient is DL4J's and goes into
   * the momentum and the parameters, as it does under any updater.
   */
  @ParameterizedTest
  @MethodSource("notFinite")
  void aValueThatIsNoNumberDoesNotReachTheFactors(
      Formulation formulation, double value, boolean inputs) {
    List<DataSet> data = batches(4);
    MultiLayerNetwork net = TestNetworks.mlp(always(formulation));
    AdaFisherListener listener = AdaFisher.attach(net);
    fit(net, data.subList(0, 3));
    Map<String, KroneckerFactors> before = listener.factors(net);
    MultiLayerNetwork saved = net.clone();

    DataSet bad = data.get(3).copy();
    (inputs ? bad.getFeatures() : bad.getLabels()).putScalar(0, 0, value);
    List<String> said =
        TestNetworks.said(AdaFisherListener.class, () -> fit(net, List.of(bad, bad)));

    assertThat(said).hasSize(1);
    assertThat(said.get(0)).contains("not finite").contains("counted, not logged");
    assertThat(listener.droppedRefreshes()).isGreaterThan(1);
    assertFinite(listener.factors(net));
    assertThat(listener.factors(net).get("layer0").gradientFactor())
        .isEqualTo(before.get("layer0").gradientFactor());
    MultiLayerNetwork adam = TestNetworks.mlp(new Adam());
    fit(adam, List.of(bad));
    assertThat(hasNaN(parameters(net))).isEqualTo(hasNaN(parameters(adam))).isTrue();

    // What was saved before is what to go on from.
    AdaFisher.attach(saved);
    fit(saved, data.subList(3, 4));
    assertThat(hasNaN(parameters(saved))).isFalse();
    assertThat(hasNaN(state(saved))).isFalse();
  }

  private static boolean hasNaN(double[] values) {
    return !Arrays.stream(values).allMatch(Double::isFinite);
  }

  private static void assertFinite(Map<String, KroneckerFactors> factors) {
    assertThat(factors).isNotEmpty();
    factors.forEach(
        (layer, f) -> {
          assertThat(hasNaN(f.inputFactor().toDoubleVector())).as(layer + " H").isFalse();
          assertThat(hasNaN(f.gradientFactor().toDoubleVector())).as(layer + " S").isFalse();
        });
  }

  /** One example at a time: a convolution with batch normalization, and a graph. */
  @ParameterizedTest
  @MethodSource("formulations")
  void aBatchOfOne(Formulation formulation) {
    for (Model net :
        List.of(
            TestNetworks.cnn(DataType.FLOAT, always(formulation)),
            TestNetworks.mlp(always(formulation)))) {
      AdaFisherListener listener = AdaFisher.attach(net);
      boolean ofImages = net.params().dataType() == DataType.FLOAT;
      for (DataSet batch : ofImages ? images(3, DataType.FLOAT) : batches(3)) {
        fit(net, batch.asList());
      }
      assertThat(hasNaN(parameters(net))).isFalse();
      assertThat(hasNaN(state(net))).isFalse();
      assertFinite(listener.factors(net));
      assertThat(listener.droppedRefreshes()).isZero();
    }
  }

  /** Under a mean over rows a minibatch that has every example twice says what one of them says. */
  @Test
  void aBatchOfOneHasTheInputsOfTheSameExampleTwice() {
    DataSet example = batches(1).get(0).asList().get(0);
    DataSet twice =
        new DataSet(
            Nd4j.vstack(example.getFeatures(), example.getFeatures()),
            Nd4j.vstack(example.getLabels(), example.getLabels()));
    MultiLayerNetwork once = TestNetworks.mlp(always(new Released()));
    MultiLayerNetwork doubled = TestNetworks.mlp(always(new Released()));
    AdaFisherListener listener = AdaFisher.attach(once);
    doubled.addListeners(listener);
    fit(once, List.of(example));
    fit(doubled, List.of(twice));
    double[] h = listener.factors(once).get("layer0").inputFactor().toDoubleVector();
    assertThat(listener.factors(doubled).get("layer0").inputFactor().toDoubleVector())
        .containsExactly(h, within(1e-15));
  }

  /** No label counts: the gradient is 0, so that nothing but the momentum moves. */
  @ParameterizedTest
  @MethodSource("formulations")
  void aBatchWithoutASingleLabel(Formulation formulation) {
    for (boolean series : new boolean[] {false, true}) {
      MultiLayerNetwork net =
          series ? recurrent(always(formulation)) : TestNetworks.mlp(always(formulation));
      List<DataSet> data = series ? series(6) : batches(6);
      AdaFisherListener listener = AdaFisher.attach(net);
      DataSet masked = data.get(3).copy();
      masked.setLabelsMaskArray(
          series
              ? Nd4j.zeros(DataType.DOUBLE, BATCH, STEPS)
              : Nd4j.zeros(DataType.DOUBLE, BATCH, 1));

      fit(net, List.of(masked)); // as the very first batch, too
      fit(net, data.subList(0, 3));
      double[] before = state(net);
      fit(net, List.of(masked));

      int weights = (series ? 4 * 4 : 5) * INPUTS;
      double[] after = state(net);
      for (int i = 0; i < weights; i++) {
        assertThat(after[i]).as("momentum " + i).isCloseTo(0.9 * before[i], within(1e-12));
      }
      fit(net, data.subList(4, 6));
      assertThat(hasNaN(parameters(net))).isFalse();
      assertThat(hasNaN(state(net))).isFalse();
      assertFinite(listener.factors(net));
    }
  }

  private static MultiLayerNetwork recurrent(IUpdater updater) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, updater)
                .list()
                .layer(new LSTM.Builder().nOut(4).build())
                .layer(
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(INPUTS, STEPS))
                .build());
    net.init();
    return net;
  }

  private static List<DataSet> series(int count) {
    Random random = new Random(3);
    return Stream.generate(
            () -> {
              INDArray labels = Nd4j.zeros(DataType.DOUBLE, BATCH, CLASSES, STEPS);
              for (int row = 0; row < BATCH; row++) {
                for (int t = 0; t < STEPS; t++) {
                  labels.putScalar(row, random.nextInt(CLASSES), t, 1);
                }
              }
              return new DataSet(
                  TestNetworks.random(random, DataType.DOUBLE, BATCH, INPUTS, STEPS), labels);
            })
        .limit(count)
        .toList();
  }

  /** DL4J refuses it before anything happens. */
  @ParameterizedTest
  @MethodSource("formulations")
  void aLastBatchWithoutExamplesEndsTheFitAfterAStep(Formulation formulation) {
    List<DataSet> data = batches(4);
    DataSet empty =
        new DataSet(
            Nd4j.create(DataType.DOUBLE, 0, INPUTS), Nd4j.create(DataType.DOUBLE, 0, CLASSES));
    for (boolean graph : new boolean[] {false, true}) {
      Model net = graph ? graph(always(formulation)) : TestNetworks.mlp(always(formulation));
      Model undisturbed =
          graph ? graph(always(formulation)) : TestNetworks.mlp(always(formulation));
      AdaFisher.attach(net);
      AdaFisher.attach(undisturbed);
      List<DataSet> epoch = List.of(data.get(0), data.get(1), empty);
      assertThatThrownBy(() -> ((NeuralNetwork) net).fit(new ListDataSetIterator<>(epoch, 1)))
          .as("graph " + graph)
          .isInstanceOf(RuntimeException.class)
          .hasMessageMatching("(?s).*(length 0|Length must be >= 1).*");
      fit(net, data.subList(2, 4));
      fit(undisturbed, data);
      assertThat(parameters(net)).isEqualTo(parameters(undisturbed));
      assertThat(state(net)).isEqualTo(state(undisturbed));
    }
  }

  private static ComputationGraph graph(IUpdater updater) {
    return TestNetworks.mlp(updater).toComputationGraph();
  }
}
