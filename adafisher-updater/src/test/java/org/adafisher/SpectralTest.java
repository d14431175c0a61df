package org.adafisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.adafisher.curvature.Arrangement;
import org.adafisher.curvature.FactorPart;
import org.adafisher.curvature.ParameterSpan;
import org.adafisher.curvature.RawFactors;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The step of {@link Spectral} against its formulas, written down once more over plain numbers: in
 * native operations, as large weights have it, and in loops.
 */
class SpectralTest {

  private static final double RATE = 0.05;
  private static final double BETA = 0.9;
  private static final double DECAY = 0.003;

  /** One layer's weights and what they have seen. */
  private record Layer(
      int groups,
      int units,
      int inputs,
      boolean withBias,
      RawFactors statistics,
      double[] weights,
      double[] momentum) {

    static Layer random(int groups, int units, int inputs, boolean withBias, int seed) {
      Random random = new Random(seed);
      int outputs = groups * units;
      int columns = groups * inputs;
      double[] mean = random.doubles(columns, -1, 1).toArray();
      double[] square = Arrays.stream(mean).map(m -> m * m + 0.1 + random.nextDouble()).toArray();
      return new Layer(
          groups,
          units,
          inputs,
          withBias,
          new RawFactors(square, random.doubles(outputs, 0.1, 2).toArray(), mean),
          random.doubles((long) outputs * inputs, -1, 1).toArray(),
          random.doubles((long) outputs * inputs + (withBias ? outputs : 0), -0.1, 0.1).toArray());
    }

    Layer with(double[] otherMomentum) {
      return new Layer(groups, units, inputs, withBias, statistics, weights, otherMomentum);
    }

    int outputs() {
      return groups * units;
    }

    int columns() {
      return inputs + (withBias ? 1 : 0);
    }

    private SpectralWeights piece(Spectral spectral, DataType type) {
      int length = outputs() * inputs;
      ParameterSpan span =
          new ParameterSpan(
              "W", FactorPart.MAIN, 0, inputs, outputs(), groups, Arrangement.BY_UNIT);
      INDArray parameter = array(weights, type);
      CentredBias bias =
          withBias
              ? new CentredBias(
                  new ParameterView(length, outputs()),
                  new ParameterView(length, outputs()),
                  () -> parameter,
                  step -> DECAY)
              : null;
      SpectralWeights piece =
          new SpectralWeights(
              spectral,
              span,
              0,
              bias,
              () -> parameter,
              Nd4j.zeros(type, CentredGroups.stateSize(span)));
      piece.refresh(spectral.usesStatistics() ? Map.of(FactorPart.MAIN, statistics) : Map.of());
      return piece;
    }

    /** As large weights make it. */
    double[] nativeStep(Spectral spectral, DataType type) {
      INDArray gradient = Nd4j.ones(type, momentum.length);
      Step step = new Step(array(momentum, type), gradient, BETA, 1, RATE, 0, 0);
      piece(spectral, type).direct(step);
      return gradient.toDoubleVector();
    }

    /** As small blocks make it. */
    double[] loopStep(Spectral spectral, DataType type) {
      double[] gradient = new double[momentum.length];
      Arrays.fill(gradient, 1);
      piece(spectral, type)
          .apply(
              new Step(Nd4j.zeros(type, 1), Nd4j.zeros(type, 1), BETA, 1, RATE, 0, 0),
              momentum.clone(),
              gradient);
      return gradient;
    }
  }

  private static INDArray array(double[] values, DataType type) {
    return Nd4j.create(values, new long[] {values.length}, type);
  }

