package org.adafisher;

import static org.adafisher.TestNetworks.BATCH;
import static org.adafisher.TestNetworks.CLASSES;
import static org.adafisher.TestNetworks.INPUTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Dropout, weight noise and constraints do under a tap what they do without one. */
class DropoutTest {

  private static final int STEPS = 4;

  /** Of gradients below 1 in DOUBLE. */
  private static final double ROUNDING = 1e-14;

  /** What a network trains with, on rows or on time series. */
  private record Kind(
      String name,
      boolean series,
      UnaryOperator<NeuralNetConfiguration.Builder> global,
      Supplier<List<Layer>> layers) {

    @Override
    public String toString() {
      return name;
    }

    InputType input() {
      return series ? InputType.recurrent(INPUTS, STEPS) : InputType.feedForward(INPUTS);
    }

    Model network(AdaFisher updater, boolean asGraph) {
      NeuralNetConfiguration.Builder builder =
          global.apply(TestNetworks.global(DataType.DOUBLE, updater));
      List<Layer> all = layers.get();
      if (!asGraph) {
        MultiLayerNetwork net =
            new MultiLayerNetwork(
                builder.list(all.toArray(Layer[]::new)).setInputType(input()).build());
        net.init();
        return net;
      }
      var graph = builder.graphBuilder().addInputs("in").setInputTypes(input());
      String below = "in";
      for (int i = 0; i < all.size(); i++) {
        graph.addLayer("layer" + i, all.get(i), below);
        below = "layer" + i;
      }
      ComputationGraph net = new ComputationGraph(graph.setOutputs(below).build());
      net.init();
      return net;
    }

    DataSet data() {
      Random random = new Random(3);
      if (!series) {
        return TestNetworks.batches(1).get(0);
      }
      INDArray labels = Nd4j.zeros(DataType.DOUBLE, BATCH, CLASSES, STEPS);
      for (int row = 0; row < BATCH; row++) {
        for (int step = 0; step < STEPS; step++) {
          labels.putScalar(new int[] {row, random.nextInt(CLASSES), step}, 1);
        }
      }
      return new DataSet(
          TestNetworks.random(random, DataType.DOUBLE, BATCH, INPUTS, STEPS), labels);
    }
  }

