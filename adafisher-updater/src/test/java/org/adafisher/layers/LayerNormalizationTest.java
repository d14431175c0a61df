package org.adafisher.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.ops.transforms.Transforms;

class LayerNormalizationTest {

  private static final double EPS = 0.01;

  private final DataType defaultType = Nd4j.dataType();

  /** DL4J's gradient checks insist on it. */
  @BeforeEach
  void checkInDouble() {
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
  }

  @AfterEach
  void restoreDefault() {
    Nd4j.setDefaultDataTypes(defaultType, defaultType);
  }

  /** An input, and where its features are. */
  enum Kind {
    FEED_FORWARD(InputType.feedForward(5), 1, 4, 5),
    ONE_ROW(InputType.feedForward(5), 1, 1, 5),
    ONE_FEATURE(InputType.feedForward(1), 1, 3, 1),
    SERIES(InputType.recurrent(4, 3), 1, 2, 4, 3),
    SERIES_NWC(InputType.recurrent(4, 3, RNNFormat.NWC), 2, 2, 3, 4),
    ONE_STEP(InputType.recurrent(4, 1), 1, 1, 4, 1),
    IMAGES(InputType.convolutional(3, 2, 4), 1, 2, 4, 3, 2),
    IMAGES_NHWC(InputType.convolutional(3, 2, 4, CNN2DFormat.NHWC), 3, 2, 3, 2, 4),
    VOLUMES(
        InputType.convolutional3D(Convolution3D.DataFormat.NDHWC, 2, 3, 2, 4), 4, 2, 2, 3, 2, 4);

    private final InputType type;
    private final int axis;
    private final long[] shape;

    Kind(InputType type, int axis, long... shape) {
      this.type = type;
      this.axis = axis;
      this.shape = shape;
    }

    /** As [positions, features], in the order of the positions. */
    private double[][] rows(INDArray x) {
      int[] order = new int[shape.length];
      int next = 0;
      for (int i = 0; i < order.length; i++) {
        if (i != axis) {
          order[next++] = i;
        }
      }
      order[next] = axis;
      double[] values = x.permute(order).dup('c').data().asDouble();
      int features = (int) shape[axis];
      double[][] result = new double[values.length / features][];
      for (int i = 0; i < result.length; i++) {
        result[i] = Arrays.copyOfRange(values, i * features, (i + 1) * features);
      }
      return result;
    }
  }

  static Stream<Kind> kinds() {
    return Stream.of(Kind.values());
  }

  private static INDArray gaussian(Random random, DataType type, long... shape) {
    INDArray result = Nd4j.create(type, shape);
    for (long i = 0; i < result.length(); i++) {
      result.putScalar(i, random.nextGaussian());
    }
    return result;
  }

  private static NeuralNetConfiguration.Builder global(DataType type) {
    return new NeuralNetConfiguration.Builder()
        .seed(3)
        .dataType(type)
        .updater(new NoOp())
        .activation(Activation.TANH);
  }

  private static LayerNormalization norm() {
    return new LayerNormalization.Builder().eps(EPS).build();
  }

  private static MultiLayerNetwork net(
      NeuralNetConfiguration.Builder global, InputType type, Layer... layers) {
    var list = global.list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    MultiLayerNetwork net = new MultiLayerNetwork(list.setInputType(type).build());
    net.init();
    return net;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void isItsFormula(Kind kind) {
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      Random random = new Random(1);
      MultiLayerNetwork net = net(global(type), kind.type, norm());
      assertThat(net.getLayer(0).getParam("g").toDoubleVector()).containsOnly(1);
      assertThat(net.getLayer(0).getParam("b").toDoubleVector()).containsOnly(0);
      net.setParams(gaussian(random, type, 1, net.numParams()));
      double[] gain = net.getLayer(0).getParam("g").toDoubleVector();
      double[] shift = net.getLayer(0).getParam("b").toDoubleVector();
      INDArray x = gaussian(random, type, kind.shape);

      INDArray output = net.output(x);

      assertThat(output.dataType()).isEqualTo(type);
      assertThat(output.shape()).isEqualTo(kind.shape);
      double[][] expected = kind.rows(x);
      for (double[] row : expected) {
        double mean = Arrays.stream(row).average().orElseThrow();
        double variance =
            Arrays.stream(row).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        Arrays.setAll(row, f -> gain[f] * (row[f] - mean) / Math.sqrt(variance + EPS) + shift[f]);
      }
      double[][] actual = kind.rows(output);
      assertThat(actual).hasDimensions(expected.length, gain.length);
      for (int row = 0; row < actual.length; row++) {
        assertThat(actual[row])
            .containsExactly(expected[row], within(type == DataType.DOUBLE ? 1e-13 : 2e-5));
      }
    }
  }