  @Property(tries = 60)
  void theStepIsThatOfTheFormulas(
      @ForAll @IntRange(min = 1, max = 9) int units,
      @ForAll @IntRange(min = 1, max = 9) int inputs,
      @ForAll boolean withBias,
      @ForAll @IntRange(min = 1, max = 5) int blockSize,
      @ForAll @IntRange(min = 1, max = 6) int iterations,
      @ForAll int seed) {
    Layer layer = Layer.random(1, units, inputs, withBias, seed);
    Spectral spectral = new Spectral().withBlockSize(blockSize).withIterations(iterations);
    double[] expected = reference(spectral, layer);
    assertClose(layer.nativeStep(spectral, DataType.DOUBLE), expected, 1e-9);
    assertClose(layer.loopStep(spectral, DataType.DOUBLE), expected, 1e-9);
  }

  /** A depthwise convolution, a locally connected layer, capsules. */
  @Property(tries = 30)
  void eachGroupHasAMatrixOfItsOwn(
      @ForAll @IntRange(min = 2, max = 4) int groups,
      @ForAll @IntRange(min = 1, max = 4) int units,
      @ForAll @IntRange(min = 1, max = 5) int inputs,
      @ForAll boolean withBias,
      @ForAll int seed) {
    Layer layer = Layer.random(groups, units, inputs, withBias, seed);
    Spectral spectral = new Spectral().withBlockSize(3);
    double[] expected = reference(spectral, layer);
    assertClose(layer.nativeStep(spectral, DataType.DOUBLE), expected, 1e-9);
    assertClose(layer.loopStep(spectral, DataType.DOUBLE), expected, 1e-9);
  }

  /** Larger than any block, in both orientations and both types. */
  @Test
  void largeLayersStepAlikeInLoopsAndNatively() {
    for (int[] shape : new int[][] {{150, 70}, {70, 150}, {129, 128}, {128, 128}, {65, 64}}) {
      for (boolean withBias : new boolean[] {false, true}) {
        Layer layer = Layer.random(1, shape[0], shape[1], withBias, 3);
        Spectral spectral = new Spectral();
        double[] expected = layer.loopStep(spectral, DataType.DOUBLE);
        assertClose(layer.nativeStep(spectral, DataType.DOUBLE), expected, 1e-9);
        // The polar factor keeps six digits of a momentum that is well conditioned.
        assertClose(layer.nativeStep(spectral, DataType.FLOAT), expected, 1e-3);
      }
    }
  }

  /**
   * The iteration's known bounds: singular values of more than a hundredth of the norm end within
   * [0.68, 1.14], and all singular vectors stay.
   */
  @Property(tries = 30)
  void thePolarFactorHasSingularValuesNearOne(
      @ForAll @IntRange(min = 1, max = 12) int n, @ForAll int seed) {
    Random random = new Random(seed);
    double[] values = IntStream.range(0, n).mapToDouble(i -> 0.05 + random.nextDouble()).toArray();
    double[][] gram = new double[n][n];
    for (int i = 0; i < n; i++) {
      gram[i][i] = values[i] * values[i];
    }
    rotate(gram, random);

    double[][] factor = Arrays.stream(gram).map(double[]::clone).toArray(double[][]::new);
    double trace = new PolarFactor(5, 1e-30).apply(factor, 1);

    assertThat(trace).isCloseTo(Arrays.stream(values).map(x -> x * x).sum(), within(1e-12));
    // K G K has the squares of the singular values of K Y.
    INDArray k = Nd4j.create(factor);
    INDArray product = k.mmul(Nd4j.create(gram)).mmul(k);
    double[] squares = eigenvalues(product);
    assertThat(Arrays.stream(squares)).allMatch(x -> x > 0.67 * 0.67 && x < 1.15 * 1.15);
  }

