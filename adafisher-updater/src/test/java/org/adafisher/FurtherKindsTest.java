package org.adafisher;

import static org.adafisher.TestNetworks.global;
import static org.adafisher.TestNetworks.parameters;
import static org.adafisher.TestNetworks.random;
import static org.adafisher.TestNetworks.softmax;
import static org.adafisher.TestNetworks.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.adafisher.curvature.KroneckerFactors;
import org.adafisher.layers.LayerNormalization;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What AdaFisher does to the less frequent kinds of layers, in networks of each. */
class FurtherKindsTest {

  private static final int STEPS = 30;
  private static final int BATCH = 8;

  @TempDir Path folder;

  /**
   * A kind of layer in a small network.
   *
   * @param withFactors names of the factors that the network has
   * @param byTheRule what attach says to have no factors
   */
  record Kind(
      String name,
      InputType type,
      DataSet data,
      List<String> withFactors,
      List<String> byTheRule,
      Supplier<List<Layer>> layers) {

    MultiLayerNetwork net(DataType dataType, AdaFisher adaFisher) {
      var list = global(dataType, adaFisher).list();
      layers.get().forEach(list::layer);
      MultiLayerNetwork net = new MultiLayerNetwork(list.setInputType(type).build());
      net.init();
      return net;
    }

    DataSet data(DataType dataType) {
      return new DataSet(
          data.getFeatures().castTo(dataType),
          data.getLabels().castTo(dataType),
          data.getFeaturesMaskArray(),
          data.getLabelsMaskArray());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Kind> kinds() {
    Random random = new Random(17);
    DataType d = DataType.DOUBLE;
    INDArray classes = Nd4j.zeros(d, BATCH, TestNetworks.CLASSES);
    INDArray perStep = Nd4j.zeros(d, BATCH, TestNetworks.CLASSES, 4);
    INDArray mask = Nd4j.ones(d, BATCH, 4);
    for (int i = 0; i < BATCH; i++) {
      classes.putScalar(i, i % TestNetworks.CLASSES, 1);
      for (int t = 0; t < 4; t++) {
        perStep.putScalar(new int[] {i, (i + t) % TestNetworks.CLASSES, t}, 1);
        mask.putScalar(i, t, t <= i % 4 ? 1 : 0);
      }
    }
    InputType flat = InputType.feedForward(6);
    DataSet rows = new DataSet(random(random, d, BATCH, 6), classes);
    DataSet series = new DataSet(random(random, d, BATCH, 5, 4), perStep, mask, mask);
    DataSet images = new DataSet(random(random, d, BATCH, 2, 4, 3), classes);
    List<String> three = List.of("layer0", "layer1", "layer2");
    return Stream.of(
        new Kind(
            "layer normalization",
            flat,
            rows,
            three,
            List.of(),
            () -> List.of(dense(5), new LayerNormalization(), softmax())),
        new Kind(
            "layer normalization of series",
            InputType.recurrent(5, 4),
            series,
            List.of("layer0", "layer1", "layer2", "layer4"),
            List.of(),
            () ->
                List.of(
                    new LayerNormalization(),
                    dense(6),
                    new LayerNormalization(),
                    new ActivationLayer(Activation.TANH),
                    rnnOutput())),
        new Kind(
            "layer normalization of images",
            InputType.convolutional(4, 3, 2),
            images,
            three,
            List.of(),
            () ->
                List.of(
                    new ConvolutionLayer.Builder(2, 2).nOut(4).build(),
                    new LayerNormalization(),
                    softmax())),
        new Kind(
            "element-wise",
            flat,
            rows,
            three,
            List.of(),
            () -> List.of(dense(5), elementWise(5), softmax())),
        new Kind(
            "center loss",
            flat,
            rows,
            List.of("layer0", "layer1"),
            List.of(), // the centers have an updater of their own
            () ->
                List.of(
                    dense(5),
                    new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(TestNetworks.CLASSES)
                        .build())),
        new Kind(
            "auto-encoder",
            flat,
            rows,
            List.of("layer0", "layer1"),
            List.of(), // no supervised pass trains its visible bias
            () -> List.of(new AutoEncoder.Builder().nOut(5).build(), softmax())),
        new Kind(
            "PReLU",
            flat,
            rows,
            List.of("layer0", "layer2"),
            List.of("layer1"),
            () -> List.of(dense(5), new PReLULayer.Builder().inputShape(5).build(), softmax())),
        new Kind(
            "PReLU with shared axes",
            InputType.convolutional(4, 3, 2),
            images,
            List.of("layer0", "layer2"),
            List.of("layer1"),
            () ->
                List.of(
                    new ConvolutionLayer.Builder(2, 2).nOut(4).build(),
                    new PReLULayer.Builder().inputShape(4, 3, 2).sharedAxes(2, 3).build(),
                    softmax())),
        new Kind(
            "one-class output",
            flat,
            rows,
            List.of(),
            List.of("layer0"),
            () ->
                List.of(
                    new OCNNOutputLayer.Builder()
                        .hiddenLayerSize(4)
                        .nIn(6)
                        .windowSize(1000)
                        .configureR(false) // else DL4J sets r anew when it restores a network
                        .activation(Activation.SIGMOID)
                        .build())),
        new Kind(
            "variational auto-encoder",
            flat,
            rows,
            List.of("layer0/e0", "layer0/e1", "layer1"),
            List.of("layer0/pZXMeanW", "layer0/pZXMeanb"),
            () ->
                List.of(
                    new VariationalAutoencoder.Builder()
                        .encoderLayerSizes(5, 4)
                        .decoderLayerSizes(5)
                        .nOut(4)
                        .build(),
                    softmax())));
  }

  private static Layer dense(int units) {
    return new DenseLayer.Builder().nOut(units).build();
  }

  private static Layer elementWise(int units) {
    return new ElementWiseMultiplicationLayer.Builder().nIn(units).nOut(units).build();
  }

  private static Layer rnnOutput() {
    return new RnnOutputLayer.Builder(LossFunction.MCXENT)
        .activation(Activation.SOFTMAX)
        .dataFormat(RNNFormat.NCW)
        .nOut(TestNetworks.CLASSES)
        .build();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void trains(Kind kind) {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
      for (AdaFisher adaFisher : List.of(new AdaFisher(1e-3), AdaFisher.centred())) {
        MultiLayerNetwork net = kind.net(type, adaFisher);
        AdaFisherListener listener = AdaFisher.attach(net);
        if (adaFisher.getFormulation() instanceof Released) {
          assertThat(listener.factors(net).keySet()).containsExactlyElementsOf(kind.withFactors);
        }
        String before = net.getLayerWiseConfigurations().toJson();
        DataSet data = kind.data(type);
        double first = Double.NaN;
        for (int i = 0; i < STEPS; i++) {
          net.fit(data);
          first = i == 0 ? net.score() : first;
        }
        assertThat(net.score()).as("%s, %s", type, adaFisher.getFormulation()).isLessThan(first);
        assertThat(listener.droppedRefreshes()).isZero();
        assertThat(net.getLayerWiseConfigurations().toJson().replaceAll("\"iterationCount\".*", ""))
            .isEqualTo(before.replaceAll("\"iterationCount\".*", ""));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void resumes(Kind kind) throws IOException {
    for (AdaFisher adaFisher :
        List.of(
            AdaFisher.builder().refreshInterval(3).build(),
            AdaFisher.builder()
                .learningRate(0.05)
                .formulation(new Centred().withBurnIn(4))
                .refreshInterval(3)
                .build())) {
      DataSet data = kind.data(DataType.DOUBLE);
      MultiLayerNetwork whole = kind.net(DataType.DOUBLE, adaFisher);
      AdaFisher.attach(whole);
      for (int i = 0; i < 7; i++) {
        whole.fit(data);
      }
      File file = folder.resolve("model.zip").toFile();
      whole.save(file, true);
      MultiLayerNetwork resumed = MultiLayerNetwork.load(file, true);
      AdaFisher.attach(resumed);
      for (int i = 0; i < 9; i++) {
        whole.fit(data);
        resumed.fit(data);
      }
      assertThat(parameters(resumed)).isEqualTo(parameters(whole));
      assertThat(state(resumed)).isEqualTo(state(whole));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void attachSaysWhatHasNoFactors(Kind kind) {
    List<String> said = said(kind.net(DataType.DOUBLE, new AdaFisher()));
    if (kind.byTheRule.isEmpty()) {
      assertThat(said).isEmpty();
    } else {
      assertThat(said).hasSize(1);
      assertThat(said.get(0)).contains("No factors are known for " + kind.byTheRule);
    }
  }

  @Test
  void frozenLayersAreNeitherCountedNorListed() {
    DataType d = DataType.DOUBLE;
    Random random = new Random(1);
    DataSet data = new DataSet(random(random, d, BATCH, 5, 4), random(random, d, BATCH, 3, 4));
    for (AdaFisher adaFisher : List.of(new AdaFisher(1e-3), AdaFisher.centred())) {
      MultiLayerNetwork net = frozen(adaFisher, rnnOutput());

      assertThat(said(net)).isEmpty();

      double[][] before = new double[3][];
      Arrays.setAll(before, i -> net.getLayer(i).params().toDoubleVector());
      AdaFisherListener listener = AdaFisher.attach(net);
      assertThat(listener.factors(net)).containsOnlyKeys("layer3");
      double first = net.score(data);
      for (int i = 0; i < 5; i++) {
        net.fit(data);
      }
      for (int i = 0; i < before.length; i++) {
        assertThat(net.getLayer(i).params().toDoubleVector()).isEqualTo(before[i]);
      }
      assertThat(net.score(data)).isLessThan(first);
    }
    MultiLayerNetwork nothing =
        frozen(
            new AdaFisher(),
            new RnnLossLayer.Builder(LossFunction.MSE).activation(Activation.IDENTITY).build());
    assertThatThrownBy(() -> AdaFisher.attach(nothing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no trainable layer of this network has AdaFisher");
  }

  /** A residual block with the normalisation in front, as transformers have it. */
  @Test
  void layerNormalizationInAGraph() {
    ComputationGraph graph =
        new ComputationGraph(
            global(DataType.FLOAT, new AdaFisher(1e-3))
                .graphBuilder()
                .addInputs("x")
                .addLayer("norm", new LayerNormalization(), "x")
                .addLayer("dense", dense(6), "norm")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "x", "dense")
                .addLayer("out", softmax(), "sum")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(6))
                .build());
    graph.init();
    AdaFisherListener listener = AdaFisher.attach(graph);
    assertThat(listener.factors(graph)).containsOnlyKeys("norm", "dense", "out");
    DataSet data = kinds().findFirst().orElseThrow().data(DataType.FLOAT);
    double first = graph.score(data);
    for (int i = 0; i < STEPS; i++) {
      graph.fit(data);
    }
    assertThat(graph.score(data)).isLessThan(first);
    assertThat(listener.factors(graph).get("norm").inputFactor().toDoubleVector())
        .hasSize(2)
        .doesNotContain(1.0);
  }

  @Test
  void layerWisePretrainingSaysThatItNeedsAnotherUpdater() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            global(DataType.DOUBLE, new AdaFisher(1e-3))
                .list()
                .layer(new AutoEncoder.Builder().nOut(5).build())
                .layer(softmax())
                .setInputType(InputType.feedForward(6))
                .build());
    net.init();
    AdaFisher.attach(net);
    INDArray features = random(new Random(1), DataType.DOUBLE, BATCH, 6);
    assertThatThrownBy(() -> net.pretrainLayer(0, features))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("pretrain with another updater");
  }

  /** A frozen layer, and two that let gradients through. */
  private static MultiLayerNetwork frozen(AdaFisher adaFisher, Layer output) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            global(DataType.DOUBLE, adaFisher)
                .list()
                .layer(new FrozenLayer(new LSTM.Builder().nOut(4).build()))
                .layer(new FrozenLayerWithBackprop(new LSTM.Builder().nIn(4).nOut(4).build()))
                .layer(new FrozenLayerWithBackprop(new DenseLayer.Builder().nIn(4).nOut(3).build()))
                .layer(output)
                .setInputType(InputType.recurrent(5, 4))
                .build());
    net.init();
    return net;
  }

  private static List<String> said(MultiLayerNetwork net) {
    return TestNetworks.said(AdaFisher.class, () -> AdaFisher.attach(net));
  }

  /**
   * Consecutive parameters of a layer and how they meet its factors, in plain numbers.
   *
   * @param kind name of the network
   * @param layer index of the layer
   * @param factors their name
   * @param start of the parameters in the layer's vector
   * @param outputs number of units, each with {@code inputs} weights; behind them the biases
   * @param own whether unit k meets input k alone, rather than all
   */
  record Pairing(
      String kind, int layer, String factors, int start, int inputs, int outputs, boolean own) {

    private int length() {
      return (inputs + 1) * outputs;
    }

    private int unit(int value) {
      return value < inputs * outputs ? value / inputs : value - inputs * outputs;
    }

    private int input(int value) {
      if (value >= inputs * outputs) {
        return own ? outputs : inputs;
      }
      return own ? value : value % inputs;
    }
  }

  static Stream<Pairing> pairings() {
    return Stream.of(
        new Pairing("layer normalization", 1, "layer1", 0, 1, 5, false),
        new Pairing("element-wise", 1, "layer1", 0, 1, 5, true),
        new Pairing("center loss", 1, "layer1", 0, 5, 3, false),
        new Pairing("auto-encoder", 0, "layer0", 0, 6, 5, false),
        new Pairing("variational auto-encoder", 0, "layer0/e0", 0, 6, 5, false),
        new Pairing("variational auto-encoder", 0, "layer0/e1", 35, 5, 4, false));
  }

  /** One step from a fresh state, position by position. */
  @ParameterizedTest
  @MethodSource("pairings")
  void everyValueMeetsItsOwnFactors(Pairing pairing) {
    Kind kind = kinds().filter(k -> k.name.equals(pairing.kind)).findFirst().orElseThrow();
    MultiLayerNetwork net = kind.net(DataType.DOUBLE, new AdaFisher(1e-3));
    AdaFisherListener listener = AdaFisher.attach(net);
    net.setParams(random(new Random(3), DataType.DOUBLE, 1, (int) net.numParams()));
    INDArray parameters =
        net.getLayer(pairing.layer)
            .params()
            .reshape(net.getLayer(pairing.layer).numParams())
            .get(NDArrayIndex.interval(pairing.start, pairing.start + pairing.length()));
    DataSet data = kind.data(DataType.DOUBLE);
    double[] gradient = gradient(net, parameters, data);
    double[] before = parameters.toDoubleVector();

    net.fit(data);

    KroneckerFactors factors = listener.factors(net).get(pairing.factors);
    double[] h = factors.inputFactor().toDoubleVector();
    double[] s = factors.gradientFactor().toDoubleVector();
    assertThat(h).hasSize(pairing.own ? pairing.outputs + 1 : pairing.inputs + 1);
    assertThat(Arrays.stream(h).distinct()).hasSameSizeAs(h);
    assertThat(s).hasSize(pairing.outputs);
    assertThat(Arrays.stream(s).distinct()).hasSameSizeAs(s);
    double[] after = parameters.toDoubleVector();
    for (int value = 0; value < after.length; value++) {
      double fisher = h[pairing.input(value)] * s[pairing.unit(value)] + 1e-3;
      assertThat(before[value] - after[value])
          .as("value %d", value)
          .isCloseTo(1e-3 * gradient[value] / fisher, within(1e-8));
    }
  }

  /** By central differences of the score. */
  private static double[] gradient(MultiLayerNetwork net, INDArray parameters, DataSet data) {
    double[] result = new double[(int) parameters.length()];
    for (int i = 0; i < result.length; i++) {
      double value = parameters.getDouble(i);
      double[] scores = new double[2];
      for (int side = 0; side < 2; side++) {
        parameters.putScalar(i, value + (side == 0 ? 1e-5 : -1e-5));
        scores[side] = net.score(data, true);
      }
      parameters.putScalar(i, value);
      result[i] = (scores[0] - scores[1]) / 2e-5;
    }
    return result;
  }
}
