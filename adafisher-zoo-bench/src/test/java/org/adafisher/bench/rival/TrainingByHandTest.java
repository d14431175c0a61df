package org.adafisher.bench.rival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.adafisher.bench.rival.adahessian.AdaHessian;
import org.adafisher.bench.rival.kfac.KFac;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/** Optimizers with a listener, in loops around calculateGradients and backpropGradient. */
class TrainingByHandTest {

  static Stream<Arguments> optimizers() {
    return Stream.of(
        Arguments.of(new KFac(), (Consumer<Model>) KFac::attach),
        Arguments.of(new AdaHessian(), (Consumer<Model>) AdaHessian::attach));
  }

  private static void update(MultiLayerNetwork net, Gradient gradient, int examples) {
    net.getUpdater()
        .update(
            net,
            gradient,
            net.getIterationCount(),
            net.getEpochCount(),
            examples,
            LayerWorkspaceMgr.noWorkspaces());
    net.params().subi(gradient.gradient().reshape(net.params().shape()));
    net.getLayerWiseConfigurations().setIterationCount(net.getIterationCount() + 1);
  }

  private static Gradient gradient(MultiLayerNetwork net, DataSet batch) {
    return net.calculateGradients(batch.getFeatures(), batch.getLabels(), null, null).getFirst();
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void toldOfTheStepTheyTrainAsInFit(IUpdater updater, Consumer<Model> attach) {
    MultiLayerNetwork fitted = SmallNetworks.stack(updater.clone(), DataType.DOUBLE);
    MultiLayerNetwork byHand = SmallNetworks.stack(updater.clone(), DataType.DOUBLE);
    attach.accept(fitted);
    attach.accept(byHand);
    for (int step = 0; step < 4; step++) {
      DataSet batch = SmallNetworks.images(DataType.DOUBLE, 8, step);
      fitted.fit(batch);
      Gradient gradient = gradient(byHand, batch);
      byHand.getListeners().forEach(listener -> listener.onGradientCalculation(byHand));
      update(byHand, gradient, 8);
      assertThat(byHand.params().toDoubleVector()).isEqualTo(fitted.params().toDoubleVector());
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void nobodyHasToldOfTheStep(IUpdater updater, Consumer<Model> attach) {
    MultiLayerNetwork net = SmallNetworks.stack(updater, DataType.DOUBLE);
    attach.accept(net);
    double[] before = net.params().toDoubleVector();
    DataSet batch = SmallNetworks.images(DataType.DOUBLE, 8, 1);
    Gradient gradient = gradient(net, batch);
    assertThatThrownBy(() -> update(net, gradient, 8))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(updater.getClass().getSimpleName() + " was not told of this step")
        .hasMessageContaining("setListeners")
        .hasMessageContaining("onGradientCalculation(net)");
    assertThat(net.params().toDoubleVector()).isEqualTo(before);
    net.fit(batch);
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void externalErrors(IUpdater updater, Consumer<Model> attach) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(updater)
                .list(
                    new DenseLayer.Builder().nOut(4).build(),
                    new DenseLayer.Builder().nOut(3).build())
                .setInputType(InputType.feedForward(5))
                .build());
    net.init();
    attach.accept(net);
    net.setInput(Nd4j.ones(8, 5));
    INDArray output = net.feedForward(true, false).get(2);
    Gradient gradient =
        net.backpropGradient(output.dup(), LayerWorkspaceMgr.noWorkspaces()).getFirst();
    assertThatThrownBy(
            () -> net.getListeners().forEach(listener -> listener.onGradientCalculation(net)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(updater.getClass().getSimpleName());
    if (updater instanceof KFac) {
      net.feedForward(true, false);
      net.getListeners().forEach(listener -> listener.onForwardPass(net, List.of()));
      net.backpropGradient(output.dup(), LayerWorkspaceMgr.noWorkspaces());
      net.getListeners().forEach(listener -> listener.onGradientCalculation(net));
      double[] before = net.params().toDoubleVector();
      update(net, gradient, 8);
      assertThat(net.params().toDoubleVector()).isNotEqualTo(before);
    }
  }
}
