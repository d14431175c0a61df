package org.adafisher;

import static org.adafisher.TestNetworks.parameters;
import static org.adafisher.TestNetworks.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.adafisher.curvature.FactorEstimators;
import org.adafisher.curvature.KroneckerFactors;
import org.adafisher.curvature.ParameterSpan;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CapsuleLayer;
import org.deeplearning4j.nn.conf.layers.CapsuleStrengthLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.PrimaryCapsules;
import org.deeplearning4j.nn.conf.layers.RecurrentAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/** Networks with layers that are SameDiff graphs: their steps, their training, their resuming. */
class SameDiffKindsTest {

  @TempDir Path folder;

  enum Kind {
    LOCALLY_CONNECTED_1D(InputType.recurrent(3, 6), "W", "b") {
      @Override
      List<Layer> layers() {
        return List.of(
            new LocallyConnected1D.Builder().kernelSize(2).nOut(4).build(),
            new GlobalPoolingLayer());
      }
    },
    LOCALLY_CONNECTED_2D(InputType.convolutional(5, 4, 2), "W", "b") {
      @Override
      List<Layer> layers() {
        return List.of(new LocallyConnected2D.Builder().kernelSize(2, 2).nOut(3).build());
      }
    },
    SELF_ATTENTION(InputType.recurrent(4, 5), "Wq", "Wk", "Wv", "Wo") {
      @Override
      List<Layer> layers() {
        return List.of(
            new SelfAttentionLayer.Builder().nOut(6).nHeads(2).projectInput(true).build(),
            new GlobalPoolingLayer());
      }
    },
    RECURRENT_ATTENTION(InputType.recurrent(4, 5), "W", "RW", "b", "Wq", "Wk", "Wv", "Wo") {
      @Override
      List<Layer> layers() {
        return List.of(
            new RecurrentAttentionLayer.Builder().nOut(6).nHeads(2).build(),
            new GlobalPoolingLayer());
      }
    },
    CAPSULES(InputType.recurrent(6, 4), "weight", "bias") {
      @Override
      List<Layer> layers() {
        return List.of(
            new CapsuleLayer.Builder(4, 3, 2).hasBias(true).build(),
            new CapsuleStrengthLayer.Builder().build());
      }
    },
    PRIMARY_CAPSULES(InputType.convolutional(6, 6, 1), "weight", "bias") {
      @Override
      List<Layer> layers() {
        return List.of(
            new PrimaryCapsules.Builder(2, 3).kernelSize(3, 3).stride(2, 2).build(),
            new CapsuleLayer.Builder(4, 3, 2).build(),
            new CapsuleStrengthLayer.Builder().build());
      }
    };

    private final InputType input;
    private final List<String> parameters;

    Kind(InputType input, String... parameters) {
      this.input = input;
      this.parameters = List.of(parameters);
    }

    abstract List<Layer> layers();

    MultiLayerNetwork network(IUpdater updater, DataType type) {
      var list = TestNetworks.global(type, updater).list();
      layers().forEach(list::layer);
      MultiLayerNetwork net =
          new MultiLayerNetwork(list.layer(TestNetworks.softmax()).setInputType(input).build());
      net.init();
      AdaFisher.attach(net);
      return net;
    }

