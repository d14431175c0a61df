package org.adafisher;

import static org.adafisher.TestNetworks.adaFisher;
import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.adafisher.curvature.KroneckerFactors;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks with each kind of convolution: their steps, their training, their saving. */
class ConvolutionKindsTest {

  private static final double DAMPING = 1e-3;
  private static final int CHANNELS = 3;
  private static final int UNITS = 2;

  @TempDir Path folder;

  /**
   * Where the factors of one value of a DL4J array are.
   *
   * @param part name of the factors
   * @param input entry of H
   * @param unit entry of S
   */
  record Place(String part, long input, long unit) {}

  /** From the indices of a value in DL4J's array, in c order. */
  @FunctionalInterface
  interface Places {
    Place of(long... index);
  }

  /** A kind, with a layer of it and where its weights' factors are: by DL4J's own definition. */
  enum Kind {
    CONVOLUTION_1D(
        new Convolution1DLayer.Builder(2).nOut(UNITS).build(),
        // Called [out, in, k, 1], but ND4J is given the same values as [k, in, out].
        Map.of("W", new Weights(i -> main(i[1] * 2 + i[0], i[2]), 2, CHANNELS, UNITS))),
    CONVOLUTION_1D_NEWER_NAME(
        new Convolution1D.Builder(3).dilation(2).nOut(UNITS).build(),
        Map.of("W", new Weights(i -> main(i[1] * 3 + i[0], i[2]), 3, CHANNELS, UNITS))),
    CONVOLUTION_3D(
        new Convolution3D.Builder(2, 1, 2)
            .convolutionMode(ConvolutionMode.Same)
            .nOut(UNITS)
            .build(),
        Map.of(
            "W",
            new Weights(
                i -> main(((i[1] * 2 + i[2]) + i[3]) * 2 + i[4], i[0]), UNITS, CHANNELS, 2, 1, 2))),
    DECONVOLUTION_2D(
        new Deconvolution2D.Builder(3, 2).stride(2, 1).nOut(UNITS).build(),
        Map.of(
            "W",
            new Weights(i -> main((i[0] * 3 + i[2]) * 2 + i[3], i[1]), CHANNELS, UNITS, 3, 2))),
    DECONVOLUTION_3D(
        new Deconvolution3D.Builder().kernelSize(2, 2, 2).nOut(UNITS).build(),
        Map.of(
            "W",
            new Weights(
                i -> main(((i[4] * 2 + i[0]) * 2 + i[1]) * 2 + i[2], i[3]),
                2,
                2,
                2,
                UNITS,
                CHANNELS))),
    DEPTHWISE(
        new DepthwiseConvolution2D.Builder(3, 2).nIn(CHANNELS).depthMultiplier(2).build(),
        Map.of(
            "W",
            new Weights(
                i -> main((i[2] * 3 + i[0]) * 2 + i[1], i[2] * 2 + i[3]), 3, 2, CHANNELS, 2))),
    SEPARABLE(
        new SeparableConvolution2D.Builder(3, 2).depthMultiplier(2).nOut(UNITS).build(),
        Map.of(
            "W",
            new Weights(
                i -> new Place("/depthwise", (i[1] * 3 + i[2]) * 2 + i[3], i[1] * 2 + i[0]),
                2,
                CHANNELS,
                3,
                2),
            "pW",
            new Weights(i -> main(i[1], i[0]), UNITS, CHANNELS * 2)));

    private final Layer layer;
    private final Map<String, Weights> weights;

    Kind(Layer layer, Map<String, Weights> weights) {
      this.layer = layer;
      this.weights = weights;
    }

    private static Place main(long input, long unit) {
      return new Place("", input, unit);
    }

    private long[] shape() {
      return switch (this) {
        case CONVOLUTION_1D, CONVOLUTION_1D_NEWER_NAME -> new long[] {CHANNELS, 6};
        case CONVOLUTION_3D, DECONVOLUTION_3D -> new long[] {CHANNELS, 3, 3, 3};
        default -> new long[] {CHANNELS, 4, 4};
      };
    }

    private InputType inputType() {
      return switch (this) {
        case CONVOLUTION_1D, CONVOLUTION_1D_NEWER_NAME -> InputType.recurrent(CHANNELS, 6);
        case CONVOLUTION_3D, DECONVOLUTION_3D ->
            InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 3, 3, 3, CHANNELS);
        default -> InputType.convolutional(4, 4, CHANNELS, CNN2DFormat.NCHW);
      };
    }

    private MultiLayerNetwork network(DataType type, IUpdater updater) {
      return network(type, updater, null);
    }

