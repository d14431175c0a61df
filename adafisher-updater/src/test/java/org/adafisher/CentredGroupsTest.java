package org.adafisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.adafisher.curvature.Arrangement;
import org.adafisher.curvature.FactorPart;
import org.adafisher.curvature.ParameterSpan;
import org.adafisher.curvature.RawFactors;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Grouped weights against the formulas of {@link Centred} in loops over plain numbers. */
class CentredGroupsTest {

  private static final Centred CENTRED = new Centred();
  private static final double RATE = 0.05;
  private static final double BETA = 0.9;
  private static final double DECAY = 0.003;

  @Property(tries = 30)
  void theStepIsThatOfTheFormulas(
      @ForAll @IntRange(min = 1, max = 4) int groups,
      @ForAll @IntRange(min = 1, max = 3) int units,
      @ForAll @IntRange(min = 1, max = 5) int inputs,
      @ForAll boolean withBias,
      @ForAll int seed) {
    Random random = new Random(seed);
    int outputs = groups * units;
    int weights = outputs * inputs;
    int length = weights + (withBias ? outputs : 0);
    ParameterSpan span =
        new ParameterSpan("W", FactorPart.MAIN, 0, inputs, outputs, groups, Arrangement.BY_UNIT);
    INDArray parameter = array(random, weights, 1);
    CentredBias bias =
        withBias
            ? new CentredBias(
                new ParameterView(weights, outputs),
                new ParameterView(weights, outputs),
                () -> parameter,
                step -> DECAY)
            : null;
    CentredGroups piece =
        new CentredGroups(
            CENTRED, span, 0, bias, Nd4j.zeros(DataType.DOUBLE, CentredGroups.stateSize(span)));
    RawFactors raw = statistics(random, groups * inputs, outputs);
    piece.refresh(Map.of(FactorPart.MAIN, raw));
    INDArray momentum = array(random, length, 0.1);
    INDArray gradient = array(random, length, 0.1);

    double[] loops = gradient.toDoubleVector();
    Step step = new Step(momentum, gradient, BETA, 1, RATE, 0, 0);
    apply(piece, step);
    CentredPiece another =
        new CentredGroups(
            CENTRED, span, 0, bias, Nd4j.zeros(DataType.DOUBLE, CentredGroups.stateSize(span)));
    another.refresh(Map.of(FactorPart.MAIN, raw));
    another.apply(step, momentum.toDoubleVector(), loops);

    double[] expected =
        reference(
            raw,
            momentum.toDoubleVector(),
            parameter.toDoubleVector(),
            groups,
            units,
            inputs,
            withBias);
    double[] actual = gradient.toDoubleVector();
    for (int i = 0; i < length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-12 + 1e-9 * Math.abs(expected[i])));
      assertThat(loops[i]).isCloseTo(expected[i], within(1e-12 + 1e-9 * Math.abs(expected[i])));
    }
  }

  /** With ND4J's operations, as for a large block. */
  private static void apply(CentredPiece piece, Step step) {
    piece.scale(step, DeviceState.read(piece.direct(step)));
  }

  @Property(tries = 20)
  void oneGroupIsAPlainLayer(
      @ForAll @IntRange(min = 1, max = 4) int outputs,
      @ForAll @IntRange(min = 1, max = 5) int inputs,
      @ForAll int seed) {
    Random random = new Random(seed);
    ParameterSpan span = new ParameterSpan("W", FactorPart.MAIN, 0, inputs, outputs);
    RawFactors raw = statistics(random, inputs, outputs);
    INDArray momentum = array(random, outputs * inputs, 1);
    INDArray one = array(random, outputs * inputs, 1);
    INDArray other = one.dup();
    CentredPiece grouped =
        new CentredGroups(
            CENTRED, span, 0, null, Nd4j.zeros(DataType.DOUBLE, CentredGroups.stateSize(span)));
    CentredPiece plain =
        new CentredWeights(
            CENTRED,
            Centring.BY_INVERSE,
            span,
            0,
            null,
            Nd4j.zeros(DataType.DOUBLE, CentredWeights.stateSize(Centring.BY_INVERSE, span)));
    for (CentredPiece piece : new CentredPiece[] {grouped, plain}) {
      piece.refresh(Map.of(FactorPart.MAIN, raw));
      apply(piece, new Step(momentum.dup(), piece == grouped ? one : other, BETA, 1, RATE, 0, 0));
    }
    double[] expected = other.toDoubleVector();
    double[] actual = one.toDoubleVector();
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-9 + 1e-7 * Math.abs(expected[i])));
    }
  }

  /** The step of the first update, by unit: weights, then the bias. */
  private static double[] reference(
      RawFactors raw,
      double[] momentum,
      double[] parameter,
      int groups,
      int units,
      int inputs,
      boolean withBias) {
    int outputs = groups * units;
    int columns = groups * inputs;
    double[] mu = raw.inputMean();
    double[] a = new double[columns];
    for (int j = 0; j < columns; j++) {
      a[j] = raw.input()[j] - mu[j] * mu[j] + CENTRED.eps() * raw.input()[j];
    }
    double meanA = Arrays.stream(a, 0, columns).average().orElseThrow() + CENTRED.guardIn();
    double meanS = Arrays.stream(raw.gradient()).average().orElseThrow() + CENTRED.guardMean();
    double biasA = 1 + CENTRED.eps();
    double biasH = 1 / (biasA / meanA + CENTRED.dampingIn());
    double correction = 1 - BETA;
    double[][] u = new double[outputs][inputs];
    double[] biasStep = new double[outputs];
    double q = 0;
    for (int k = 0; k < outputs; k++) {
      int first = k / units * inputs;
      double s = 1 / (raw.gradient()[k] / meanS + CENTRED.dampingOut());
      double along = 0;
      if (withBias) {
        along = momentum[outputs * inputs + k] / correction;
        biasStep[k] = along * s * biasH;
        q += biasA * biasStep[k] * biasStep[k];
      } else {
        double norm = meanA;
        for (int j = 0; j < inputs; j++) {
          double h = 1 / (a[first + j] / meanA + CENTRED.dampingIn());
          norm += h * mu[first + j] * mu[first + j];
        }
        for (int j = 0; j < inputs; j++) {
          double h = 1 / (a[first + j] / meanA + CENTRED.dampingIn());
          along += momentum[k * inputs + j] / correction * h * mu[first + j] / norm;
        }
      }
      double output = 0;
      for (int j = 0; j < inputs; j++) {
        double h = 1 / (a[first + j] / meanA + CENTRED.dampingIn());
        u[k][j] = (momentum[k * inputs + j] / correction - along * mu[first + j]) * s * h;
        q += a[first + j] * u[k][j] * u[k][j];
        output += u[k][j] * mu[first + j];
      }
      q += withBias ? 0 : output * output;
    }
    q /= outputs;
    double r = Math.sqrt(q * (1 + BETA) / (1 - BETA)) + CENTRED.guardNorm();
    double[] step = new double[outputs * inputs + (withBias ? outputs : 0)];
    for (int k = 0; k < outputs; k++) {
      double output = 0;
      double decayed = 0;
      for (int j = 0; j < inputs; j++) {
        step[k * inputs + j] = RATE / r * u[k][j];
        output += RATE / r * u[k][j] * mu[k / units * inputs + j];
        decayed += parameter[k * inputs + j] * mu[k / units * inputs + j];
      }
      if (withBias) {
        step[outputs * inputs + k] = RATE / r * biasStep[k] - output - DECAY * decayed;
      }
    }
    return step;
  }

  private static RawFactors statistics(Random random, int columns, int outputs) {
    double[] mean = random.doubles(columns, -1, 1).toArray();
    double[] square = Arrays.stream(mean).map(m -> m * m + 0.1 + random.nextDouble()).toArray();
    return new RawFactors(square, random.doubles(outputs, 0.1, 2).toArray(), mean);
  }

  private static INDArray array(Random random, int length, double scale) {
    double[] values = random.doubles(length, -scale, scale).toArray();
    return Nd4j.create(values, new long[] {length}, DataType.DOUBLE);
  }
}