  /** What follows a normalisation in a checked network, and what precedes it. */
  record Case(String name, InputType type, DataSet data, Layer... layers) {

    @Override
    public String toString() {
      return name;
    }
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(new LossMCXENT(0, null))
        .activation(Activation.SOFTMAX)
        .nOut(3)
        .build();
  }

  private static RnnOutputLayer rnnOutput(RNNFormat format) {
    return new RnnOutputLayer.Builder(new LossMCXENT(0, null))
        .activation(Activation.SOFTMAX)
        .dataFormat(format)
        .nOut(3)
        .build();
  }

  private static INDArray labels(Random random, int axis, long... shape) {
    INDArray positive = Transforms.exp(gaussian(random, DataType.DOUBLE, shape));
    return positive.div(positive.sum(true, axis));
  }

  static Stream<Case> cases() {
    Random random = new Random(5);
    DataType d = DataType.DOUBLE;
    INDArray mask = Nd4j.createFromArray(new double[][] {{1, 1, 0}, {1, 0, 0}, {1, 1, 1}});
    INDArray imageMask = Nd4j.create(d, 2, 1, 3, 1);
    imageMask.assign(1).putScalar(new int[] {1, 0, 2, 0}, 0);
    List<Case> result = new ArrayList<>();
    for (long batch : List.of(1L, 3L)) {
      result.add(
          new Case(
              "feed-forward, batch " + batch,
              InputType.feedForward(4),
              new DataSet(gaussian(random, d, batch, 4), labels(random, 1, batch, 3)),
              new DenseLayer.Builder().nOut(5).build(),
              norm(),
              output()));
    }
    result.add(
        new Case(
            "first layer",
            InputType.feedForward(4),
            new DataSet(gaussian(random, d, 3, 4), labels(random, 1, 3, 3)),
            norm(),
            output()));
    for (boolean masked : List.of(false, true)) {
      INDArray m = masked ? mask : null;
      for (RNNFormat format : RNNFormat.values()) {
        boolean ncw = format == RNNFormat.NCW;
        result.add(
            new Case(
                "series " + format + (masked ? ", masked" : ""),
                InputType.recurrent(4, 3, format),
                new DataSet(
                    ncw ? gaussian(random, d, 3, 4, 3) : gaussian(random, d, 3, 3, 4),
                    ncw ? labels(random, 1, 3, 3, 3) : labels(random, 2, 3, 3, 3),
                    m,
                    m),
                new LSTM.Builder().nOut(4).dataFormat(format).build(),
                norm(),
                rnnOutput(format)));
      }
      result.add(
          new Case(
              "dense on series" + (masked ? ", masked" : ""),
              InputType.recurrent(4, 3),
              new DataSet(gaussian(random, d, 3, 4, 3), labels(random, 1, 3, 3, 3), m, m),
              new DenseLayer.Builder().nOut(4).build(),
              norm(),
              rnnOutput(RNNFormat.NCW)));
      result.add(
          new Case(
              "pooled series" + (masked ? ", masked" : ""),
              InputType.recurrent(4, 3),
              new DataSet(gaussian(random, d, 3, 4, 3), labels(random, 1, 3, 3), m, null),
              norm(),
              new GlobalPoolingLayer(PoolingType.AVG),
              output()));
      for (CNN2DFormat format : CNN2DFormat.values()) {
        boolean nchw = format == CNN2DFormat.NCHW;
        result.add(
            new Case(
                "images " + format + (masked ? ", masked" : ""),
                InputType.convolutional(3, 2, 2, format),
                new DataSet(
                    nchw ? gaussian(random, d, 2, 2, 3, 2) : gaussian(random, d, 2, 3, 2, 2),
                    labels(random, 1, 2, 3),
                    masked ? imageMask : null,
                    null),
                norm(),
                new ConvolutionLayer.Builder(1, 1).dataFormat(format).nOut(3).build(),
                norm(),
                new GlobalPoolingLayer(PoolingType.AVG),
                output()));
      }
    }
    result.add(
        new Case(
            "flat images",
            InputType.convolutionalFlat(3, 2, 2),
            new DataSet(gaussian(random, d, 2, 12), labels(random, 1, 2, 3)),
            norm(),
            output()));
    return result.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void hasTheGradientsOfItsDifferences(Case tested) {
    MultiLayerNetwork net = net(global(DataType.DOUBLE), tested.type, tested.layers);
    net.setParams(gaussian(new Random(9), DataType.DOUBLE, 1, net.numParams()));
    assertThat(
            GradientCheckUtil.checkGradients(
                new GradientCheckUtil.MLNConfig()
                    .net(net)
                    .input(tested.data.getFeatures())
                    .labels(tested.data.getLabels())
                    .inputMask(tested.data.getFeaturesMaskArray())
                    .labelMask(tested.data.getLabelsMaskArray())
                    .maxRelError(1e-5)))
        .isTrue();
  }

  @Test
  void maskedStepsComeOutAsZeroAndCountNothing() {
    INDArray mask = Nd4j.createFromArray(new double[][] {{1, 1, 0}, {1, 0, 0}});
    Random random = new Random(2);
    MultiLayerNetwork net =
        net(global(DataType.DOUBLE), InputType.recurrent(4, 3), norm(), rnnOutput(RNNFormat.NCW));
    net.setParams(gaussian(random, DataType.DOUBLE, 1, net.numParams()));
    DataSet data =
        new DataSet(
            gaussian(random, DataType.DOUBLE, 2, 4, 3), labels(random, 1, 2, 3, 3), mask, null);
    List<INDArray> first = outputAndGradient(net.clone(), data);
    for (int n = 0; n < 2; n++) {
      for (int f = 0; f < 4; f++) {
        for (int t = 0; t < 3; t++) {
          boolean zero = first.get(0).getDouble(n, f, t) == 0;
          assertThat(zero).isEqualTo(mask.getDouble(n, t) == 0);
          if (zero) {
            data.getFeatures().putScalar(new int[] {n, f, t}, random.nextGaussian());
          }
        }
      }
    }
    assertThat(outputAndGradient(net.clone(), data)).isEqualTo(first);
  }

  private static List<INDArray> outputAndGradient(MultiLayerNetwork net, DataSet data) {
    net.setLayerMaskArrays(data.getFeaturesMaskArray(), data.getLabelsMaskArray());
    INDArray output = net.feedForward(data.getFeatures(), true).get(1).dup();
    net.clearLayerMaskArrays();
    net.fit(data);
    return List.of(output, net.getFlattenedGradients().dup());
  }

  @ParameterizedTest
  @EnumSource(WorkspaceMode.class)
  void trainsInEveryWorkspaceMode(WorkspaceMode mode) {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
      MultiLayerNetwork net =
          net(
              global(type)
                  .updater(new Adam(0.01))
                  .trainingWorkspaceMode(mode)
                  .inferenceWorkspaceMode(mode),
              InputType.convolutional(3, 2, 2),
              new ConvolutionLayer.Builder(1, 1).nOut(4).build(),
              new LayerNormalization.Builder().dropOut(0.9).build(),
              new DenseLayer.Builder().nOut(6).build(),
              new LayerNormalization(),
              output());
      Random random = new Random(4);
      DataSet data =
          new DataSet(
              gaussian(random, type, 8, 2, 3, 2),
              Nd4j.eye(3).castTo(type).get(Nd4j.createFromArray(0, 1, 2, 0, 1, 2, 0, 1)));
      double before = net.score(data);
      for (int i = 0; i < 30; i++) {
        net.fit(data);
      }
      assertThat(net.score(data)).isLessThan(0.7 * before);
    }
  }