  /** Pairs of rows and columns, so that eigenvalues stay. */
  private static void rotate(double[][] matrix, Random random) {
    for (int turn = 0; turn < 3 * matrix.length && matrix.length > 1; turn++) {
      int i = random.nextInt(matrix.length);
      int j = (i + 1 + random.nextInt(matrix.length - 1)) % matrix.length;
      double angle = 7 * random.nextDouble();
      double c = Math.cos(angle);
      double s = Math.sin(angle);
      for (int k = 0; k < matrix.length; k++) {
        double x = matrix[i][k];
        double y = matrix[j][k];
        matrix[i][k] = c * x - s * y;
        matrix[j][k] = s * x + c * y;
      }
      for (int k = 0; k < matrix.length; k++) {
        double x = matrix[k][i];
        double y = matrix[k][j];
        matrix[k][i] = c * x - s * y;
        matrix[k][j] = s * x + c * y;
      }
    }
  }

  /** By Jacobi's rotations. */
  private static double[] eigenvalues(INDArray symmetric) {
    double[][] a = symmetric.toDoubleMatrix();
    for (int sweep = 0; sweep < 30; sweep++) {
      for (int i = 0; i < a.length; i++) {
        for (int j = 0; j < i; j++) {
          double theta = 0.5 * Math.atan2(2 * a[i][j], a[j][j] - a[i][i]);
          double c = Math.cos(theta);
          double s = Math.sin(theta);
          for (int k = 0; k < a.length; k++) {
            double x = a[i][k];
            double y = a[j][k];
            a[i][k] = c * x - s * y;
            a[j][k] = s * x + c * y;
          }
          for (int k = 0; k < a.length; k++) {
            double x = a[k][i];
            double y = a[k][j];
            a[k][i] = c * x - s * y;
            a[k][j] = s * x + c * y;
          }
        }
      }
    }
    return IntStream.range(0, a.length).mapToDouble(i -> a[i][i]).toArray();
  }

  /** What the controls are: the formulas with h = s' = 1, and with mu = 0, a = s = 1 besides. */
  @Property(tries = 20)
  void controlsLackWhatTheyAreToLack(
      @ForAll @IntRange(min = 1, max = 7) int units,
      @ForAll @IntRange(min = 1, max = 7) int inputs,
      @ForAll boolean withBias,
      @ForAll int seed) {
    Layer layer = Layer.random(1, units, inputs, withBias, seed);
    for (Spectral.Coordinates coordinates : Spectral.Coordinates.values()) {
      Spectral spectral = new Spectral().withBlockSize(4).withCoordinates(coordinates);
      double[] expected = reference(spectral, layer);
      assertClose(layer.nativeStep(spectral, DataType.DOUBLE), expected, 1e-9);
      assertClose(layer.loopStep(spectral, DataType.DOUBLE), expected, 1e-9);
    }
  }

