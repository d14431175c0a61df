package org.adafisher.bench.rival.shampoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.adafisher.bench.rival.BlockParameter;
import org.adafisher.bench.rival.ParameterBlock;
import org.adafisher.bench.rival.SmallNetworks;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class ShampooTest {

  private static final double EPSILON = 1e-3;

  @TempDir Path folder;

  /** ((L + e_L I) kron (R + e_R I))^(-1/4) vec(G), by one eigendecomposition of the whole. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 0.9})
  void itsStepIsThatOfTheDenseKroneckerProduct(double beta2) {
    int rows = 4;
    int columns = 5;
    GradientUpdater<?> updater =
        updater(plain().beta2(beta2).build(), new BlockParameter("W", 0, new long[] {4, 5}, 'c'));
    double[][] left = new double[rows][rows];
    double[][] right = new double[columns][columns];
    for (int step = 0; step < 3; step++) {
      double[][] g = gradient(rows, columns, step);
      double weight = beta2 == 1 ? 1 : 1 - beta2;
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          for (int k = 0; k < rows; k++) {
            left[i][k] = (j == 0 ? beta2 * left[i][k] : left[i][k]) + weight * g[i][j] * g[k][j];
          }
          for (int k = 0; k < columns; k++) {
            right[j][k] = (i == 0 ? beta2 * right[j][k] : right[j][k]) + weight * g[i][j] * g[i][k];
          }
        }
      }
      INDArray actual = Nd4j.create(g).reshape(rows * columns);
      updater.applyUpdater(actual, step, 0);

      double[][] whole = kronecker(ridged(left), ridged(right));
      double[] expected = DenseSymmetric.of(whole).power(-0.25, flat(g));
      assertThat(actual.toDoubleVector()).containsExactly(expected, within(1e-8));
    }
  }

  @Test
  void aMatrixThatIsCutStepsAsItsBlocksDoAlone() {
    Shampoo config = plain().blockSize(3).build();
    GradientUpdater<?> whole = updater(config, new BlockParameter("W", 0, new long[] {5, 7}, 'f'));
    long[][] spans = {
      {0, 2, 0, 2}, {0, 2, 2, 4}, {0, 2, 4, 7}, {2, 5, 0, 2}, {2, 5, 2, 4}, {2, 5, 4, 7}
    };
    List<? extends GradientUpdater<?>> alone =
        List.of(spans).stream()
            .map(
                s ->
                    updater(
                        config,
                        new BlockParameter("W", 0, new long[] {s[1] - s[0], s[3] - s[2]}, 'f')))
            .toList();
    for (int step = 0; step < 3; step++) {
      double[][] g = gradient(5, 7, step);
      INDArray together = Nd4j.create(g).dup('f');
      INDArray flat = together.reshape('f', new long[] {35});
      whole.applyUpdater(flat, step, 0);
      for (int block = 0; block < spans.length; block++) {
        long[] s = spans[block];
        INDArray own =
            part(Nd4j.create(g), s)
                .dup('f')
                .reshape('f', new long[] {(s[1] - s[0]) * (s[3] - s[2])});
        alone.get(block).applyUpdater(own, step, 0);

        assertThat(own.toDoubleVector())
            .containsExactly(
                part(flat.reshape('f', new long[] {5, 7}), s)
                    .dup('f')
                    .reshape('f', new long[] {own.length()})
                    .toDoubleVector(),
                within(1e-12));
      }
    }
  }

  /** Of the size of a block, from fewer gradients than it has rows. */
  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void theFourthPowerOfARootIsTheInverse(DataType type) {
    int side = 125;
    Nd4j.getRandom().setSeed(1);
    INDArray g = Nd4j.randn(DataType.DOUBLE, side, 20);
    INDArray matrix = g.mmul(g.transpose()).castTo(type);
    INDArray root = Nd4j.zeros(type, side, side);
    InverseRoot.fourth(matrix, 1e-3, root);

    INDArray exact = root.castTo(DataType.DOUBLE);
    INDArray square = exact.mmul(exact);
    INDArray inverse = square.mmul(square);
    double largest = DenseSymmetric.of(g.transpose().mmul(g).toDoubleMatrix()).largest();
    INDArray ridged =
        matrix
            .castTo(DataType.DOUBLE)
            .add(Nd4j.eye(side).castTo(DataType.DOUBLE).mul(1e-3 * largest));
    assertThat(inverse.mmul(ridged).sub(Nd4j.eye(side)).amaxNumber().doubleValue())
        .isLessThan(type == DataType.FLOAT ? 1e-2 : 1e-9);
  }

  @Test
  void aDecompositionThatIsNoneIsSeen() {
    INDArray matrix = Nd4j.createFromArray(new double[][] {{2, 1}, {1, 2}});
    double half = Math.sqrt(0.5);
    INDArray vectors = Nd4j.createFromArray(new double[][] {{half, half}, {-half, half}});

    assertThat(InverseRoot.isDecomposition(matrix, vectors, Nd4j.createFromArray(1.0, 3.0)))
        .isTrue();
    assertThat(InverseRoot.isDecomposition(matrix, vectors, Nd4j.createFromArray(1.0, 2.9)))
        .isFalse();
  }

  @Test
  void whereLapackFailsTheRootStays() {
    INDArray broken = Nd4j.createFromArray(new double[][] {{Double.NaN, 1}, {1, 2}});
    INDArray root = Nd4j.createFromArray(new double[][] {{3, 1}, {1, 2}});
    INDArray before = root.dup();
    InverseRoot.fourth(broken, 1e-6, root);
    assertThat(root).isEqualTo(before);

    INDArray none = Nd4j.zeros(DataType.DOUBLE, 2, 2);
    InverseRoot.fourth(broken, 1e-6, none);
    assertThat(none).isEqualTo(Nd4j.eye(2).castTo(DataType.DOUBLE));
  }

  @Test
  void sidesAreCutInPartsAsEqualAsCanBe() {
    assertThat(MatrixForm.Span.cut(7, 3))
        .containsExactly(
            new MatrixForm.Span(0, 2), new MatrixForm.Span(2, 4), new MatrixForm.Span(4, 7));
    assertThat(MatrixForm.Span.cut(6, 6)).containsExactly(new MatrixForm.Span(0, 6));
  }

  @Test
  void sgdGraftingKeepsTheNormOfTheGradientAndTheDirectionOfShampoo() {
    BlockParameter weights = new BlockParameter("W", 0, new long[] {4, 5}, 'c');
    INDArray g = Nd4j.create(gradient(4, 5, 1)).reshape(20);
    INDArray plain = g.dup();
    INDArray grafted = g.dup();

    updater(plain().build(), weights).applyUpdater(plain, 0, 0);
    updater(plain().grafting(Grafting.SGD).build(), weights).applyUpdater(grafted, 0, 0);

    assertThat(grafted.norm2Number().doubleValue())
        .isCloseTo(g.norm2Number().doubleValue(), within(1e-12));
    assertThat(cosine(grafted, plain)).isCloseTo(1, within(1e-12));
    assertThat(cosine(grafted, g)).isLessThan(0.999);
  }

  @Test
  void adaGradGraftingHasTheNormOfAdaGradsStep() {
    BlockParameter weights = new BlockParameter("W", 0, new long[] {4, 5}, 'c');
    GradientUpdater<?> updater = updater(plain().grafting(Grafting.ADAGRAD).build(), weights);
    double[] squares = new double[20];
    for (int step = 0; step < 3; step++) {
      double[] g = flat(gradient(4, 5, step + 1));
      double norm = 0;
      for (int i = 0; i < g.length; i++) {
        squares[i] += g[i] * g[i];
        norm += g[i] * g[i] / squares[i];
      }
      INDArray actual = Nd4j.createFromArray(g);
      updater.applyUpdater(actual, step, 0);

      assertThat(actual.norm2Number().doubleValue()).isCloseTo(Math.sqrt(norm), within(1e-8));
    }
  }

  @Test
  void aBiasIsSteppedByAdaGradsDiagonal() {
    GradientUpdater<?> updater =
        updater(plain().epsilon(1e-12).build(), new BlockParameter("b", 0, new long[] {1, 3}, 'c'));
    INDArray g = Nd4j.createFromArray(1.0, -2.0, 0.5);
    updater.applyUpdater(g.dup(), 0, 0);
    updater.applyUpdater(g, 1, 0);

    double expected = 1 / Math.sqrt(2);
    assertThat(g.toDoubleVector())
        .containsExactly(new double[] {expected, -expected, expected}, within(1e-9));
  }

  @Test
  void momentumAddsUp() {
    GradientUpdater<?> updater =
        updater(
            Shampoo.builder().learningRate(0.5).momentum(0.5).epsilon(1e-12).build(),
            new BlockParameter("b", 0, new long[] {1, 2}, 'c'));
    INDArray first = Nd4j.createFromArray(1.0, 1.0);
    INDArray second = Nd4j.createFromArray(1.0, 1.0);
    updater.applyUpdater(first, 0, 0);
    updater.applyUpdater(second, 1, 0);

    assertThat(first.toDoubleVector()).containsExactly(new double[] {0.5, 0.5}, within(1e-9));
    assertThat(second.toDoubleVector()).containsExactly(new double[] {0.75, 0.75}, within(1e-9));
  }

  @Test
  void rootsAreTakenAtTheIntervalAndOftenerBefore() {
    assertThat(LongStream.range(0, 50).filter(s -> ShampooUpdater.refreshesAt(s, 20)))
        .containsExactly(0L, 1L, 3L, 7L, 15L, 20L, 40L);
    assertThat(LongStream.range(0, 5).filter(s -> ShampooUpdater.refreshesAt(s, 1))).hasSize(5);
  }

  @Test
  void aGradientOfZerosIsNoStep() {
    INDArray zeros = Nd4j.zeros(DataType.DOUBLE, 6);
    updater(new Shampoo(), new BlockParameter("W", 0, new long[] {2, 3}, 'c'))
        .applyUpdater(zeros, 0, 0);

    assertThat(zeros.toDoubleVector()).containsOnly(0);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void aRestoredNetworkGoesOnToTheBit(DataType type) {
    Shampoo config =
        Shampoo.builder()
            .learningRateSchedule(new ExponentialSchedule(ScheduleType.ITERATION, 0.05, 0.9))
            .blockSize(5)
            .rootInterval(4)
            .grafting(Grafting.ADAGRAD)
            .build();
    SmallNetworks.assertResumes(
        attached(SmallNetworks.stack(config, type)), Shampoo::attach, folder);
    SmallNetworks.assertResumes(
        attached(SmallNetworks.graph(config, type)), Shampoo::attach, folder);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void itLowersTheLoss(DataType type) {
    Shampoo config = Shampoo.builder().learningRate(0.05).blockSize(16).rootInterval(5).build();
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
  void aNetworkThatIsNotAttachedSaysSo() {
    Model network = SmallNetworks.stack(new Shampoo(), DataType.FLOAT);
    DataSet data = SmallNetworks.images(DataType.FLOAT, 4, 1);

    assertThatThrownBy(() -> SmallNetworks.fit(network, data))
        .hasMessageContaining("Shampoo.attach(net)");
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    assertThatThrownBy(() -> Shampoo.builder().beta2(0).build())
        .hasMessage("Shampoo: beta2 must be above 0 and at most 1, not 0.0.");
    assertThatThrownBy(() -> Shampoo.builder().rootInterval(0).build())
        .hasMessageContaining("rootInterval");
  }

  private static Model attached(Model network) {
    Shampoo.attach(network);
    return network;
  }

  /** Neither momentum nor grafting, a rate of 1, roots at each step. */
  private static Shampoo.Builder plain() {
    return Shampoo.builder()
        .learningRate(1)
        .momentum(0)
        .epsilon(EPSILON)
        .rootInterval(1)
        .grafting(Grafting.NONE);
  }

  private static GradientUpdater<?> updater(Shampoo config, BlockParameter parameter) {
    Shampoo bound = config.withBlock(new ParameterBlock("layer", "Dense", List.of(parameter)));
    INDArray state = Nd4j.create(DataType.DOUBLE, bound.stateSize(parameter.length()));
    return bound.instantiate(state, true);
  }

  private static double[][] gradient(int rows, int columns, int step) {
    double[][] g = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        g[i][j] = Math.sin(1.7 * i * columns + 2.3 * j + 0.9 * step) + 0.1 * i - 0.05 * j * step;
      }
    }
    return g;
  }

  private static double[][] ridged(double[][] matrix) {
    double ridge = EPSILON * DenseSymmetric.of(matrix).largest();
    double[][] result = new double[matrix.length][];
    for (int i = 0; i < matrix.length; i++) {
      result[i] = matrix[i].clone();
      result[i][i] += ridge;
    }
    return result;
  }

  private static double[][] kronecker(double[][] a, double[][] b) {
    int n = a.length * b.length;
    double[][] result = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        result[i][j] = a[i / b.length][j / b.length] * b[i % b.length][j % b.length];
      }
    }
    return result;
  }

  private static double[] flat(double[][] matrix) {
    return Nd4j.create(matrix).reshape(-1).toDoubleVector();
  }

  private static INDArray part(INDArray matrix, long[] s) {
    return matrix.get(NDArrayIndex.interval(s[0], s[1]), NDArrayIndex.interval(s[2], s[3]));
  }

  private static double cosine(INDArray a, INDArray b) {
    return a.mul(b).sumNumber().doubleValue()
        / (a.norm2Number().doubleValue() * b.norm2Number().doubleValue());
  }
}