  @Test
  void goesThroughJsonAndClones() {
    MultiLayerConfiguration stack =
        net(
                global(DataType.FLOAT),
                InputType.recurrent(4, 3, RNNFormat.NWC),
                norm(),
                rnnOutput(RNNFormat.NWC))
            .getLayerWiseConfigurations();
    MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(stack.toJson());
    assertThat(read).isEqualTo(stack).isEqualTo(stack.clone());
    LayerNormalization layer = (LayerNormalization) read.getConf(0).getLayer();
    assertThat(layer.getEps()).isEqualTo(EPS);
    assertThat(layer.isChannelsLast()).isTrue();
    assertThat(layer.getNIn()).isEqualTo(4);
    assertThat(layer.getNOut()).isEqualTo(4);
    assertThat(layer).isNotEqualTo(new LayerNormalization()).isEqualTo(layer.clone());
    assertThat(layer).hasSameHashCodeAs(layer.clone());

    ComputationGraph graph = graph();
    ComputationGraphConfiguration readGraph =
        ComputationGraphConfiguration.fromJson(graph.getConfiguration().toJson());
    assertThat(readGraph).isEqualTo(graph.getConfiguration());
    INDArray x = gaussian(new Random(6), DataType.DOUBLE, 3, 4);
    assertThat(graph.clone().outputSingle(x)).isEqualTo(graph.outputSingle(x));
    ComputationGraph again = new ComputationGraph(readGraph);
    again.init();
    again.setParams(graph.params());
    assertThat(again.outputSingle(x)).isEqualTo(graph.outputSingle(x));
  }

