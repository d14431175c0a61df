package org.adafisher.bench.rival.adahessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.adafisher.bench.rival.BlockParameter;
import org.adafisher.bench.rival.SmallNetworks;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.recurrent.BaseRecurrentLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class HessianProductTest {

  private static final int EXAMPLES = 5;

  static Stream<Model> networks() {
    return Stream.of(
        dense(DataType.DOUBLE, true), convolutional(true), dense(DataType.DOUBLE, false));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void signsAverageToTheExactDiagonal(Model network) {
    double[][] exact = hessian(network);
    begin(network);
    int n = exact.length;
    INDArray sum = Nd4j.zeros(DataType.DOUBLE, n);
    HessianProduct product = new HessianProduct(Network.of(network));
    // The opposite of each vector gives the same.
    int vectors = 1 << (n - 1);
    for (int bits = 0; bits < vectors; bits++) {
      double[] signs = new double[n];
      for (int i = 0; i < n; i++) {
        signs[i] = (bits >> i & 1) == 0 ? -1 : 1;
      }
      INDArray z = Nd4j.createFromArray(signs);
      sum.addi(product.times(z).muli(z));
    }
    double[] diagonal = new double[n];
    for (int i = 0; i < n; i++) {
      diagonal[i] = exact[i][i];
    }
    assertThat(sum.divi(vectors).toDoubleVector()).containsExactly(diagonal, within(1e-5));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aProductIsThatWithTheExactHessian(Model network) {
    double[][] exact = hessian(network);
    begin(network);
    for (int column = 0; column < exact.length; column++) {
      INDArray unit = Nd4j.zeros(DataType.DOUBLE, exact.length);
      unit.putScalar(column, 1);

      assertThat(new HessianProduct(Network.of(network)).times(unit).toDoubleVector())
          .containsExactly(exact[column], within(1e-5));
    }
  }

  @Test
  void inFloatItIsThatOfDoubleButForRounding() {
    Model exact = dense(DataType.DOUBLE, true);
    Model rounded = dense(DataType.FLOAT, true);
    rounded.setParams(exact.params().castTo(DataType.FLOAT));
    INDArray z = Nd4j.createFromArray(1.0, -1, -1, 1, 1, 1, -1, 1, -1, 1);
    begin(exact);
    begin(rounded);
    double[] expected = new HessianProduct(Network.of(exact)).times(z).toDoubleVector();
    INDArray product = new HessianProduct(Network.of(rounded)).times(z.castTo(DataType.FLOAT));

    assertThat(product.toDoubleVector()).containsExactly(expected, within(2e-3));
  }

  @Test
  void everythingIsAsItWasAfterwards() {
    MultiLayerNetwork network = normalised();
    Calls calls = new Calls();
    network.setListeners(new BaseTrainingListener() {}, calls);
    List<TrainingListener> listeners = new ArrayList<>(network.getListeners());
    begin(network);
    Snapshot before = Snapshot.of(network);
    int count = calls.count;
    Nd4j.getRandom().setSeed(3);
    INDArray draws = Nd4j.rand(DataType.DOUBLE, 5);
    Nd4j.getRandom().setSeed(3);

    INDArray z = Nd4j.ones(DataType.DOUBLE, network.numParams());
    INDArray product = new HessianProduct(Network.of(network)).times(z);

    // The two passes differ: had they not happened, nothing would be restored.
    assertThat(product.norm2Number().doubleValue()).isGreaterThan(1e-3);
    assertThat(Snapshot.of(network)).usingRecursiveComparison().isEqualTo(before);
    assertThat(network.getListeners()).containsExactlyElementsOf(listeners);
    assertThat(calls.count).isEqualTo(count);
    assertThat(Nd4j.rand(DataType.DOUBLE, 5)).isEqualTo(draws);
  }

  @Test
  void everythingIsAsItWasIfAPassThrows() {
    MultiLayerNetwork network = normalised();
    network.setListeners(new Calls());
    begin(network);
    Snapshot before = Snapshot.of(network);
    network.setLabels(Nd4j.zeros(DataType.DOUBLE, EXAMPLES, 7));
    INDArray z = Nd4j.ones(DataType.DOUBLE, network.numParams());
    HessianProduct product = new HessianProduct(Network.of(network));

    assertThatThrownBy(() -> product.times(z)).isInstanceOf(RuntimeException.class);

    assertThat(Snapshot.of(network)).usingRecursiveComparison().isEqualTo(before);
    assertThat(network.getListeners()).hasOnlyElementsOfType(Calls.class);
  }

  /** Else the masks' difference, divided by the tiny step, would be all there is. */
  @Test
  void bothPassesDrawTheSameDropoutMasks() {
    MultiLayerNetwork network = normalised();
    begin(network);
    INDArray z = Nd4j.ones(DataType.DOUBLE, network.numParams());

    assertThat(new HessianProduct(Network.of(network)).times(z).norm2Number().doubleValue())
        .isLessThan(1e3);
  }

  @Test
  void recurrentStateIsAsItWas() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            builder(DataType.DOUBLE)
                .list()
                .layer(new LSTM.Builder().nIn(2).nOut(3).build())
                .layer(
                    new RnnOutputLayer.Builder(LossFunction.MSE)
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
    network.init();
    INDArray features = Nd4j.rand(DataType.DOUBLE, 2, 2, 4);
    network.rnnTimeStep(features);
    Map<String, INDArray> before =
        Map.copyOf(((BaseRecurrentLayer<?>) network.getLayer(0)).rnnGetPreviousState());
    network.setInput(features);
    network.setLabels(features);
    network.computeGradientAndScore();
    new HessianProduct(Network.of(network)).times(Nd4j.ones(DataType.DOUBLE, network.numParams()));

    assertThat(before).isNotEmpty();
    assertThat(((BaseRecurrentLayer<?>) network.getLayer(0)).rnnGetPreviousState())
        .isEqualTo(before);
  }

  @Test
  void aKernelsValuesAreAveraged() {
    INDArray diagonal = Nd4j.createFromArray(9.0, 1, 2, 3, 6, 5, 5, 5, 1, 7);
    AdaHessianListener.averageKernels(
        diagonal, new BlockParameter("W", 1, new long[] {2, 1, 2, 2}, 'c'));

    assertThat(diagonal.toDoubleVector()).containsExactly(9, 3, 3, 3, 3, 4, 4, 4, 4, 7);
  }

  /** What a pass may leave behind. */
  private record Snapshot(double[] parameters, double[] gradient, double score) {

    static Snapshot of(Model network) {
      return new Snapshot(
          network.params().toDoubleVector(),
          network.getGradientsViewArray().toDoubleVector(),
          network.score());
    }
  }

  private static final class Calls extends BaseTrainingListener {
    private int count;

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
      count++;
    }

    @Override
    public void onBackwardPass(Model model) {
      count++;
    }

    @Override
    public void onGradientCalculation(Model model) {
      count++;
    }
  }

  private static NeuralNetConfiguration.Builder builder(DataType type) {
    return new NeuralNetConfiguration.Builder().seed(5).dataType(type).updater(new Sgd(0.1));
  }

  /** 1-2-2, 10 parameters. */
  private static MultiLayerNetwork dense(DataType type, boolean averaged) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            builder(type)
                .miniBatch(averaged)
                .list()
                .layer(new DenseLayer.Builder().nIn(1).nOut(2).activation(Activation.TANH).build())
                .layer(output().nIn(2).build())
                .build());
    network.init();
    return network;
  }

  /** A kernel of 2x1 on images of 3x1, as a graph: 9 parameters. */
  private static ComputationGraph convolutional(boolean averaged) {
    ComputationGraph network =
        new ComputationGraph(
            builder(DataType.DOUBLE)
                .miniBatch(averaged)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(3, 1, 1))
                .addLayer(
                    "convolution",
                    new ConvolutionLayer.Builder(2, 1).nOut(1).activation(Activation.TANH).build(),
                    "in")
                .addLayer("out", output().build(), "convolution")
                .setOutputs("out")
                .build());
    network.init();
    return network;
  }

  private static MultiLayerNetwork normalised() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            builder(DataType.DOUBLE)
                .list()
                .layer(new DenseLayer.Builder().nIn(1).nOut(8).dropOut(0.5).build())
                .layer(new BatchNormalization.Builder().nIn(8).nOut(8).build())
                .layer(output().nIn(8).dropOut(0.5).build())
                .build());
    network.init();
    return network;
  }

  private static OutputLayer.Builder output() {
    return new OutputLayer.Builder(LossFunction.MCXENT).nOut(2).activation(Activation.SOFTMAX);
  }

  private static DataSet data(Model network) {
    boolean graph = network instanceof ComputationGraph;
    DataType type = network.params().dataType();
    int width = graph ? 3 : 1;
    INDArray features = Nd4j.zeros(type, EXAMPLES, width);
    INDArray labels = Nd4j.zeros(type, EXAMPLES, 2);
    for (int i = 0; i < EXAMPLES; i++) {
      for (int j = 0; j < width; j++) {
        features.putScalar(i, j, Math.sin(3.0 * i + 2.0 * j + 1));
      }
      labels.putScalar(i, i % 2, 1);
    }
    return new DataSet(graph ? features.reshape(EXAMPLES, 1, 3, 1) : features, labels);
  }

  /** As the solver does before it calls the listeners. */
  private static void begin(Model network) {
    DataSet data = data(network);
    if (network instanceof MultiLayerNetwork stack) {
      stack.setInput(data.getFeatures());
      stack.setLabels(data.getLabels());
    } else {
      ComputationGraph graph = (ComputationGraph) network;
      graph.setInputs(data.getFeatures());
      graph.setLabels(data.getLabels());
    }
    network.computeGradientAndScore(LayerWorkspaceMgr.noWorkspaces());
  }

  /** Second differences of the score. */
  private static double[][] hessian(Model network) {
    double h = 1e-4;
    INDArray start = network.params().dup();
    int n = (int) start.length();
    double[][] result = new double[n][n];
    DataSet data = data(network);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int si = -1; si <= 1; si += 2) {
          for (int sj = -1; sj <= 1; sj += 2) {
            INDArray moved = start.dup();
            moved.putScalar(i, moved.getDouble(i) + si * h);
            moved.putScalar(j, moved.getDouble(j) + sj * h);
            network.setParams(moved);
            sum += si * sj * SmallNetworks.score(network, data);
          }
        }
        result[i][j] = sum / (4 * h * h);
      }
    }
    network.setParams(start);
    return result;
  }
}
