package org.adafisher.bench.rival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.adafisher.bench.rival.adahessian.AdaHessian;
import org.adafisher.bench.rival.kfac.KFac;
import org.adafisher.bench.rival.shampoo.Shampoo;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class LayerUpdatersTest {

  /** Connects a rival to a network. */
  @FunctionalInterface
  private interface Attach {
    void attach(Model network);
  }

  private record Rival(LayerUpdater updater, Attach attach) {}

  static Stream<Named<Rival>> rivals() {
    return Stream.of(
        Named.of("KFac", new Rival(new KFac(0.1), KFac::attach)),
        Named.of("Shampoo", new Rival(new Shampoo(0.1), Shampoo::attach)),
        Named.of("AdaHessian", new Rival(new AdaHessian(0.1), AdaHessian::attach)));
  }

  @ParameterizedTest
  @MethodSource("rivals")
  void eachLayersUpdaterKnowsItsParameters(Rival rival) {
    MultiLayerNetwork network = network(builder(rival.updater()));
    rival.attach().attach(network);

    assertThat(blocks(network)).containsExactly("0 [W, b]", "1 [W, b]");
    assertThat(rival.updater().getBlock()).isNull(); // the network has copies of its own
  }

  @ParameterizedTest
  @MethodSource("rivals")
  void attachedAgainNothingChanges(Rival rival) {
    MultiLayerNetwork network = network(builder(rival.updater()));
    rival.attach().attach(network);
    Object updater = network.getUpdater();
    rival.attach().attach(network);

    assertThat(network.getUpdater()).isSameAs(updater);
    assertThat(network.getListeners().size()).isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("rivals")
  void biasesMayHaveAnotherUpdater(Rival rival) {
    MultiLayerNetwork network = network(builder(rival.updater()).biasUpdater(new Adam(0.1)));
    rival.attach().attach(network);

    assertThat(blocks(network)).containsExactly("0 [W]", "1 [W]");
    SmallNetworks.fit(network, rows());
  }

  @ParameterizedTest
  @MethodSource("rivals")
  void whatCannotBeTrainedIsSaid(Rival rival) {
    String name = rival.updater().getClass().getSimpleName();
    MultiLayerNetwork raw =
        new MultiLayerNetwork(network(builder(rival.updater())).getLayerWiseConfigurations());
    assertThatThrownBy(() -> rival.attach().attach(raw))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "%1$s: the network has no parameters yet; call net.init() before %1$s.attach(net)."
                .formatted(name));
    refused(rival, builder(new Adam()), name + ": no trainable layer of this network has " + name);
    refused(
        rival,
        builder(rival.updater()).dataType(DataType.FLOAT16),
        name + ": the network's data type is HALF");
    refused(
        rival,
        builder(rival.updater()).optimizationAlgo(OptimizationAlgorithm.LBFGS),
        name + ": the network's optimization algorithm is LBFGS");
  }

  private static void refused(Rival rival, NeuralNetConfiguration.Builder builder, String message) {
    MultiLayerNetwork network = network(builder);
    assertThatThrownBy(() -> rival.attach().attach(network))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  private static List<String> blocks(MultiLayerNetwork network) {
    return Network.of(network).updaterBlocks().stream()
        .map(block -> block.getGradientUpdater())
        .filter(LayerGradientUpdater.class::isInstance)
        .map(updater -> ((LayerGradientUpdater<?>) updater).block())
        .map(
            block ->
                block.layer().replace("layer", "")
                    + " "
                    + block.parameters().stream().map(BlockParameter::name).toList())
        .toList();
  }

  private static DataSet rows() {
    return new DataSet(Nd4j.ones(DataType.FLOAT, 4, 3), Nd4j.zeros(DataType.FLOAT, 4, 2));
  }

  private static NeuralNetConfiguration.Builder builder(IUpdater updater) {
    return new NeuralNetConfiguration.Builder().seed(1).updater(updater);
  }

  private static MultiLayerNetwork network(NeuralNetConfiguration.Builder builder) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            builder
                .list()
                .layer(new DenseLayer.Builder().nIn(3).nOut(4).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE).nIn(4).nOut(2).build())
                .build());
    network.init();
    return network;
  }
}
