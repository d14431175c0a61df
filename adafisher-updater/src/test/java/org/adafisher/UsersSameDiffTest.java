package org.adafisher;

import static org.adafisher.TestNetworks.adaFisher;
import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.adafisher.TestNetworks.parameters;
import static org.adafisher.TestNetworks.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SDVertexParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffOutputLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/** Layers and vertices that a user has written as SameDiff graphs: all follow the rule. */
class UsersSameDiffTest {

  private static final int UNITS = 5;

  @TempDir Path folder;

  /** A user's hidden layer. */
  @SuppressWarnings("serial") // DL4J writes it as JSON
  public static final class Hidden extends SameDiffLayer {

    @Override
    public SDVariable defineLayer(
        SameDiff graph, SDVariable input, Map<String, SDVariable> parameters, SDVariable mask) {
      return graph.math.tanh(input.mmul(parameters.get("W")).add(parameters.get("b")));
    }

    @Override
    public void defineParameters(SDLayerParams parameters) {
      parameters.clear();
      parameters.addWeightParam("W", TestNetworks.INPUTS, UNITS);
      parameters.addBiasParam("b", 1, UNITS);
    }

    @Override
    public void initializeParameters(Map<String, INDArray> parameters) {
      initialize(parameters);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
      return InputType.feedForward(UNITS);
    }
  }

  /** A user's output layer, with a squared error. */
  @SuppressWarnings("serial") // DL4J writes it as JSON
  public static final class Output extends SameDiffOutputLayer {

    @Override
    public SDVariable defineLayer(
        SameDiff graph, SDVariable input, SDVariable labels, Map<String, SDVariable> parameters) {
      SDVariable output = graph.mmul("out", input, parameters.get("W"));
      SDVariable error = output.sub(labels);
      return error.mul(error).sum("loss");
    }

    @Override
    public String activationsVertexName() {
      return "out";
    }

    @Override
    public void defineParameters(SDLayerParams parameters) {
      parameters.clear();
      parameters.addWeightParam("W", UNITS, TestNetworks.CLASSES);
    }

    @Override
    public void initializeParameters(Map<String, INDArray> parameters) {
      initialize(parameters);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
      return InputType.feedForward(TestNetworks.CLASSES);
    }
  }

  /** A user's vertex. */
  @SuppressWarnings("serial") // DL4J writes it as JSON
  public static final class Vertex extends SameDiffVertex {

    @Override
    public GraphVertex clone() {
      Vertex clone = new Vertex();
      clone.setUpdater(getUpdater());
      clone.setName(getName());
      return clone;
    }

    @Override
    public SDVariable defineVertex(
        SameDiff graph,
        Map<String, SDVariable> input,
        Map<String, SDVariable> parameters,
        Map<String, SDVariable> masks) {
      return graph.math.tanh(input.get("in").mmul(parameters.get("W")));
    }

    @Override
    public void defineParametersAndInputs(SDVertexParams parameters) {
      parameters.clear();
      parameters.defineInputs("in");
      parameters.addWeightParam("W", TestNetworks.INPUTS, UNITS);
    }

    @Override
    public void initializeParameters(Map<String, INDArray> parameters) {
      initialize(parameters);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType... inputs) {
      return InputType.feedForward(UNITS);
    }
  }

  private static void initialize(Map<String, INDArray> parameters) {
    parameters
        .values()
        .forEach(
            value ->
                value.assign(
                    Nd4j.linspace(DataType.DOUBLE, -0.5, 1.0 / value.length(), value.length())
                        .reshape(value.shape())));
  }

  private static MultiLayerNetwork network(IUpdater updater) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, updater)
                .list()
                .layer(new Hidden())
                .layer(new Output())
                .setInputType(InputType.feedForward(TestNetworks.INPUTS))
                .build());
    net.init();
    return net;
  }

  private static ComputationGraph graph(IUpdater updater) {
    ComputationGraph graph =
        new ComputationGraph(
            TestNetworks.global(DataType.DOUBLE, updater)
                .graphBuilder()
                .addInputs("in")
                .addVertex("users", new Vertex(), "in")
                .addLayer("class", TestNetworks.softmax(), "users")
                .setOutputs("class")
                .setInputTypes(InputType.feedForward(TestNetworks.INPUTS))
                .build());
    graph.init();
    return graph;
  }

  static Stream<AdaFisher> updaters() {
    return Stream.of(adaFisher(), AdaFisher.centred(), AdaFisher.spectral());
  }

  @Test
  void theFirstStepIsTheRules() {
    MultiLayerNetwork net = network(adaFisher());
    AdaFisherListener listener = AdaFisher.attach(net);
    double[] before = net.getLayer(0).params().toDoubleVector();
    fit(net, batches(1));
    double[] after = net.getLayer(0).params().toDoubleVector();
    double[] momentum = state(net);

    assertThat(listener.factors(net)).isEmpty();
    double fisher = 0.08 * 0.08 + 1e-3;
    for (int i = 0; i < before.length; i++) {
      assertThat(before[i] - after[i]).isCloseTo(1e-3 * momentum[i] / 0.1 / fisher, within(1e-12));
    }
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void layersTrainAndResume(AdaFisher updater) throws IOException {
    List<DataSet> data = batches(2);
    MultiLayerNetwork whole = network(updater);
    AdaFisher.attach(whole);
    double before = whole.score(data.get(0), true);
    MultiLayerNetwork part = network(updater);
    AdaFisher.attach(part);
    for (int i = 0; i < 15; i++) {
      fit(whole, data);
      fit(part, data);
      if (i == 5) {
        File file = folder.resolve("model.zip").toFile();
        ModelSerializer.writeModel(part, file, true);
        part = MultiLayerNetwork.load(file, true);
        AdaFisher.attach(part);
      }
    }
    assertThat(whole.score(data.get(0), true)).isLessThan(before);
    assertThat(parameters(part)).isEqualTo(parameters(whole));
    assertThat(state(part)).isEqualTo(state(whole));
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void verticesTrainAndResume(AdaFisher updater) throws IOException {
    List<DataSet> data = batches(2);
    ComputationGraph whole = graph(updater);
    AdaFisherListener listener = AdaFisher.attach(whole);
    double before = whole.score(data.get(0), true);
    ComputationGraph part = graph(updater);
    AdaFisher.attach(part);
    for (int i = 0; i < 15; i++) {
      fit(whole, data);
      fit(part, data);
      if (i == 5) {
        File file = folder.resolve("graph.zip").toFile();
        ModelSerializer.writeModel(part, file, true);
        part = ComputationGraph.load(file, true);
        AdaFisher.attach(part);
      }
    }
    assertThat(whole.score(data.get(0), true)).isLessThan(before);
    assertThat(listener.factors(whole)).containsOnlyKeys("class");
    assertThat(parameters(part)).isEqualTo(parameters(whole));
    assertThat(state(part)).isEqualTo(state(whole));
  }
}
