package org.adafisher.bench.rival.muon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.adafisher.bench.rival.BlockParameter;
import org.adafisher.bench.rival.ParameterBlock;
import org.adafisher.bench.rival.SmallNetworks;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;

class MuonTest {

  private static final double RATE = 0.02;

  @TempDir Path folder;

  /**
   * Of two units or inputs the singular values follow from trace and determinant. A dense layer has
   * [inputs, units].
   */
  @ParameterizedTest
  @CsvSource({"2, 6, f", "6, 2, f"})
  void aMatrixMovesByAlmostOrthogonalSteps(int inputs, int units, char order) {
    GradientUpdater<?> updater = updater("DenseLayer", "W", order, inputs, units);
    Nd4j.getRandom().setSeed(3);
    INDArray step = Nd4j.randn(DataType.DOUBLE, (long) inputs * units).muli(1e-3);
    updater.applyUpdater(step, 0, 0);

    INDArray matrix = step.reshape(order, inputs, units).div(RATE);
    INDArray gram =
        inputs < units ? matrix.mmul(matrix.transpose()) : matrix.transpose().mmul(matrix);
    double half = (gram.getDouble(0, 0) + gram.getDouble(1, 1)) / 2;
    double determinant =
        gram.getDouble(0, 0) * gram.getDouble(1, 1) - gram.getDouble(0, 1) * gram.getDouble(1, 0);
    double root = Math.sqrt(half * half - determinant);
    double scale = Math.sqrt(Math.max(1, (double) units / inputs));
    assertThat(Math.sqrt(half + root) / scale).isBetween(0.68, 1.14);
    assertThat(Math.sqrt(half - root) / scale).isBetween(0.68, 1.14);
  }

  /** The momentum's sum of all gradients, whatever their length, and Nesterov's look ahead. */
  @Test
  void aConvolutionIsAMatrixByUnit() {
    GradientUpdater<?> convolution = updater("ConvolutionLayer", "W", 'c', 3, 2, 2, 2);
    GradientUpdater<?> dense = updater("DenseLayer", "W", 'f', 8, 3);
    for (int i = 0; i < 3; i++) {
      Nd4j.getRandom().setSeed(i);
      INDArray one = Nd4j.randn(DataType.DOUBLE, 24);
      INDArray other = one.dup();
      convolution.applyUpdater(one, i, 0);
      dense.applyUpdater(other, i, 0);
      assertThat(one.toDoubleVector()).containsExactly(other.toDoubleVector(), within(1e-14));
    }
  }

  @ParameterizedTest
  @CsvSource({"DenseLayer, b, 1, 6", "OutputLayer, W, 2, 3", "EmbeddingSequenceLayer, W, 3, 2"})
  void theRestStepsByAdam(String layer, String name, int rows, int columns) {
    GradientUpdater<?> updater = updater(layer, name, 'f', rows, columns);
    double[] m = new double[6];
    double[] v = new double[6];
    for (int step = 1; step <= 4; step++) {
      Nd4j.getRandom().setSeed(step);
      INDArray gradient = Nd4j.randn(DataType.DOUBLE, 6);
      double[] g = gradient.toDoubleVector();
      updater.applyUpdater(gradient, step - 1, 0);
      double[] expected = new double[6];
      for (int i = 0; i < 6; i++) {
        m[i] = 0.9 * m[i] + 0.1 * g[i];
        v[i] = 0.95 * v[i] + 0.05 * g[i] * g[i];
        double first = m[i] / (1 - Math.pow(0.9, step));
        double second = v[i] / (1 - Math.pow(0.95, step));
        expected[i] = 0.015 * RATE * first / (Math.sqrt(second) + 1e-8);
      }
      assertThat(gradient.toDoubleVector()).containsExactly(expected, within(1e-15));
    }
  }

  @Test
  void noGradientIsNoStep() {
    GradientUpdater<?> updater = updater("DenseLayer", "W", 'f', 3, 4);
    INDArray gradient = Nd4j.zeros(DataType.DOUBLE, 12);
    updater.applyUpdater(gradient, 0, 0);
    assertThat(gradient.toDoubleVector()).containsOnly(0);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void aRestoredRunIsTheOneThatNeverStopped(DataType type) {
    for (Model network :
        List.of(SmallNetworks.stack(new Muon(), type), SmallNetworks.graph(new Muon(), type))) {
      Muon.attach(network);
      SmallNetworks.assertResumes(network, Muon::attach, folder);
    }
  }

  @Test
  void saysWhatIsMissingOrOutOfRange() {
    Model network = SmallNetworks.stack(new Muon(), DataType.FLOAT);
    DataSet data = SmallNetworks.images(DataType.FLOAT, 4, 1);
    assertThatThrownBy(() -> SmallNetworks.fit(network, data))
        .hasMessageContaining("Muon is not attached to this network: call Muon.attach(net)");
    assertThatThrownBy(() -> Muon.builder().adamShare(0).build())
        .hasMessage("Muon: adamShare must be a number above 0, not 0.0.");
  }

  private static GradientUpdater<?> updater(String layer, String name, char order, long... shape) {
    BlockParameter parameter = new BlockParameter(name, 0, shape, order);
    Muon config = new Muon(RATE).withBlock(new ParameterBlock("layer", layer, List.of(parameter)));
    long size = config.stateSize(parameter.length());
    return config.instantiate(Nd4j.zeros(DataType.DOUBLE, 1, size), true);
  }
}