  private static OutputLayer.Builder output() {
    return new OutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES);
  }

  private static RnnOutputLayer.Builder rnnOutput() {
    return new RnnOutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES);
  }

  private static Kind rows(
      String name,
      UnaryOperator<NeuralNetConfiguration.Builder> global,
      Supplier<List<Layer>> layers) {
    return new Kind(name, false, global, layers);
  }

  private static Kind series(String name, Supplier<List<Layer>> layers) {
    return new Kind(name, true, builder -> builder, layers);
  }

  private static List<Layer> plain() {
    return List.of(
        new DenseLayer.Builder().nOut(5).build(), output().activation(Activation.SOFTMAX).build());
  }

  static Stream<Kind> kinds() {
    var softmax = Activation.SOFTMAX;
    var dense = new DenseLayer.Builder().nOut(5);
    return Stream.of(
        rows("dropout for all layers", b -> b.dropOut(0.5), DropoutTest::plain),
        rows("alpha dropout", b -> b.dropOut(new AlphaDropout(0.5)), DropoutTest::plain),
        rows("gaussian dropout", b -> b.dropOut(new GaussianDropout(0.5)), DropoutTest::plain),
        rows("gaussian noise", b -> b.dropOut(new GaussianNoise(0.3)), DropoutTest::plain),
        rows("drop connect", b -> b.weightNoise(new DropConnect(0.5)), DropoutTest::plain),
        rows(
            "weight noise",
            b -> b.weightNoise(new WeightNoise(new NormalDistribution(0, 0.1), true, true)),
            DropoutTest::plain),
        rows(
            "constraints",
            b -> b.dropOut(0.5).constrainAllParameters(new MaxNormConstraint(0.1, 1)),
            DropoutTest::plain),
        rows(
            "dropout on the output layer",
            b -> b,
            () -> List.of(dense.build(), output().activation(softmax).dropOut(0.5).build())),
        rows(
            "center loss",
            b -> b.dropOut(0.5),
            () ->
                List.of(
                    dense.build(),
                    new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(softmax)
                        .build())),
        rows(
            "a frozen layer below",
            b -> b.dropOut(0.5),
            () ->
                List.of(
                    new FrozenLayer(new DenseLayer.Builder().nOut(5).build()),
                    new DenseLayer.Builder().nOut(4).build(),
                    output().activation(softmax).build())),
        series(
            "time series",
            () ->
                List.of(
                    new LSTM.Builder().nOut(4).dropOut(0.5).build(),
                    new SimpleRnn.Builder().nOut(4).dropOut(new SpatialDropout(0.5)).build(),
                    rnnOutput().activation(softmax).dropOut(0.5).build())),
        series(
            "wrapped layers",
            () ->
                List.of(
                    new Bidirectional(new LSTM.Builder().nOut(4).dropOut(0.5).build()),
                    new MaskZeroLayer.Builder()
                        .setUnderlying(new LSTM.Builder().nOut(4).dropOut(0.5).build())
                        .setMaskValue(0)
                        .build(),
                    new TimeDistributed(new DenseLayer.Builder().nOut(5).dropOut(0.5).build()),
                    rnnOutput().activation(softmax).dropOut(0.5).build())));
  }

  private static void step(Model net, Kind kind) {
    Nd4j.getRandom().setSeed(5);
    TestNetworks.fit(net, List.of(kind.data()));
  }

  /** The placebo has the same momentum and puts no taps anywhere. */
  @ParameterizedTest
  @MethodSource("kinds")
  void theGradientIsTheSameUnderATap(Kind kind) {
    for (boolean asGraph : new boolean[] {false, true}) {
      Model untapped = kind.network(new AdaFisher(1e-3, new Placebo()), asGraph);
      AdaFisher.attach(untapped);
      step(untapped, kind);
      Model tapped = kind.network(new AdaFisher(1e-3), asGraph);
      AdaFisherListener listener = AdaFisher.attach(tapped);
      step(tapped, kind);

      assertThat(tapped.score()).isEqualTo(untapped.score());
      // DL4J has a formula of its own for an LSTM's sigmoid gates unless they are tapped: as exact.
      assertThat(momentum(tapped))
          .isNotEmpty()
          .containsExactly(momentum(untapped), within(ROUNDING));
      assertThat(listener.droppedRefreshes()).isZero();
      step(tapped, kind);
      assertThat(tapped.params().isNaN().any()).isFalse();
    }
  }

  private static double[] momentum(Model net) {
    return Network.of(net).updaterBlocks().stream()
        .filter(block -> block.getGradientUpdater() instanceof AdaFisherUpdater)
        .flatMapToDouble(
            block ->
                Arrays.stream(block.getUpdaterView().toDoubleVector())
                    .limit(block.getParamOffsetEnd() - block.getParamOffsetStart()))
        .toArray();
  }

  /** Images, whose dropout drops whole channels. */
  @Test
  void spatialDropoutOnConvolutions() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, AdaFisher.centred())
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).build())
                .layer(
                    new ConvolutionLayer.Builder(2, 2)
                        .nOut(4)
                        .dropOut(new SpatialDropout(0.5))
                        .build())
                .layer(output().activation(Activation.SOFTMAX).dropOut(0.5).build())
                .setInputType(InputType.convolutional(5, 5, 1))
                .build());
    net.init();
    AdaFisher.attach(net);
    TestNetworks.fit(net, TestNetworks.images(5, DataType.DOUBLE));
    assertThat(net.params().isNaN().any()).isFalse();
    assertThat(net.getIterationCount()).isEqualTo(5);
  }
}
