package org.adafisher.bench.rival.adahessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.adafisher.bench.rival.BlockParameter;
import org.adafisher.bench.rival.ParameterBlock;
import org.adafisher.bench.rival.SmallNetworks;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class AdaHessianTest {

  @TempDir Path folder;

  @Test
  void itsFirstStepIsNewtonsWhereTheHessianIsDiagonal() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(AdaHessian.builder().learningRate(1).epsilon(1e-12).build())
                .list()
                .layer(
                    new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(3)
                        .nOut(2)
                        .hasBias(false)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
    network.init();
    AdaHessian.attach(network);
    INDArray scales = Nd4j.diag(Nd4j.createFromArray(1.0, 10, 0.1));
    INDArray solution = Nd4j.createFromArray(new double[][] {{1, -1}, {2, 0.5}, {-3, 4}});

    network.fit(new DataSet(scales, scales.mmul(solution)));

    assertThat(network.getParam("0_W").sub(solution).norm2Number().doubleValue()).isLessThan(1e-5);
  }

  @Test
  void itsStepIsMomentumOverTheRootOfTheAveragedSquares() {
    AdaHessian config =
        AdaHessian.builder()
            .learningRate(0.5)
            .beta1(0.5)
            .beta2(0.75)
            .epsilon(0.1)
            .hessianPower(0.5)
            .hessianInterval(2)
            .build()
            .withBlock(
                new ParameterBlock(
                    "layer", "Dense", List.of(new BlockParameter("b", 0, new long[] {1, 1}, 'c'))));
    AdaHessianUpdater updater =
        (AdaHessianUpdater)
            config.instantiate(Nd4j.create(DataType.DOUBLE, config.stateSize(1)), true);
    double[] gradients = {1, 2, -1};
    double[] diagonals = {4, Double.NaN, 2};
    double m = 0;
    double v = 0;
    for (int step = 0; step < 3; step++) {
      boolean refreshes = step % 2 == 0;
      assertThat(updater.refreshes()).isEqualTo(refreshes);
      updater.passSeen();
      if (refreshes) {
        updater.deliver(Nd4j.createFromArray(diagonals[step]));
        v = 0.75 * v + 0.25 * diagonals[step] * diagonals[step];
      }
      m = 0.5 * m + 0.5 * gradients[step];
      INDArray g = Nd4j.createFromArray(gradients[step]);
      updater.applyUpdater(g, step, 0);

      double meanSquare = v / (1 - Math.pow(0.75, step < 2 ? 1 : 2));
      double expected =
          0.5 * m / (1 - Math.pow(0.5, step + 1)) / (Math.pow(meanSquare, 0.25) + 0.1);
      assertThat(g.getDouble(0)).isCloseTo(expected, within(1e-12));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void aRestoredNetworkGoesOnToTheBit(DataType type) {
    AdaHessian config =
        AdaHessian.builder()
            .learningRateSchedule(new ExponentialSchedule(ScheduleType.ITERATION, 0.02, 0.9))
            .hessianInterval(2)
            .build();
    SmallNetworks.assertResumes(
        attached(SmallNetworks.stack(config, type)), AdaHessian::attach, folder);
    SmallNetworks.assertResumes(
        attached(SmallNetworks.graph(config, type)), AdaHessian::attach, folder);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void itLowersTheLoss(DataType type) {
    AdaHessian config = new AdaHessian(0.03);
    for (Model network :
        List.of(SmallNetworks.stack(config, type), SmallNetworks.graph(config, type))) {
      attached(network);
      DataSet data = SmallNetworks.images(type, 32, 1);
      double before = SmallNetworks.score(network, data);
      for (int step = 0; step < 40; step++) {
        SmallNetworks.fit(network, data);
      }

      assertThat(SmallNetworks.score(network, data)).isLessThan(0.3 * before);
    }
  }

  @Test
  void runningAveragesAreThoseOfAnyOptimizer() {
    MultiLayerNetwork network = SmallNetworks.stack(new AdaHessian(), DataType.FLOAT);
    MultiLayerNetwork other = SmallNetworks.stack(new Adam(), DataType.FLOAT);
    attached(network);
    DataSet data = SmallNetworks.images(DataType.FLOAT, 8, 1);
    INDArray before = network.getParam("1_mean").dup();
    network.fit(data);
    other.fit(data);

    assertThat(network.getParam("1_mean")).isEqualTo(other.getParam("1_mean"));
    assertThat(network.getParam("1_mean")).isNotEqualTo(before);
    assertThat(network.getParam("1_var")).isEqualTo(other.getParam("1_var"));
  }

  /** Whether the network's own list of listeners is the solver's, or another one. */
  @Test
  void otherListenersSeeOnePassAStep() {
    MultiLayerNetwork network = SmallNetworks.stack(new AdaHessian(), DataType.FLOAT);
    Passes before = new Passes();
    Passes after = new Passes();
    network.setListeners(before);
    attached(network);
    network.addListeners(after);
    DataSet data = SmallNetworks.images(DataType.FLOAT, 8, 1);
    for (int step = 0; step < 3; step++) {
      network.fit(data);
    }

    assertThat(List.of(before.backward, before.gradients, before.steps)).containsOnly(3);
    assertThat(List.of(after.backward, after.gradients, after.steps)).containsOnly(3);
  }

  private static final class Passes extends BaseTrainingListener {
    private int backward;
    private int gradients;
    private int steps;

    @Override
    public void onBackwardPass(Model model) {
      backward++;
    }

    @Override
    public void onGradientCalculation(Model model) {
      gradients++;
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      steps++;
    }
  }

  @Test
  void aNetworkThatIsNotAttachedSaysSo() {
    MultiLayerNetwork network = SmallNetworks.stack(new AdaHessian(), DataType.FLOAT);
    DataSet data = SmallNetworks.images(DataType.FLOAT, 4, 1);
    assertThatThrownBy(() -> network.fit(data)).hasMessageContaining("AdaHessian.attach(net)");
    attached(network);
    network.setListeners(List.of());
    assertThatThrownBy(() -> network.fit(data)).hasMessageContaining("AdaHessian.attach(net)");
  }

  @Test
  void truncatedBackpropagationIsRefused() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .updater(new AdaHessian())
                .list()
                .layer(new LSTM.Builder().nIn(2).nOut(3).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MSE).nIn(3).nOut(2).build())
                .backpropType(BackpropType.TruncatedBPTT)
                .build());
    network.init();

    assertThatThrownBy(() -> AdaHessian.attach(network))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("truncated backpropagation");
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    assertThatThrownBy(() -> AdaHessian.builder().hessianPower(2).build())
        .hasMessage("AdaHessian: hessianPower must be at least 0 and at most 1, not 2.0.");
  }

  private static Model attached(Model network) {
    AdaHessian.attach(network);
    return network;
  }
}
