package org.adafisher.bench.model.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InvalidInputTypeException;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.impl.LossSparseMCXENT;

class PositionVertexTest {

  private static final int VOCABULARY = 5;
  private static final int POSITIONS = 4;

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

  @ParameterizedTest
  @EnumSource(
      value = WorkspaceMode.class,
      names = {"ENABLED", "NONE"})
  void numbersThePlaces(WorkspaceMode mode) {
    ComputationGraph net = net(mode);
    INDArray tokens = Nd4j.create(new double[][] {{4, 0, 2}, {1, 1, 3}});
    double[][] expected = {{0, 1, 2}, {0, 1, 2}};
    assertThat(net.feedForward(tokens, false).get("positions")).isEqualTo(Nd4j.create(expected));
    assertThat(net.feedForward(tokens.reshape(2, 1, 3), true).get("positions"))
        .isEqualTo(Nd4j.create(expected).reshape(2, 1, 3));
  }

  @Test
  void theVectorsOfPlacesAreTrained() {
    for (WorkspaceMode mode : new WorkspaceMode[] {WorkspaceMode.ENABLED, WorkspaceMode.NONE}) {
      ComputationGraph net = net(mode);
      INDArray tokens = Nd4j.create(new double[][] {{4, 0, 2}, {1, 1, 3}});
      INDArray next = Nd4j.create(new double[][] {{0, 2, 1}, {1, 3, 3}}).reshape(2, 1, 3);
      INDArray[] mask = {Nd4j.create(new double[][] {{1, 1, 1}, {1, 1, 0}})};
      for (INDArray[] masks : new INDArray[][] {null, mask}) {
        assertThat(
                GradientCheckUtil.checkGradients(
                    new GradientCheckUtil.GraphConfig()
                        .net(net)
                        .inputs(new INDArray[] {tokens})
                        .labels(new INDArray[] {next})
                        .inputMask(masks)
                        .labelMask(masks)
                        .epsilon(1e-6)
                        .maxRelError(1e-5)
                        .minAbsoluteError(1e-9)))
            .isTrue();
      }
      INDArray gradient = net.gradient().getGradientFor("position_embedding_W");
      assertThat(gradient.getRow(0).norm2Number().doubleValue()).isPositive();
      assertThat(gradient.getRow(3).norm2Number().doubleValue()).as("no such place").isZero();
    }
  }

  @Test
  void refusesLongerTexts() {
    ComputationGraph net = net(WorkspaceMode.ENABLED);
    assertThatThrownBy(() -> net.outputSingle(Nd4j.zeros(1, POSITIONS + 1)))
        .hasMessage(
            "PositionVertex 'positions': the text has 5 tokens, and there are 4 positions; cut it"
                + " into shorter pieces.");
    assertThatThrownBy(() -> new PositionVertex(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("PositionVertex: positions is 0, but has to be at least 1.");
    assertThatThrownBy(
            () -> new PositionVertex(3).getOutputType(0, InputType.convolutional(1, 2, 3)))
        .isInstanceOf(InvalidInputTypeException.class)
        .hasMessageContaining("set the network's input type to InputType.recurrent");
  }

  @Test
  void isSavedAndCloned() {
    PositionVertex vertex = new PositionVertex(7);
    assertThat(vertex.clone()).isNotSameAs(vertex).isEqualTo(vertex).hasSameHashCodeAs(vertex);
    assertThat(vertex).isNotEqualTo(new PositionVertex(8));
    ComputationGraphConfiguration conf = net(WorkspaceMode.ENABLED).getConfiguration();
    assertThat(ComputationGraphConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
  }

  private static ComputationGraph net(WorkspaceMode mode) {
    ComputationGraph net =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new NoOp())
                .trainingWorkspaceMode(mode)
                .inferenceWorkspaceMode(mode)
                .graphBuilder()
                .addInputs("tokens")
                .setInputTypes(InputType.recurrent(VOCABULARY, POSITIONS))
                .addLayer("token_embedding", embedding(VOCABULARY), "tokens")
                .addVertex("positions", new PositionVertex(POSITIONS), "tokens")
                .addLayer("position_embedding", embedding(POSITIONS), "positions")
                .addVertex(
                    "product",
                    new ElementWiseVertex(ElementWiseVertex.Op.Product),
                    "token_embedding",
                    "position_embedding")
                .addLayer(
                    "output",
                    new RnnOutputLayer.Builder(new LossSparseMCXENT())
                        .nOut(VOCABULARY)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "product")
                .setOutputs("output")
                .build());
    net.init();
    return net;
  }

  private static EmbeddingSequenceLayer embedding(int entries) {
    return new EmbeddingSequenceLayer.Builder()
        .nIn(entries)
        .nOut(3)
        .inputLength(POSITIONS)
        .inferInputLength(true)
        .build();
  }
}
