package org.adafisher.bench.model.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InvalidInputTypeException;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryType;
import org.deeplearning4j.nn.conf.memory.MemoryUseMode;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
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
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class CausalAttentionVertexTest {

  private static final String[] INPUTS = {"queries", "keys", "values"};

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

  /** How the vertex is given its inputs. */
  enum Layout {
    SERIES,
    ROWS
  }

  /** Some sizes, and what is masked. */
  enum Case {
    PLAIN(3, 6, 5, 2, null),
    ONE_HEAD(2, 3, 4, 1, null),
    ONE_FEATURE_A_HEAD(2, 3, 4, 3, null),
    ONE_EXAMPLE(1, 4, 5, 2, null),
    ONE_STEP(3, 4, 1, 2, null),
    PADDED(3, 4, 4, 2, new double[][] {{1, 1, 1, 0}, {1, 1, 1, 1}, {1, 0, 0, 0}}),
    HOLES(2, 4, 4, 2, new double[][] {{0, 1, 0, 1}, {1, 0, 1, 1}}),
    NOTHING_LEFT(2, 4, 3, 2, new double[][] {{1, 1, 0}, {0, 0, 0}}),
    ONE_PADDED_EXAMPLE(1, 4, 3, 2, new double[][] {{1, 1, 0}});

    private final int examples;
    private final int width;
    private final int steps;
    private final int heads;
    private final double[][] mask;

    Case(int examples, int width, int steps, int heads, double[][] mask) {
      this.examples = examples;
      this.width = width;
      this.steps = steps;
      this.heads = heads;
      this.mask = mask;
    }

    private INDArray mask() {
      return mask == null ? null : Nd4j.create(mask);
    }

    private boolean present(int example, int step) {
      return mask == null || mask[example][step] != 0;
    }
  }

  record Setting(Case example, Layout layout, WorkspaceMode workspaces) {}

  static Stream<Setting> settings() {
    List<Setting> settings = new ArrayList<>();
    for (Case example : Case.values()) {
      for (Layout layout : Layout.values()) {
        settings.add(new Setting(example, layout, WorkspaceMode.ENABLED));
      }
    }
    settings.add(new Setting(Case.PADDED, Layout.SERIES, WorkspaceMode.NONE));
    settings.add(new Setting(Case.PADDED, Layout.ROWS, WorkspaceMode.NONE));
    return settings.stream();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void theOutputIsThatOfPlainLoops(Setting setting) {
    Case sizes = setting.example();
    INDArray[] inputs = inputs(sizes, DataType.DOUBLE);
    ComputationGraph net = bare(setting, DataType.DOUBLE);
    assertClose(output(net, inputs, sizes.mask()), loops(sizes, inputs), 1e-12);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void floatsDoAsWell(Layout layout) {
    Setting setting = new Setting(Case.PADDED, layout, WorkspaceMode.ENABLED);
    INDArray[] inputs = inputs(Case.PADDED, DataType.FLOAT);
    INDArray output =
        output(bare(setting, DataType.FLOAT), inputs, Case.PADDED.mask().castTo(DataType.FLOAT));
    assertThat(output.dataType()).isEqualTo(DataType.FLOAT);
    assertClose(output, loops(Case.PADDED, inputs), 1e-6);
  }

  /** As those of a trained network may be; ND4J's own softmax cannot do it. */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void scoresMayBeLarge(Layout layout) {
    INDArray[] inputs = inputs(Case.PLAIN, DataType.DOUBLE);
    inputs[0].muli(1e4);
    ComputationGraph net =
        bare(new Setting(Case.PLAIN, layout, WorkspaceMode.ENABLED), DataType.DOUBLE);
    assertClose(output(net, inputs, null), loops(Case.PLAIN, inputs), 1e-9);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void theGradientIsThatOfDifferences(Setting setting) {
    Case sizes = setting.example();
    ComputationGraph net = projected(setting, DataType.DOUBLE, new NoOp());
    DataSet data = data(sizes, DataType.DOUBLE);
    INDArray[] mask = sizes.mask == null ? null : new INDArray[] {sizes.mask()};
    assertThat(
            GradientCheckUtil.checkGradients(
                new GradientCheckUtil.GraphConfig()
                    .net(net)
                    .inputs(new INDArray[] {data.getFeatures()})
                    .labels(new INDArray[] {data.getLabels()})
                    .inputMask(mask)
                    .labelMask(mask)
                    .epsilon(1e-6)
                    .maxRelError(1e-5)
                    .minAbsoluteError(1e-9)))
        .isTrue();
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void whatComesLaterChangesNothingEarlier(Layout layout) {
    ComputationGraph net =
        bare(new Setting(Case.PLAIN, layout, WorkspaceMode.ENABLED), DataType.DOUBLE);
    INDArray[] inputs = inputs(Case.PLAIN, DataType.DOUBLE);
    INDArray before = output(net, inputs, null);
    int changed = 3;
    for (INDArray input : inputs) {
      input.get(all(), all(), NDArrayIndex.point(changed)).muli(-3).addi(1);
    }
    INDArray after = output(net, inputs, null);
    var earlier = NDArrayIndex.interval(0, changed);
    assertThat(after.get(all(), all(), earlier)).isEqualTo(before.get(all(), all(), earlier));
    for (int step = changed; step < Case.PLAIN.steps; step++) {
      var at = NDArrayIndex.point(step);
      assertThat(after.get(all(), all(), at)).isNotEqualTo(before.get(all(), all(), at));
    }
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void aMaskIsForgottenWithItsMinibatch(Layout layout) {
    ComputationGraph net =
        bare(new Setting(Case.PADDED, layout, WorkspaceMode.ENABLED), DataType.DOUBLE);
    INDArray[] inputs = inputs(Case.PADDED, DataType.DOUBLE);
    INDArray before = output(net, inputs, null);
    assertThat(output(net, inputs, Case.PADDED.mask())).isNotEqualTo(before);
    assertThat(output(net, inputs, null)).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void workspacesMakeNoDifference(Layout layout) {
    INDArray[] trained = new INDArray[2];
    for (WorkspaceMode mode : List.of(WorkspaceMode.ENABLED, WorkspaceMode.NONE)) {
      ComputationGraph net =
          projected(new Setting(Case.PADDED, layout, mode), DataType.DOUBLE, new Sgd(0.5));
      DataSet data = data(Case.PADDED, DataType.DOUBLE);
      INDArray before = net.params().dup();
      for (int i = 0; i < 4; i++) {
        net.fit(data);
      }
      assertThat(net.params()).isNotEqualTo(before);
      trained[mode == WorkspaceMode.NONE ? 0 : 1] = net.params();
    }
    assertThat(trained[0]).isEqualTo(trained[1]);
  }

  @Test
  void isSavedAndCloned() {
    CausalAttentionVertex vertex = new CausalAttentionVertex(2);
    assertThat(vertex.clone()).isNotSameAs(vertex).isEqualTo(vertex).hasSameHashCodeAs(vertex);
    assertThat(vertex).isNotEqualTo(new CausalAttentionVertex(3));
    ComputationGraphConfiguration conf =
        projected(
                new Setting(Case.PLAIN, Layout.ROWS, WorkspaceMode.ENABLED),
                DataType.FLOAT,
                new NoOp())
            .getConfiguration();
    ComputationGraphConfiguration restored = ComputationGraphConfiguration.fromJson(conf.toJson());
    assertThat(restored).isEqualTo(conf);
    assertThat(((CausalAttentionVertex) restored.getVertices().get("attention")).getHeads())
        .isEqualTo(Case.PLAIN.heads);
  }

  @Test
  void refusesWhatDoesNotFit() {
    InputType series = InputType.recurrent(6, 5);
    InputType rows = InputType.feedForward(6);
    CausalAttentionVertex vertex = new CausalAttentionVertex(3);
    assertThat(vertex.getOutputType(0, series, series, series)).isEqualTo(series);
    assertThat(vertex.getOutputType(0, rows, rows, rows)).isEqualTo(rows);
    assertThatThrownBy(() -> new CausalAttentionVertex(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("CausalAttentionVertex: heads is 0, but has to be at least 1.");
    assertThatThrownBy(() -> vertex.getOutputType(0, series, series))
        .isInstanceOf(InvalidInputTypeException.class)
        .hasMessageContaining("it has 2 inputs");
    assertThatThrownBy(() -> vertex.getOutputType(0, series, rows, series))
        .isInstanceOf(InvalidInputTypeException.class)
        .hasMessageContaining("have to be alike");
    assertThatThrownBy(() -> new CausalAttentionVertex(4).getOutputType(0, series, series, series))
        .isInstanceOf(InvalidInputTypeException.class)
        .hasMessage(
            "CausalAttentionVertex: a width of 6 cannot be shared by 4 heads; take a multiple.");
    InputType other = InputType.recurrent(6, 5, RNNFormat.NWC);
    assertThatThrownBy(() -> vertex.getOutputType(0, other, other, other))
        .isInstanceOf(InvalidInputTypeException.class)
        .hasMessageContaining("NCW");
    ComputationGraph net =
        bare(new Setting(Case.PLAIN, Layout.SERIES, WorkspaceMode.ENABLED), DataType.DOUBLE);
    INDArray[] inputs = inputs(Case.PLAIN, DataType.DOUBLE);
    inputs[1] = inputs[1].get(all(), all(), NDArrayIndex.interval(0, 2)).dup();
    assertThatThrownBy(() -> output(net, inputs, null))
        .hasMessageContaining("CausalAttentionVertex 'attention': queries, keys and values");
  }

  @Test
  void reportsTheMemoryOfAllPairsOfSteps() {
    InputType series = InputType.recurrent(6, 5);
    MemoryReport report = new CausalAttentionVertex(3).getMemoryReport(series, series, series);
    long weights = 3 * 5 * 5;
    assertThat(
            report.getMemoryBytes(
                MemoryType.WORKING_MEMORY_VARIABLE,
                2,
                MemoryUseMode.TRAINING,
                CacheMode.NONE,
                DataType.FLOAT))
        .isEqualTo(2 * 2 * weights * Float.BYTES);
  }

  private static org.nd4j.linalg.indexing.INDArrayIndex all() {
    return NDArrayIndex.all();
  }

  /** The vertex with its inputs as they are; what it gives is the activation "result". */
  private static ComputationGraph bare(Setting setting, DataType type) {
    Case sizes = setting.example();
    InputType input = InputType.recurrent(sizes.width, sizes.steps);
    GraphBuilder graph =
        global(setting, type, new NoOp()).addInputs(INPUTS).setInputTypes(input, input, input);
    CausalAttentionVertex attention = new CausalAttentionVertex(sizes.heads);
    if (setting.layout() == Layout.SERIES) {
      graph.addVertex("attention", attention, INPUTS);
    } else {
      for (String name : INPUTS) {
        graph.addVertex(
            name + "_rows", new PreprocessorVertex(new RnnToFeedForwardPreProcessor()), name);
      }
      graph.addVertex("attention", attention, "queries_rows", "keys_rows", "values_rows");
    }
    if (setting.layout() == Layout.ROWS) {
      graph.addVertex(
          "result", new PreprocessorVertex(new FeedForwardToRnnPreProcessor()), "attention");
    }
    ComputationGraph net =
        new ComputationGraph(
            graph
                .addLayer(
                    "output", output(), setting.layout() == Layout.ROWS ? "result" : "attention")
                .setOutputs("output")
                .build());
    net.init();
    return net;
  }

  private static INDArray output(ComputationGraph net, INDArray[] inputs, INDArray mask) {
    net.setLayerMaskArrays(mask == null ? null : new INDArray[] {mask, mask, mask}, null);
    var activations = net.feedForward(inputs, false);
    return activations.getOrDefault("result", activations.get("attention")).dup();
  }

  /** The vertex behind three projections of one input. */
  private static ComputationGraph projected(Setting setting, DataType type, IUpdater updater) {
    Case sizes = setting.example();
    GraphBuilder graph =
        global(setting, type, updater)
            .addInputs("input")
            .setInputTypes(InputType.recurrent(2, sizes.steps));
    for (String name : INPUTS) {
      FeedForwardLayer projection =
          setting.layout() == Layout.ROWS
              ? new DenseLayer.Builder().nOut(sizes.width).build()
              : new Convolution1DLayer.Builder(1).nOut(sizes.width).build();
      graph.addLayer(name, projection, "input");
    }
    ComputationGraph net =
        new ComputationGraph(
            graph
                .addVertex("attention", new CausalAttentionVertex(sizes.heads), INPUTS)
                .addLayer("output", output(), "attention")
                .setOutputs("output")
                .build());
    net.init();
    return net;
  }

  private static GraphBuilder global(Setting setting, DataType type, IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(5)
        .dataType(type)
        .updater(updater)
        .activation(Activation.TANH)
        .trainingWorkspaceMode(setting.workspaces())
        .inferenceWorkspaceMode(setting.workspaces())
        .graphBuilder();
  }

  private static RnnOutputLayer output() {
    return new RnnOutputLayer.Builder(LossFunction.MCXENT)
        .nOut(3)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static INDArray[] inputs(Case sizes, DataType type) {
    Random random = new Random(1);
    INDArray[] result = new INDArray[INPUTS.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = gaussian(random, type, sizes.examples, sizes.width, sizes.steps);
    }
    return result;
  }

  private static DataSet data(Case sizes, DataType type) {
    Random random = new Random(2);
    INDArray labels = Nd4j.create(type, sizes.examples, 3, sizes.steps);
    for (int i = 0; i < sizes.examples; i++) {
      for (int t = 0; t < sizes.steps; t++) {
        labels.putScalar(i, random.nextInt(3), t, 1);
      }
    }
    INDArray mask = sizes.mask == null ? null : sizes.mask().castTo(type);
    return new DataSet(gaussian(random, type, sizes.examples, 2, sizes.steps), labels, mask, mask);
  }

  private static INDArray gaussian(Random random, DataType type, long... shape) {
    INDArray result = Nd4j.create(type, shape);
    for (long i = 0; i < result.length(); i++) {
      result.putScalar(i, random.nextGaussian());
    }
    return result;
  }

  /** [example][feature][step]. */
  private static double[][][] loops(Case sizes, INDArray[] inputs) {
    int size = sizes.width / sizes.heads;
    double[][][] result = new double[sizes.examples][sizes.width][sizes.steps];
    for (int i = 0; i < sizes.examples; i++) {
      for (int head = 0; head < sizes.heads; head++) {
        for (int t = 0; t < sizes.steps; t++) {
          double[] scores = new double[t + 1];
          double greatest = Double.NEGATIVE_INFINITY;
          for (int past = 0; past <= t; past++) {
            double score = 0;
            for (int j = head * size; j < (head + 1) * size; j++) {
              score += inputs[0].getDouble(i, j, t) * inputs[1].getDouble(i, j, past);
            }
            scores[past] = sizes.present(i, past) ? score / Math.sqrt(size) : -1e300;
            greatest = Math.max(greatest, scores[past]);
          }
          double[] weights = new double[t + 1];
          double sum = 0;
          for (int past = 0; past <= t; past++) {
            weights[past] = Math.exp(scores[past] - greatest);
            sum += weights[past];
          }
          for (int j = head * size; j < (head + 1) * size; j++) {
            for (int past = 0; past <= t && sizes.present(i, t); past++) {
              result[i][j][t] += weights[past] / sum * inputs[2].getDouble(i, j, past);
            }
          }
        }
      }
    }
    return result;
  }

  private static void assertClose(INDArray actual, double[][][] expected, double tolerance) {
    assertThat(actual.shape())
        .containsExactly(expected.length, expected[0].length, expected[0][0].length);
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < expected[0].length; j++) {
        for (int t = 0; t < expected[0][0].length; t++) {
          assertThat(actual.getDouble(i, j, t))
              .as("example %d, feature %d, step %d", i, j, t)
              .isCloseTo(expected[i][j][t], within(tolerance));
        }
      }
    }
  }
}