  /** However small or large the gradient: the length of a step does not depend on it. */
  @Test
  void theScaleOfTheGradientDoesNotMatter() {
    for (int[] shape : new int[][] {{5, 8}, {8, 5}}) {
      Layer layer = Layer.random(1, shape[0], shape[1], true, 1);
      for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
        double[] expected = layer.nativeStep(new Spectral(), type);
        for (double scale : new double[] {1e-10, 1e-4, 1e6, 1e12}) {
          double[] scaled = Arrays.stream(layer.momentum()).map(m -> m * scale).toArray();
          assertClose(
              layer.with(scaled).nativeStep(new Spectral(), type),
              expected,
              type == DataType.FLOAT ? 1e-3 : 1e-9);
          assertClose(
              layer.with(scaled).loopStep(new Spectral(), type),
              expected,
              type == DataType.FLOAT ? 1e-3 : 1e-9);
        }
      }
    }
  }

  @Test
  void noMomentumIsNoStepAndNoNumberStaysNone() {
    for (int groups : new int[] {1, 3}) {
      for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
        for (boolean withBias : new boolean[] {false, true}) {
          Layer layer = Layer.random(groups, 4, 5, withBias, 1);
          int weights = layer.outputs() * layer.inputs();
          for (double bad : new double[] {0, Double.NaN}) {
            double[] momentum = new double[layer.momentum().length];
            Arrays.fill(momentum, bad);
            for (double[] step :
                new double[][] {
                  layer.with(momentum).nativeStep(new Spectral(), type),
                  layer.with(momentum).loopStep(new Spectral(), type)
                }) {
              assertThat(Arrays.copyOf(step, weights)).containsOnly(bad);
            }
          }
        }
      }
    }
  }

  /** As under {@link Centred}: it will pass. */
  @Test
  void aMomentumWhoseSquareIsBeyondTheTypeHasNoStep() {
    for (int groups : new int[] {1, 3}) {
      Layer layer = Layer.random(groups, 4, 5, false, 1);
      double[] momentum = layer.momentum().clone();
      momentum[3] = 1e25;
      assertThat(layer.with(momentum).nativeStep(new Spectral(), DataType.FLOAT)).containsOnly(0);
      assertThat(layer.with(momentum).loopStep(new Spectral(), DataType.FLOAT)).containsOnly(0);
      assertThat(layer.with(momentum).nativeStep(new Spectral(), DataType.DOUBLE))
          .doesNotContain(0)
          .doesNotContain(Double.NaN);
    }
  }

  /** A unit without gradients, and an input that is always 0, have weights that stay. */
  @Test
  void deadUnitsAndInputsStay() {
    Layer layer = Layer.random(1, 4, 6, true, 2);
    layer.statistics().input()[1] = 0;
    layer.statistics().inputMean()[1] = 0;
    layer.statistics().gradient()[2] = 0;
    double[] momentum = layer.momentum().clone();
    for (int k = 0; k < 4; k++) {
      momentum[k * 6 + 1] = 0;
    }
    Arrays.fill(momentum, 12, 18, 0);
    momentum[24 + 2] = 0;
    for (double[] step :
        new double[][] {
          layer.with(momentum).nativeStep(new Spectral(), DataType.DOUBLE),
          layer.with(momentum).loopStep(new Spectral(), DataType.DOUBLE)
        }) {
      for (int k = 0; k < 4; k++) {
        assertThat(step[k * 6 + 1]).isCloseTo(0, within(1e-15));
      }
      assertThat(Arrays.stream(step, 12, 18)).allMatch(x -> Math.abs(x) < 1e-15);
      assertThat(Math.abs(step[0])).isGreaterThan(1e-4);
    }
  }

  private static void assertClose(double[] actual, double[] expected, double relative) {
    assertThat(actual).hasSameSizeAs(expected);
    double size = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).as("[%d]", i).isCloseTo(expected[i], within(relative * size));
    }
  }

  /** The first step by the formulas: for each group of rows the iteration on full matrices. */
  private static double[] reference(Spectral spectral, Layer layer) {
    int outputs = layer.outputs();
    int inputs = layer.inputs();
    int columns = layer.columns();
    int weights = outputs * inputs;
    boolean plain = spectral.coordinates() == Spectral.Coordinates.PLAIN;
    double[] mu = plain ? new double[inputs] : layer.statistics().inputMean();
    double[] square = layer.statistics().input();
    if (plain) {
      square = new double[inputs];
      Arrays.fill(square, 1);
    }
    double[] a = new double[mu.length];
    for (int j = 0; j < a.length; j++) {
      a[j] = square[j] - mu[j] * mu[j] + spectral.eps() * square[j];
    }
    double meanA = Arrays.stream(a).average().orElseThrow() + spectral.guardIn();
    double[] s = layer.statistics().gradient().clone();
    if (plain) {
      Arrays.fill(s, 1);
    }
    double meanS = Arrays.stream(s).average().orElseThrow() + spectral.guardMean();
    double biasA = 1 + spectral.eps();
    double[][] u = new double[outputs][columns];
    for (int group = 0; group < layer.groups(); group++) {
      double[][] scale = new double[layer.units()][columns];
      INDArray x = Nd4j.zeros(DataType.DOUBLE, layer.units(), columns);
      for (int i = 0; i < layer.units(); i++) {
        int k = group * layer.units() + i;
        double ofUnit = 1 / Math.sqrt(s[k] / meanS + spectral.dampingOut());
        double ofBias = layer.withBias() ? layer.momentum()[weights + k] : 0;
        for (int j = 0; j < columns; j++) {
          double variance = j == inputs ? biasA : a[group * inputs + j];
          scale[i][j] =
              spectral.coordinates() == Spectral.Coordinates.CENTRED
                  ? 1
                  : ofUnit / Math.sqrt(variance / meanA + spectral.dampingIn());
          double m =
              j == inputs
                  ? ofBias
                  : layer.momentum()[k * inputs + j] - ofBias * mu[group * inputs + j];
          x.putScalar(i, j, m / (1 - BETA) * scale[i][j]);
        }
      }
      INDArray polar =
          layer.units() > columns ? polar(spectral, x.transpose()).transpose() : polar(spectral, x);
      for (int i = 0; i < layer.units(); i++) {
        for (int j = 0; j < columns; j++) {
          u[group * layer.units() + i][j] = polar.getDouble(i, j) * scale[i][j];
        }
      }
    }
    double q = 0;
    double size = 0;
    for (int k = 0; k < outputs; k++) {
      int group = k / layer.units() * inputs;
      double output = 0;
      for (int j = 0; j < inputs; j++) {
        q += a[group + j] * u[k][j] * u[k][j];
        output += u[k][j] * mu[group + j];
        double w = layer.weights()[k * inputs + j];
        size += a[group + j] * w * w;
      }
      q += layer.withBias() ? biasA * u[k][inputs] * u[k][inputs] : output * output;
    }
    double r = Math.sqrt(q / outputs * (1 + BETA) / (1 - BETA)) + spectral.guardNorm();
    double rate = RATE * Math.sqrt(1 + size / outputs) / r;
    double[] step = new double[layer.momentum().length];
    for (int k = 0; k < outputs; k++) {
      int group = k / layer.units() * inputs;
      double move = layer.withBias() ? rate * u[k][inputs] : 0;
      for (int j = 0; j < inputs; j++) {
        step[k * inputs + j] = rate * u[k][j];
        move -= (rate * u[k][j] + DECAY * layer.weights()[k * inputs + j]) * mu[group + j];
      }
      if (layer.withBias()) {
        step[weights + k] = move;
      }
    }
    return step;
  }

  /** Section by section, each matrix in full. */
  private static INDArray polar(Spectral spectral, INDArray x) {
    int rows = x.rows();
    int groups = (int) Math.ceil((double) rows / spectral.blockSize());
    int size = (int) Math.ceil((double) rows / groups);
    INDArray result = Nd4j.zeros(DataType.DOUBLE, x.shape());
    for (int from = 0; from < rows; from += size) {
      int to = Math.min(from + size, rows);
      INDArray y = Nd4j.zeros(DataType.DOUBLE, to - from, x.columns());
      for (int i = from; i < to; i++) {
        for (int j = 0; j < x.columns(); j++) {
          y.putScalar(i - from, j, x.getDouble(i, j));
        }
      }
      double norm = y.norm2Number().doubleValue();
      y.divi(Math.max(norm, Math.sqrt(spectral.guardTrace())));
      for (int i = 0; i < spectral.iterations(); i++) {
        // Of the matrix itself, where the code under test has its Gram matrix.
        INDArray gram = y.mmul(y.transpose());
        INDArray next = y.mul(3.4445);
        next.addi(gram.mmul(y).muli(-4.7750)).addi(gram.mmul(gram).mmul(y).muli(2.0315));
        y = next;
      }
      for (int i = from; i < to; i++) {
        for (int j = 0; j < x.columns(); j++) {
          result.putScalar(i, j, y.getDouble(i - from, j));
        }
      }
    }
    return result;
  }
}
