package org.adafisher;

import static org.adafisher.TestNetworks.parameters;
import static org.adafisher.TestNetworks.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.adafisher.curvature.KroneckerFactors;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks with each kind of recurrent layer train, and train on after they were saved. */
@SuppressWarnings("deprecation") // saved networks have Graves' LSTMs
class RecurrentKindsTest {

  private static final int INPUTS = 3;
  private static final int UNITS = 4;
  private static final int STEPS = 6;

  @TempDir Path folder;

  /** A kind of layer, and its factors' names behind its own. */
  static Stream<Arguments> kinds() {
    return Stream.of(
        kind("SimpleRnn", "", "/recurrent"),
        kind("LSTM", "", "/recurrent"),
        kind("GravesLSTM", peepholes("")),
        kind(
            "GravesBidirectionalLSTM",
            Stream.of("/forward", "/backward")
                .flatMap(way -> Stream.of(peepholes(way)))
                .toArray(String[]::new)),
        kind("Bidirectional", "/forward", "/forward/recurrent", "/backward", "/backward/recurrent"),
        kind("LastTimeStep", "", "/recurrent"),
        kind("MaskZero", "", "/recurrent"),
        kind("TimeDistributed", ""),
        kind("truncated LSTM", "", "/recurrent"),
        kind("truncated SimpleRnn", "", "/recurrent"));
  }

  private static Arguments kind(String name, String... parts) {
    return Arguments.of(name, List.of(parts));
  }

  private static String[] peepholes(String way) {
    return new String[] {
      way,
      way + "/recurrent",
      way + "/forgetPeephole",
      way + "/outputPeephole",
      way + "/inputPeephole"
    };
  }