    private MultiLayerNetwork network(DataType type, IUpdater updater, IUpdater biasUpdater) {
      var layers =
          TestNetworks.global(type, updater).biasUpdater(biasUpdater).list().layer(layer.clone());
      if (inputType().getType() == InputType.Type.RNN) {
        layers.layer(new GlobalPoolingLayer.Builder(PoolingType.AVG).build());
      }
      MultiLayerNetwork net =
          new MultiLayerNetwork(
              layers.layer(TestNetworks.softmax()).setInputType(inputType()).build());
      net.init();
      return net;
    }

    private List<DataSet> data(int count, DataType type) {
      return batches(count, type, shape());
    }
  }

  /**
   * @param places where the factors of a value are
   * @param shape of the array as ND4J's operation sees it
   */
  record Weights(Places places, long... shape) {

    private Place of(long flat) {
      long[] index = new long[shape.length];
      long rest = flat;
      for (int i = shape.length - 1; i >= 0; i--) {
        index[i] = rest % shape[i];
        rest /= shape[i];
      }
      return places.of(index);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyWeightIsDividedByTheProductOfItsOwnFactors(Kind kind) {
    MultiLayerNetwork net = kind.network(DataType.DOUBLE, new AdaFisher(1e-3));
    DataSet batch = kind.data(1, DataType.DOUBLE).get(0);
    AdaFisherListener listener = AdaFisher.attach(net);
    double[] before = TestNetworks.parameters(net);
    double[] gradient = gradient(kind, batch);
    net.fit(batch);
    double[] after = TestNetworks.parameters(net);
    Map<String, KroneckerFactors> factors = listener.factors(net);

    assertThat(factors.get("layer0").inputFactor().length()).isPositive();
    for (Map.Entry<String, INDArray> parameter : net.getLayer(0).paramTable().entrySet()) {
      int start = (int) (parameter.getValue().offset() - net.params().offset());
      Weights weights = kind.weights.get(parameter.getKey());
      for (int i = 0; i < parameter.getValue().length(); i++) {
        Place place =
            weights == null
                ? new Place("", factors.get("layer0").inputFactor().length() - 1, i)
                : weights.of(i);
        KroneckerFactors pair = factors.get("layer0" + place.part);
        double fisher =
            pair.inputFactor().getDouble(place.input) * pair.gradientFactor().getDouble(place.unit)
                + DAMPING;
        assertThat(before[start + i] - after[start + i])
            .as("%s %d", parameter.getKey(), i)
            .isCloseTo(1e-3 * gradient[start + i] / fisher, within(1e-12));
      }
    }
  }

  /** DL4J's gradient of the mean loss, of a network with the same parameters. */
  private static double[] gradient(Kind kind, DataSet batch) {
    MultiLayerNetwork net = kind.network(DataType.DOUBLE, new AdaFisher(1e-3));
    net.setInput(batch.getFeatures());
    net.setLabels(batch.getLabels());
    net.computeGradientAndScore();
    return net.getFlattenedGradients().div(batch.numExamples()).toDoubleVector();
  }

  /** Under Centred too, which moves the bias by what the weights and their decay do. */
  @Test
  void aConvolutionOverTimeIsOneOverImagesOfWidthOne() {
    int kernel = 2;
    MultiLayerNetwork time = decaying(new Convolution1DLayer.Builder(kernel).nOut(UNITS).build());
    MultiLayerNetwork image = decaying(new ConvolutionLayer.Builder(kernel, 1).nOut(UNITS).build());
    image.setParams(time.params());
    INDArray weights = time.getLayer(0).getParam("W");
    INDArray asUsed = weights.reshape('c', kernel, CHANNELS, UNITS).permute(2, 1, 0);
    image.getLayer(0).setParam("W", asUsed.dup('c').reshape(UNITS, CHANNELS, kernel, 1));
    AdaFisher.attach(time);
    AdaFisher.attach(image);
    for (DataSet batch : Kind.CONVOLUTION_1D.data(5, DataType.DOUBLE)) {
      time.fit(batch);
      INDArray features = batch.getFeatures();
      image.fit(
          new DataSet(
              features.reshape(features.size(0), CHANNELS, features.size(2), 1),
              batch.getLabels()));
    }

    assertClose(image.getLayer(0).getParam("W"), asUsed);
    assertClose(image.getLayer(0).getParam("b"), time.getLayer(0).getParam("b"));
    assertClose(image.getLayer(2).params(), time.getLayer(2).params());
  }

  private static MultiLayerNetwork decaying(Layer layer) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, AdaFisher.centred())
                .weightDecay(0.1)
                .list()
                .layer(layer)
                .layer(new GlobalPoolingLayer.Builder(PoolingType.AVG).build())
                .layer(TestNetworks.softmax())
                .setInputType(
                    layer instanceof Convolution1DLayer
                        ? InputType.recurrent(CHANNELS, 6)
                        : InputType.convolutional(6, 1, CHANNELS))
                .build());
    net.init();
    return net;
  }

  private static void assertClose(INDArray actual, INDArray expected) {
    assertThat(actual.dup('c').data().asDouble())
        .containsExactly(expected.dup('c').data().asDouble(), offset(1e-9));
  }

  static Stream<Arguments> runs() {
    return Stream.of(Kind.values())
        .flatMap(
            kind ->
                Stream.of(
                    arguments(kind, DataType.FLOAT, adaFisher()),
                    arguments(kind, DataType.DOUBLE, AdaFisher.centred())));
  }

  @ParameterizedTest
  @MethodSource("runs")
  void theLossFalls(Kind kind, DataType type, AdaFisher updater) {
    MultiLayerNetwork net = kind.network(type, updater);
    AdaFisher.attach(net);
    DataSet batch = kind.data(1, type).get(0);
    double start = net.score(batch, true);
    double middle = 0;
    for (int step = 0; step < 30; step++) {
      net.fit(batch);
      middle = step == 14 ? net.score(batch, true) : middle;
    }
    assertThat(middle).isLessThan(start);
    assertThat(net.score(batch, true)).isLessThan(middle);
  }

  @ParameterizedTest
  @MethodSource("runs")
  void aRestoredRunGoesOnAsIfNeverStopped(Kind kind, DataType type, AdaFisher updater)
      throws IOException {
    List<DataSet> data = kind.data(12, type);
    MultiLayerNetwork whole = kind.network(type, updater);
    AdaFisher.attach(whole);
    fit(whole, data);

    MultiLayerNetwork first = kind.network(type, updater);
    AdaFisher.attach(first);
    fit(first, data.subList(0, 5));
    File file = folder.resolve("model.zip").toFile();
    ModelSerializer.writeModel(first, file, true);
    MultiLayerNetwork second = MultiLayerNetwork.load(file, true);
    AdaFisher.attach(second);
    fit(second, data.subList(5, data.size()));

    assertThat(TestNetworks.parameters(second)).isEqualTo(TestNetworks.parameters(whole));
    assertThat(TestNetworks.state(second)).isEqualTo(TestNetworks.state(whole));
  }

  /**
   * DL4J lists these layers' biases last but lays them out first, and cuts pieces for two updaters
   * by the list: no piece is a parameter, and none is taken for one.
   */
  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"DEPTHWISE", "SEPARABLE"})
  void underTwoUpdatersDl4jsPiecesAreNoParametersAndFollowTheRule(Kind kind) {
    MultiLayerNetwork net = kind.network(DataType.DOUBLE, new AdaFisher(1e-3), new AdaFisher(2e-3));
    AdaFisherListener listener = AdaFisher.attach(net);
    DataSet batch = kind.data(1, DataType.DOUBLE).get(0);
    double[] before = TestNetworks.parameters(net);
    double[] gradient = gradient(kind, batch);
    net.fit(batch);
    double[] after = TestNetworks.parameters(net);

    assertThat(listener.factors(net)).containsOnlyKeys("layer1");
    int length = (int) net.getLayer(0).numParams();
    int biases = (int) net.getLayer(0).getParam("b").length();
    for (int i = 0; i < length; i++) {
      double rate = i < length - biases ? 1e-3 : 2e-3;
      assertThat(before[i] - after[i])
          .isCloseTo(rate * gradient[i] / (0.08 * 0.08 + DAMPING), within(1e-12));
    }
  }

  /** DL4J's backward pass gives no gradient of these weights: see Convolution1DEstimator. */
  @Test
  void overTimeWithTheChannelsLastFollowsTheRule() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, new AdaFisher(1e-3))
                .list()
                .layer(
                    new Convolution1DLayer.Builder(2)
                        .convolutionMode(ConvolutionMode.Same)
                        .rnnDataFormat(RNNFormat.NWC)
                        .nOut(CHANNELS)
                        .build())
                .layer(
                    new RnnOutputLayer.Builder(LossFunction.MSE)
                        .nOut(2)
                        .dataFormat(RNNFormat.NWC)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.recurrent(CHANNELS, CHANNELS, RNNFormat.NWC))
                .build());
    net.init();
    AdaFisherListener listener = AdaFisher.attach(net);
    Random random = new Random(1);
    // As many steps as channels: otherwise DL4J's backward pass throws.
    net.fit(
        new DataSet(
            TestNetworks.random(random, DataType.DOUBLE, 4, CHANNELS, CHANNELS),
            TestNetworks.random(random, DataType.DOUBLE, 4, CHANNELS, 2)));
    assertThat(listener.factors(net)).containsOnlyKeys("layer1");
  }
}