    /** Classes that differ in their means. */
    List<DataSet> batches(int count, DataType type) {
      Random random = new Random(17);
      long[] shape = input.getShape(true);
      shape[0] = TestNetworks.BATCH;
      INDArray[] means =
          IntStream.range(0, TestNetworks.CLASSES)
              .mapToObj(
                  c ->
                      TestNetworks.random(random, type, Arrays.copyOfRange(shape, 1, shape.length)))
              .toArray(INDArray[]::new);
      return Stream.generate(
              () -> {
                INDArray features = TestNetworks.random(random, type, shape).muli(0.3);
                INDArray labels = Nd4j.zeros(type, shape[0], TestNetworks.CLASSES);
                for (int row = 0; row < shape[0]; row++) {
                  int label = random.nextInt(TestNetworks.CLASSES);
                  labels.putScalar(row, label, 1);
                  features.slice(row).addi(means[label]);
                }
                return new DataSet(features, labels);
              })
          .limit(count)
          .toList();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyParameterIsDividedByItsOwnUnitAndInput(Kind kind) throws ReflectiveOperationException {
    MultiLayerNetwork net =
        kind.network(AdaFisher.builder().refreshInterval(1).build(), DataType.DOUBLE);
    var layer = net.getLayer(0);
    var layout = FactorEstimators.forLayer(layer).orElseThrow().layout(layer);
    assertThat(layout.spans().stream().map(ParameterSpan::parameter))
        .containsExactlyInAnyOrderElementsOf(kind.parameters);
    Map<String, INDArray> before = new LinkedHashMap<>();
    layer.paramTable().forEach((name, value) -> before.put(name, value.dup('c')));

    TestNetworks.fit(net, kind.batches(1, DataType.DOUBLE));

    assertThat(graphOf(layer).getListeners()).as("what watched it is off again").isEmpty();
    Map<String, KroneckerFactors> factors = AdaFisher.attach(net).factors(net);
    double[] momentum = state(net);
    int offset = 0;
    for (Map.Entry<String, INDArray> parameter : before.entrySet()) {
      ParameterSpan span = layout.spansOf(parameter.getKey()).get(0);
      KroneckerFactors own =
          factors.get("layer0" + (span.part().isEmpty() ? "" : "/" + span.part()));
      double[] h = own.inputFactor().toDoubleVector();
      double[] s = own.gradientFactor().toDoubleVector();
      INDArray moved = parameter.getValue().sub(layer.getParam(parameter.getKey())).dup('c');
      double[] step = span.arrangement().byUnit(moved.reshape(moved.length())).toDoubleVector();
      int inputs = (int) span.inputs();
      long perGroup = span.outputs() / span.groups();
      for (int i = 0; i < step.length; i++) {
        int unit = i / inputs;
        int input = (int) (span.inputOffset() + unit / perGroup * inputs + i % inputs);
        double fisher = h[input] * s[unit] + 1e-3;
        assertThat(step[i]).isCloseTo(1e-3 * momentum[offset + i] / 0.1 / fisher, within(1e-10));
      }
      offset += step.length;
    }
  }

  private static SameDiff graphOf(org.deeplearning4j.nn.api.Layer layer)
      throws ReflectiveOperationException {
    Field field =
        org.deeplearning4j.nn.layers.samediff.SameDiffLayer.class.getDeclaredField("sameDiff");
    field.setAccessible(true);
    return (SameDiff) field.get(layer);
  }

  static Stream<Arguments> kindsAndUpdaters() {
    return Stream.of(Kind.values())
        .flatMap(
            kind ->
                Stream.of(new AdaFisher(1e-3), AdaFisher.centred())
                    .map(updater -> Arguments.of(kind, updater)));
  }

  @ParameterizedTest
  @MethodSource("kindsAndUpdaters")
  void trains(Kind kind, AdaFisher updater) {
    MultiLayerNetwork net = kind.network(updater, DataType.FLOAT);
    List<DataSet> data = kind.batches(30, DataType.FLOAT);
    DataSet all = DataSet.merge(data);
    double before = net.score(all, true);
    TestNetworks.fit(net, data);
    assertThat(net.score(all, true)).isLessThan(0.97 * before);
  }

  static Stream<Arguments> kindsAndRefreshingUpdaters() {
    return Stream.of(Kind.values())
        .flatMap(
            kind ->
                Stream.of(TestNetworks.adaFisher(), AdaFisher.centred())
                    .map(updater -> Arguments.of(kind, updater)));
  }

  @ParameterizedTest
  @MethodSource("kindsAndRefreshingUpdaters")
  void resumes(Kind kind, AdaFisher updater) throws IOException {
    List<DataSet> data = kind.batches(9, DataType.DOUBLE);
    MultiLayerNetwork whole = kind.network(updater, DataType.DOUBLE);
    TestNetworks.fit(whole, data);

    MultiLayerNetwork first = kind.network(updater, DataType.DOUBLE);
    TestNetworks.fit(first, data.subList(0, 5));
    File file = folder.resolve("model.zip").toFile();
    ModelSerializer.writeModel(first, file, true);
    MultiLayerNetwork second = MultiLayerNetwork.load(file, true);
    AdaFisher.attach(second);
    TestNetworks.fit(second, data.subList(5, 9));

    assertThat(parameters(second)).isEqualTo(parameters(whole));
    assertThat(state(second)).isEqualTo(state(whole));
  }

  private static ComputationGraph attentionGraph(IUpdater updater) {
    ComputationGraph graph =
        new ComputationGraph(
            TestNetworks.global(DataType.DOUBLE, updater)
                .graphBuilder()
                .addInputs("in")
                .addVertex(
                    "attention",
                    new AttentionVertex.Builder()
                        .nInQueries(4)
                        .nInKeys(4)
                        .nInValues(4)
                        .nOut(6)
                        .nHeads(2)
                        .projectInput(true)
                        .build(),
                    "in",
                    "in",
                    "in")
                .addLayer("pooled", new GlobalPoolingLayer(), "attention")
                .addLayer("class", TestNetworks.softmax(), "pooled")
                .setOutputs("class")
                .setInputTypes(InputType.recurrent(4, 5))
                .build());
    graph.init();
    return graph;
  }

  static Stream<AdaFisher> updaters() {
    return Stream.of(TestNetworks.adaFisher(), AdaFisher.centred());
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void anAttentionVertexTrainsAndResumes(AdaFisher updater) throws IOException {
    List<DataSet> data = Kind.SELF_ATTENTION.batches(30, DataType.DOUBLE);
    ComputationGraph whole = attentionGraph(updater);
    AdaFisherListener listener = AdaFisher.attach(whole);
    DataSet all = DataSet.merge(data);
    double before = whole.score(all, true);
    TestNetworks.fit(whole, data);
    assertThat(whole.score(all, true)).isLessThan(0.97 * before);
    assertThat(listener.factors(whole))
        .containsOnlyKeys("attention/Wq", "attention/Wk", "attention/Wv", "attention/Wo", "class");

    ComputationGraph first = attentionGraph(updater);
    AdaFisher.attach(first);
    TestNetworks.fit(first, data.subList(0, 14));
    File file = folder.resolve("graph.zip").toFile();
    ModelSerializer.writeModel(first, file, true);
    ComputationGraph second = ComputationGraph.load(file, true);
    AdaFisher.attach(second);
    TestNetworks.fit(second, data.subList(14, 30));
    assertThat(parameters(second)).isEqualTo(parameters(whole));
    assertThat(state(second)).isEqualTo(state(whole));

    AdaFisher.detach(second);
    assertThat(second.getConfiguration().toJson()).doesNotContain("org.adafisher");
    TestNetworks.fit(second, data.subList(0, 1));
  }
}
