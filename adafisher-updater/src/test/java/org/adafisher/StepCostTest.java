package org.adafisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.function.Consumer;
import org.adafisher.curvature.HostVectors;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * How often a step between two refreshes calls native code, and how often it reads a number back:
 * the first is what a small layer costs on the CPU, the second what a device waits for. The build
 * runs it twice, the second time as on a device.
 */
class StepCostTest {

  private static final int WIDE = 300; // 300 x 300 weights are too many for a plain loop
  private static NativeCalls counter;

  @BeforeAll
  static void count() {
    counter = new NativeCalls();
  }

  @AfterAll
  static void stop() {
    counter.close();
  }

  static List<Formulation> formulations() {
    return List.of(new Released(), new Paper(), new Placebo(), new Centred().withBurnIn(1));
  }

  @ParameterizedTest
  @MethodSource("formulations")
  void aStepReadsNothingBackAndUnderCentredOnceABlock(Formulation formulation) {
    assumeFalse(HostVectors.areAtHand(), "reading costs nothing");
    for (Case one : cases(formulation)) {
      long atMost = formulation instanceof Centred ? one.blocks() : 0;
      one.steps(2, step -> {});
      one.steps(
          5,
          step ->
              assertThat(counter.reads())
                  .as("%s, %s, step %d", one.name, formulation, step)
                  .isLessThanOrEqualTo((int) atMost));
    }
  }

  @Test
  void aRefreshReads() {
    Case one = mlp(new Released(), 20); // which shows that reads are seen
    one.steps(1, step -> assertThat(counter.reads()).isPositive());
  }

  @Test
  void aSmallLayersStepIsTwoNativeCalls() {
    assumeTrue(HostVectors.areAtHand(), "a device has no plain loops");
    for (Formulation formulation : formulations()) {
      Case small = mlp(formulation, 20);
      small.steps(2, step -> {});
      small.steps(
          3,
          step ->
              assertThat(counter.calls())
                  .as(formulation.toString())
                  .isEqualTo(2 * 2)); // two layers
    }
  }

  @Test
  void aLargeLayersStepIsFewNativeCalls() {
    for (Formulation formulation : formulations()) {
      Case large = mlp(formulation, WIDE);
      large.steps(2, step -> {});
      int ofLayer = formulation instanceof Centred ? 17 : 6;
      int expected =
          HostVectors.areAtHand()
              ? ofLayer + 2 // the output layer is small
              // the count, under Centred also the normaliser, is written; the averages are summed
              : 2 * (ofLayer + (formulation instanceof Centred ? 3 : 1));
      large.steps(
          3, step -> assertThat(counter.calls()).as(formulation.toString()).isEqualTo(expected));
    }
  }

  private record Case(String name, MultiLayerNetwork net, DataSet data) {

    long blocks() {
      return ((MultiLayerUpdater) net.getUpdater()).getUpdaterBlocks().size();
    }

    void steps(int count, Consumer<Integer> after) {
      for (int step = 0; step < count; step++) {
        counter.reset();
        net.fit(data);
        after.accept(step);
      }
    }
  }

  private static List<Case> cases(Formulation formulation) {
    return List.of(
        mlp(formulation, 20), mlp(formulation, WIDE), cnn(formulation), lstm(formulation));
  }

  private static NeuralNetConfiguration.Builder with(Formulation formulation) {
    AdaFisher updater =
        AdaFisher.builder()
            .formulation(formulation)
            .learningRate(1e-4)
            .refreshInterval(100)
            .build();
    return TestNetworks.global(DataType.FLOAT, updater);
  }

  private static Case mlp(Formulation formulation, int width) {
    return attached(
        "MLP",
        new MultiLayerNetwork(
            with(formulation)
                .list()
                .layer(new DenseLayer.Builder().nOut(width).build())
                .layer(TestNetworks.softmax())
                .setInputType(InputType.feedForward(width))
                .build()),
        new DataSet(
            Nd4j.rand(DataType.FLOAT, 4, width),
            Nd4j.ones(DataType.FLOAT, 4, TestNetworks.CLASSES)));
  }

  /** With every kind of piece: weights with and without a bias, groups, the diagonal rule. */
  private static Case cnn(Formulation formulation) {
    return attached(
        "CNN",
        new MultiLayerNetwork(
            with(formulation)
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).hasBias(false).build())
                .layer(new BatchNormalization())
                .layer(
                    new DepthwiseConvolution2D.Builder()
                        .kernelSize(2, 2)
                        .depthMultiplier(2)
                        .build())
                .layer(TestNetworks.softmax())
                .setInputType(InputType.convolutional(8, 8, 2))
                .build()),
        new DataSet(
            Nd4j.rand(DataType.FLOAT, 4, 2, 8, 8),
            Nd4j.ones(DataType.FLOAT, 4, TestNetworks.CLASSES)));
  }

  private static Case lstm(Formulation formulation) {
    return attached(
        "LSTM",
        new MultiLayerNetwork(
            with(formulation)
                .list()
                .layer(new LSTM.Builder().nOut(5).build())
                .layer(
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(TestNetworks.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(3, 6))
                .build()),
        new DataSet(
            Nd4j.rand(DataType.FLOAT, 4, 3, 6),
            Nd4j.ones(DataType.FLOAT, 4, TestNetworks.CLASSES, 6)));
  }

  private static Case attached(String name, MultiLayerNetwork net, DataSet data) {
    net.init();
    AdaFisher.attach(net);
    return new Case(name, net, data);
  }
}