  private static Layer layer(String kind) {
    LSTM lstm = new LSTM.Builder().nOut(UNITS).build();
    return switch (kind) {
      case "SimpleRnn", "truncated SimpleRnn" -> new SimpleRnn.Builder().nOut(UNITS).build();
      case "LSTM", "truncated LSTM" -> lstm;
      case "GravesLSTM" -> new GravesLSTM.Builder().nOut(UNITS).build();
      case "GravesBidirectionalLSTM" -> new GravesBidirectionalLSTM.Builder().nOut(UNITS).build();
      case "Bidirectional" -> new Bidirectional(lstm);
      case "LastTimeStep" -> new LastTimeStep(lstm);
      case "MaskZero" -> new MaskZeroLayer(lstm, 0);
      case "TimeDistributed" -> new TimeDistributed(new DenseLayer.Builder().nOut(UNITS).build());
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private static MultiLayerNetwork net(String kind, DataType type, AdaFisher updater) {
    var list = TestNetworks.global(type, updater).weightDecay(1e-4).list().layer(layer(kind));
    if (kind.equals("LastTimeStep")) {
      list.layer(TestNetworks.softmax());
    } else {
      list.layer(
          new RnnOutputLayer.Builder(LossFunction.MCXENT)
              .nOut(TestNetworks.CLASSES)
              .activation(Activation.SOFTMAX)
              .build());
    }
    if (kind.startsWith("truncated")) {
      list.backpropType(BackpropType.TruncatedBPTT).tBPTTForwardLength(4).tBPTTBackwardLength(3);
    }
    MultiLayerNetwork net =
        new MultiLayerNetwork(list.setInputType(InputType.recurrent(INPUTS, STEPS)).build());
    net.init();
    AdaFisher.attach(net);
    return net;
  }

  private static List<DataSet> data(String kind, DataType type, int count) {
    Random random = new Random(17);
    List<DataSet> result = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      INDArray features = TestNetworks.random(random, type, TestNetworks.BATCH, INPUTS, STEPS);
      INDArray labels = Nd4j.zeros(type, TestNetworks.BATCH, TestNetworks.CLASSES, STEPS);
      INDArray last = Nd4j.zeros(type, TestNetworks.BATCH, TestNetworks.CLASSES);
      for (int example = 0; example < TestNetworks.BATCH; example++) {
        for (int step = 0; step < STEPS; step++) {
          int label = random.nextInt(TestNetworks.CLASSES);
          labels.putScalar(new int[] {example, label, step}, 1);
          if (step == STEPS - 1) {
            last.putScalar(example, label, 1);
          }
        }
      }
      result.add(new DataSet(features, kind.equals("LastTimeStep") ? last : labels));
    }
    return result;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void trains(String kind, List<String> parts) {
    trains(kind, parts, new AdaFisher(1e-3), DataType.FLOAT);
    trains(kind, parts, AdaFisher.centred(), DataType.DOUBLE);
  }

  private static void trains(String kind, List<String> parts, AdaFisher updater, DataType type) {
    MultiLayerNetwork net = net(kind, type, updater);
    DataSet data = data(kind, type, 1).get(0);
    double before = net.score(data);
    for (int step = 0; step < 30; step++) {
      net.fit(data);
    }
    assertThat(net.score(data)).as("%s", updater).isLessThan(before);
    AdaFisherListener listener = AdaFisher.attach(net);
    assertThat(listener.droppedRefreshes()).isZero();
    assertThat(listener.factors(net).keySet())
        .containsAll(parts.stream().map(part -> "layer0" + part).toList());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void resumes(String kind, List<String> parts) throws IOException {
    for (AdaFisher updater :
        List.of(
            TestNetworks.adaFisher(),
            AdaFisher.builder().formulation(new Centred()).refreshInterval(3).build())) {
      List<DataSet> data = data(kind, DataType.FLOAT, 10);
      MultiLayerNetwork whole = net(kind, DataType.FLOAT, updater);
      TestNetworks.fit(whole, data);

      MultiLayerNetwork first = net(kind, DataType.FLOAT, updater);
      TestNetworks.fit(first, data.subList(0, 5));
      File file = folder.resolve("model.zip").toFile();
      ModelSerializer.writeModel(first, file, true);
      MultiLayerNetwork second = MultiLayerNetwork.load(file, true);
      AdaFisher.attach(second);
      TestNetworks.fit(second, data.subList(5, 10));

      assertThat(parameters(second)).isEqualTo(parameters(whole));
      assertThat(state(second)).isEqualTo(state(whole));
    }
  }

  /** The step of a Graves LSTM's recurrent weights, four parts in one parameter. */
  @Test
  void peepholesAreDividedByTheirOwnFactors() {
    MultiLayerNetwork net = net("GravesLSTM", DataType.DOUBLE, new AdaFisher(1e-3));
    INDArray weights = net.getLayer(0).getParam("RW");
    double[] before = weights.dup('f').data().asDouble();
    AtomicReference<INDArray> sum = new AtomicReference<>();
    net.addListeners(
        new BaseTrainingListener() {
          @Override
          public void onBackwardPass(Model model) {
            sum.set(model.gradient().getGradientFor("0_RW").detach().dup('f'));
          }
        });
    net.fit(data("GravesLSTM", DataType.DOUBLE, 1).get(0));
    double[] after = weights.dup('f').data().asDouble();

    Map<String, KroneckerFactors> factors = AdaFisher.attach(net).factors(net);
    double[] gradient = sum.get().data().asDouble();
    double damping = Released.DEFAULT_DAMPING;
    double decay = 1e-3 * 1e-4; // the rate times the weights' decay
    List<String> peepholes = List.of("forgetPeephole", "outputPeephole", "inputPeephole");
    for (int k = 0; k < 4 * UNITS + 3; k++) {
      for (int j = 0; j < UNITS; j++) {
        boolean dense = k < 4 * UNITS;
        KroneckerFactors own =
            factors.get("layer0/" + (dense ? "recurrent" : peepholes.get(k - 4 * UNITS)));
        double fisher =
            own.inputFactor().getDouble(j) * own.gradientFactor().getDouble(dense ? k : j);
        int at = k * UNITS + j;
        double step = 1e-3 * gradient[at] / TestNetworks.BATCH / (fisher + damping);
        assertThat(before[at] - after[at])
            .as("column %d, row %d", k, j)
            .isCloseTo(step + decay * before[at], within(1e-9 * Math.abs(step) + 1e-15));
      }
    }
  }

  @Test
  void attachFindsDuplicateWeightDecayInsideABidirectional() {
    MultiLayerNetwork net = net("Bidirectional", DataType.DOUBLE, new AdaFisher(1e-3));
    for (String parameter : List.of("fW", "fRW", "bW", "bRW")) {
      assertThat(net.getLayer(0).getConfig().getRegularizationByParam(parameter))
          .as(parameter)
          .hasSize(1);
    }
  }

  /** Without workspaces, which DL4J's cache of this layer does not work in. */
  @Test
  void aLayerThatGoesBackFromACacheTrainsByTheRule() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, new AdaFisher(1e-3))
                .cacheMode(CacheMode.DEVICE)
                .trainingWorkspaceMode(WorkspaceMode.NONE)
                .list()
                .layer(layer("GravesBidirectionalLSTM"))
                .layer(
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(TestNetworks.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(INPUTS, STEPS))
                .build());
    net.init();
    AdaFisherListener listener = AdaFisher.attach(net);
    double[] before = parameters(net);
    net.fit(data("GravesBidirectionalLSTM", DataType.DOUBLE, 1).get(0));
    assertThat(parameters(net)).isNotEqualTo(before);
    assertThat(listener.factors(net)).containsOnlyKeys("layer1");
  }

  /** A graph, unlike a stack, does go back from a state and through part of a window. */
  @Test
  void aTruncatedGraphTrains() {
    for (String kind : List.of("LSTM", "GravesLSTM", "SimpleRnn")) {
      ComputationGraph graph =
          new ComputationGraph(
              TestNetworks.global(DataType.DOUBLE, AdaFisher.centred())
                  .graphBuilder()
                  .addInputs("in")
                  .addLayer("rnn", layer(kind), "in")
                  .addLayer(
                      "out",
                      new RnnOutputLayer.Builder(LossFunction.MCXENT)
                          .nOut(TestNetworks.CLASSES)
                          .activation(Activation.SOFTMAX)
                          .build(),
                      "rnn")
                  .setOutputs("out")
                  .setInputTypes(InputType.recurrent(INPUTS, STEPS))
                  .backpropType(BackpropType.TruncatedBPTT)
                  .tBPTTForwardLength(3)
                  .tBPTTBackwardLength(2)
                  .build());
      graph.init();
      AdaFisherListener listener = AdaFisher.attach(graph);
      DataSet data = data(kind, DataType.DOUBLE, 1).get(0);
      double before = graph.score(data);
      for (int step = 0; step < 30; step++) {
        graph.fit(data);
      }
      assertThat(graph.score(data)).as(kind).isLessThan(before);
      // Averages start at 0 under this formulation: they are of what the passes showed.
      assertThat(listener.factors(graph).get("rnn/recurrent").gradientFactor().minNumber())
          .satisfies(least -> assertThat(least.doubleValue()).isPositive());
    }
  }
}