  @Test
  void hasTheGradientsOfItsDifferencesInAGraph() {
    Random random = new Random(8);
    ComputationGraph graph = graph();
    graph.setParams(gaussian(random, DataType.DOUBLE, 1, graph.numParams()));
    assertThat(
            GradientCheckUtil.checkGradients(
                new GradientCheckUtil.GraphConfig()
                    .net(graph)
                    .inputs(new INDArray[] {gaussian(random, DataType.DOUBLE, 3, 4)})
                    .labels(new INDArray[] {labels(random, 1, 3, 3)})
                    .maxRelError(1e-5)))
        .isTrue();
  }

  /** A residual block with the normalisation in front, as in a transformer. */
  private static ComputationGraph graph() {
    ComputationGraph graph =
        new ComputationGraph(
            global(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("x")
                .addLayer("norm", norm(), "x")
                .addLayer("dense", new DenseLayer.Builder().nOut(4).build(), "norm")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "x", "dense")
                .addLayer("out", output(), "sum")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(4))
                .build());
    graph.init();
    return graph;
  }

  @Test
  void isNotRegularized() {
    MultiLayerNetwork net =
        net(
            global(DataType.DOUBLE).l2(0.1).l2Bias(0.1).weightDecay(0.1),
            InputType.feedForward(4),
            norm());
    assertThat(net.calcRegularizationScore(true)).isZero();
    assertThat(net.getLayer(0).conf().getLayer().getRegularizationByParam("g")).isNull();
  }

  @Test
  void reportsItsMemory() {
    LayerNormalization layer =
        (LayerNormalization)
            net(global(DataType.DOUBLE).updater(new Adam()), InputType.feedForward(4), norm())
                .getLayer(0)
                .conf()
                .getLayer();
    var report = layer.getMemoryReport(InputType.feedForward(4));
    assertThat(report.getParameterSize()).isEqualTo(8);
    assertThat(report.getUpdaterStateSize()).isEqualTo(16);
  }

  @Test
  void refusesWhatItCannotWorkOn() {
    assertThatThrownBy(() -> new LayerNormalization.Builder().eps(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("eps is 0.0");
    assertThatThrownBy(() -> new LayerNormalization.Builder().nIn(3).nOut(4).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nIn is 3 and nOut is 4");
    assertThatThrownBy(
            () ->
                new MultiLayerNetwork(global(DataType.DOUBLE).list().layer(norm()).build()).init())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("nIn 0 and nOut 0");
    MultiLayerNetwork net = net(global(DataType.DOUBLE), InputType.feedForward(4), norm());
    assertThatThrownBy(() -> net.output(Nd4j.ones(DataType.DOUBLE, 2, 3)))
        .hasMessageContaining("[2, 3] does not have 4 features");
  }
}
