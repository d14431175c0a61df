package org.adafisher.bench.rival.kfac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.adafisher.bench.optimizer.Regularization;
import org.adafisher.bench.rival.LayerUpdaters;
import org.adafisher.capture.Network;
import org.adafisher.capture.UpdaterConfigurations;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class KFacTest {

  private static final double NO_CLIP = 1e30;
  private static final int ROWS = 7;
  private static final int CLASSES = 2;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void factorsOfADenseLayerAreThoseOfLoops(boolean bias) {
    MultiLayerNetwork net = dense(once(1e-6), bias);
    double[][] w1 = net.getParam("0_W").toDoubleMatrix();
    double[][] w2 = net.getParam("1_W").toDoubleMatrix();
    DataSet batch = rows(4);
    double[][] x = batch.getFeatures().toDoubleMatrix();
    double[][] y = batch.getLabels().toDoubleMatrix();
    net.fit(batch);

    double[][] a1 = new double[ROWS][];
    double[][] s1 = new double[ROWS][];
    double[][] a2 = new double[ROWS][];
    double[][] s2 = new double[ROWS][];
    for (int n = 0; n < ROWS; n++) {
      double[] h = product(w1, x[n]);
      Arrays.setAll(h, k -> Math.tanh(h[k])); // biases are zero at first
      double[] z = product(w2, h);
      double[] label = y[n];
      Arrays.setAll(z, k -> z[k] - label[k]); // LossMSE of two outputs
      double[] below = new double[h.length];
      for (int k = 0; k < h.length; k++) {
        for (int o = 0; o < CLASSES; o++) {
          below[k] += w2[k][o] * z[o] * (1 - h[k] * h[k]);
        }
      }
      a1[n] = withBias(x[n], bias);
      s1[n] = below;
      a2[n] = withBias(h, bias);
      s2[n] = z;
    }
    assertFactors(factors(net, 0), secondMoment(a1, ROWS), secondMoment(s1, ROWS));
    assertFactors(factors(net, 1), secondMoment(a2, ROWS), secondMoment(s2, ROWS));
  }

  @ParameterizedTest
  @CsvSource({
    "Truncate, NCHW, 1, true",
    "Truncate, NHWC, 1, true",
    "Same, NCHW, 1, false",
    "Same, NCHW, 2, true",
    "Truncate, NCHW, 2, true"
  })
  void factorsOfAConvolutionAreThoseOfLoops(
      ConvolutionMode mode, CNN2DFormat format, int dilation, boolean bias) {
    int[] size = {5, 6};
    int[] kernel = {3, 2};
    int[] stride = {2, 1};
    int channels = 2;
    int maps = 3;
    boolean same = mode == ConvolutionMode.Same;
    ConvolutionLayer.Builder conv =
        new ConvolutionLayer.Builder(kernel)
            .stride(stride)
            .dilation(dilation, dilation)
            .convolutionMode(mode)
            .dataFormat(format)
            .nOut(maps)
            .hasBias(bias)
            .activation(Activation.IDENTITY);
    if (!same) {
      conv.padding(1, 1);
    }
    MultiLayerNetwork net =
        network(
            DataType.DOUBLE,
            once(1e-6),
            InputType.convolutional(size[0], size[1], channels, format),
            conv.build(),
            output());
    double[][] w2 = net.getParam("1_W").toDoubleMatrix();
    INDArray x = Nd4j.randn(DataType.DOUBLE, ROWS, channels, size[0], size[1]);
    INDArray y = Nd4j.randn(DataType.DOUBLE, ROWS, CLASSES);
    boolean last = format == CNN2DFormat.NHWC;
    INDArray features = last ? x.permute(0, 2, 3, 1).dup('c') : x;
    INDArray z = net.output(features);
    net.fit(new DataSet(features, y));

    int[] out = new int[2];
    int[] pad = {1, 1};
    for (int d = 0; d < 2; d++) {
      int reach = (kernel[d] - 1) * dilation + 1;
      out[d] = same ? (size[d] + stride[d] - 1) / stride[d] : (size[d] + 2 - reach) / stride[d] + 1;
      if (same) {
        pad[d] = ((out[d] - 1) * stride[d] + reach - size[d]) / 2;
      }
    }
    int positions = out[0] * out[1];
    double[][] a = new double[ROWS * positions][];
    double[][] s = new double[ROWS * positions][maps];
    for (int n = 0; n < ROWS; n++) {
      for (int i = 0; i < out[0]; i++) {
        for (int j = 0; j < out[1]; j++) {
          int row = (n * out[0] + i) * out[1] + j;
          double[] patch = new double[channels * kernel[0] * kernel[1]];
          int at = 0;
          for (int c = 0; c < channels; c++) {
            for (int k = 0; k < kernel[0]; k++) {
              for (int l = 0; l < kernel[1]; l++, at++) {
                int p = i * stride[0] - pad[0] + k * dilation;
                int q = j * stride[1] - pad[1] + l * dilation;
                if (p >= 0 && p < size[0] && q >= 0 && q < size[1]) {
                  patch[at] = x.getDouble(n, c, p, q);
                }
              }
            }
          }
          a[row] = withBias(patch, bias);
          for (int m = 0; m < maps; m++) {
            // DL4J flattens channels first to (map, i, j), channels last to (i, j, map).
            int flat = last ? (i * out[1] + j) * maps + m : (m * out[0] + i) * out[1] + j;
            for (int o = 0; o < CLASSES; o++) {
              s[row][m] += w2[flat][o] * (z.getDouble(n, o) - y.getDouble(n, o));
            }
          }
        }
      }
    }
    assertFactors(factors(net, 0), secondMoment(a, ROWS), secondMoment(s, ROWS * positions));
  }

  @Test
  void maskedStepsOfATimeSeriesDoNotCount() {
    int steps = 4;
    int inputs = 3;
    MultiLayerNetwork net =
        network(
            DataType.DOUBLE,
            once(1e-6),
            InputType.recurrent(inputs, steps),
            new RnnOutputLayer.Builder(LossFunction.MSE)
                .nOut(CLASSES)
                .activation(Activation.IDENTITY)
                .build());
    double[][] w = net.getParam("0_W").toDoubleMatrix();
    INDArray x = Nd4j.randn(DataType.DOUBLE, ROWS, inputs, steps);
    INDArray y = Nd4j.randn(DataType.DOUBLE, ROWS, CLASSES, steps);
    INDArray mask = Nd4j.ones(DataType.DOUBLE, ROWS, steps);
    for (int n = 0; n < ROWS; n++) {
      for (int t = steps - n % 3; t < steps; t++) {
        mask.putScalar(n, t, 0);
      }
    }
    net.fit(new DataSet(x, y, mask, mask));

    int counting = mask.sumNumber().intValue();
    double[][] a = new double[counting][];
    double[][] s = new double[counting][];
    int row = 0;
    for (int n = 0; n < ROWS; n++) {
      for (int t = 0; t < steps; t++) {
        if (mask.getDouble(n, t) == 1) {
          double[] input = new double[inputs];
          for (int j = 0; j < inputs; j++) {
            input[j] = x.getDouble(n, j, t);
          }
          double[] z = product(w, input);
          for (int o = 0; o < CLASSES; o++) {
            z[o] -= y.getDouble(n, o, t);
          }
          a[row] = withBias(input, true);
          s[row++] = z;
        }
      }
    }
    assertThat(counting).isLessThan(ROWS * steps);
    assertFactors(factors(net, 0), secondMoment(a, ROWS), secondMoment(s, counting));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStepIsTheDenseSolutionOfTheDampedKroneckerProduct(boolean bias) {
    double damping = 0.02;
    KFac kfac = KFac.builder().learningRate(1).momentum(0).damping(damping).klClip(NO_CLIP).build();
    MultiLayerNetwork net = convolution(DataType.DOUBLE, kfac, bias);
    DataSet batch = images(DataType.DOUBLE);
    INDArray gradient = gradient(net, batch);
    INDArray before = net.params().dup();

    net.fit(batch);

    INDArray step = before.sub(net.params());
    for (int layer = 0; layer < 2; layer++) {
      FactorState factors = factors(net, layer);
      double[][] a = factors.input().toDoubleMatrix();
      double[][] g = factors.gradient().toDoubleMatrix();
      double pi = Math.sqrt((trace(a) / a.length) / (trace(g) / g.length));
      addToDiagonal(a, pi * Math.sqrt(damping));
      addToDiagonal(g, Math.sqrt(damping) / pi);
      INDArray solution = solve(kronecker(g, a), byUnit(net, layer, gradient));
      assertThat(apart(byUnit(net, layer, step), solution))
          .isLessThan(1e-10 * solution.amaxNumber().doubleValue());
    }
  }

  /**
   * z = W a + b with unit variance has the Fisher information E[a a^T] x I, whatever the labels. It
   * is what K-FAC has if the residuals have E[s s^T] = I, which these have. The natural gradient
   * step at rate 1 goes to the least squares solution.
   */
  @Test
  void oneStepOnALinearGaussianModelIsTheNaturalGradientStep() {
    int n = 12;
    int inputs = 4;
    KFac kfac = KFac.builder().learningRate(1).momentum(0).damping(1e-26).klClip(NO_CLIP).build();
    MultiLayerNetwork net =
        network(
            DataType.DOUBLE,
            kfac,
            null,
            new OutputLayer.Builder(LossFunction.MSE) // of two outputs: 1/2 sum (z - y)^2
                .nIn(inputs)
                .nOut(CLASSES)
                .activation(Activation.IDENTITY)
                .build());
    net.getParam("0_b").assign(0.3);
    INDArray x = Nd4j.randn(DataType.DOUBLE, n, inputs);
    INDArray residuals = Nd4j.create(DataType.DOUBLE, n, CLASSES);
    Random random = new Random(3);
    double[] first = random.doubles(n, -1, 1).toArray();
    double[] second = random.doubles(n, -1, 1).toArray();
    double overlap = dot(first, second) / dot(first, first);
    for (int i = 0; i < n; i++) {
      second[i] -= overlap * first[i];
    }
    for (int i = 0; i < n; i++) {
      residuals.putScalar(i, 0, first[i] * Math.sqrt(n / dot(first, first)));
      residuals.putScalar(i, 1, second[i] * Math.sqrt(n / dot(second, second)));
    }
    DataSet batch = new DataSet(x, net.output(x).sub(residuals));
    INDArray gradient = gradient(net, batch);
    INDArray before = net.params().dup();
    double[][] fisher = new double[CLASSES * (inputs + 1)][CLASSES * (inputs + 1)];
    for (int i = 0; i < n; i++) {
      double[] a = withBias(x.getRow(i).toDoubleVector(), true);
      for (int k = 0; k < CLASSES; k++) { // the expectation over y of s s^T is I
        for (int j = 0; j <= inputs; j++) {
          for (int l = 0; l <= inputs; l++) {
            fisher[k * (inputs + 1) + j][k * (inputs + 1) + l] += a[j] * a[l] / n;
          }
        }
      }
    }
    INDArray natural = solve(fisher, byUnit(net, 0, gradient));

    net.fit(batch);

    INDArray step = byUnit(net, 0, before.sub(net.params()));
    assertThat(natural.amaxNumber().doubleValue()).isGreaterThan(0.1);
    assertThat(apart(step, natural)).isLessThan(1e-8);
    assertThat(gradient(net, batch).amaxNumber().doubleValue()).isLessThan(1e-8);
  }

  @ParameterizedTest
  @CsvSource({"0.5, 1", "2, 1", "0.5, 0.1", "2, 0.1"})
  void theClipBoundsTheStepOfAllLayersWithFactors(double share, double rate) {
    KFac.Builder builder = KFac.builder().learningRate(rate).momentum(0);
    MultiLayerNetwork free = normalised(builder.klClip(NO_CLIP).build());
    DataSet batch = rows(4);
    INDArray gradient = gradient(free, batch);
    INDArray step = step(free, batch);
    double sum = 0;
    for (int layer : new int[] {0, 2}) {
      INDArray u = byUnit(free, layer, step);
      sum += rate * Nd4j.getBlasWrapper().dot(u, byUnit(free, layer, gradient));
    }
    double nu = Math.min(1, Math.sqrt(share));

    MultiLayerNetwork clipped = normalised(builder.klClip(share * sum).build());
    INDArray clippedStep = step(clipped, batch);

    for (int layer : new int[] {0, 2}) {
      assertThat(apart(byUnit(free, layer, clippedStep), byUnit(free, layer, step).mul(nu)))
          .isLessThan(1e-12);
    }
    // The normalization has no factors: plain descent.
    long from = free.getLayer(0).numParams();
    for (long i = from; i < from + 10; i++) {
      assertThat(clippedStep.getDouble(i)).isCloseTo(rate * gradient.getDouble(i), within(1e-15));
    }
  }

  @Test
  void l2IsAddedToThePreconditionedGradient() {
    KFac kfac = KFac.builder().learningRate(0.5).build();
    MultiLayerNetwork plain = dense(kfac, true);
    MultiLayerNetwork decayed = dense(kfac, true);
    Regularization.apply(decayed, Map.of("weightDecay", 0.0, "l2", 0.1));
    DataSet batch = rows(4);
    INDArray decay = plain.getParam("0_W").mul(0.5 * 0.1);

    plain.fit(batch);
    decayed.fit(batch);

    assertThat(apart(decayed.getParam("0_W"), plain.getParam("0_W").sub(decay))).isLessThan(1e-12);
    assertThat(apart(decayed.getParam("0_b"), plain.getParam("0_b"))).isLessThan(1e-12);
  }

  @Test
  void momentumAndAveragesAreAsWritten() {
    double[] stat = {0, 0.5, 0.6}; // min(1 - 1/k, 0.6)
    KFac kfac =
        KFac.builder()
            .learningRate(0.05)
            .momentum(0.7)
            .statDecay(0.6)
            .klClip(NO_CLIP)
            .factorInterval(2)
            .inverseInterval(4)
            .build();
    MultiLayerNetwork net = dense(kfac, true);
    INDArray average = null;
    INDArray inverse = null;
    INDArray momentum = Nd4j.zeros(DataType.DOUBLE, net.numParams());
    for (int t = 0; t < 6; t++) {
      DataSet batch = rows(4);
      INDArray gradient = gradient(net, batch);
      MultiLayerNetwork fresh = dense(once(1e-9), true);
      fresh.setParams(net.params().dup());
      fresh.fit(batch);
      INDArray before = net.params().dup();
      net.fit(batch);
      INDArray step = before.sub(net.params());

      if (t % 2 == 0) {
        INDArray raw = factors(fresh, 0).input();
        double old = stat[t / 2];
        average = t == 0 ? raw.dup() : average.mul(old).add(raw.mul(1 - old));
      }
      assertThat(apart(factors(net, 0).input(), average)).isLessThan(1e-12);
      if (t % 4 == 0) {
        inverse = factors(net, 0).inputInverse().dup();
      }
      assertThat(factors(net, 0).inputInverse()).isEqualTo(inverse);
      momentum.muli(0.7);
      for (int layer = 0; layer < 2; layer++) {
        FactorState f = factors(net, layer);
        WeightMatrix weights = updater(net, layer).weights().orElseThrow();
        INDArray u = part(net, layer, gradient).dup();
        weights.write(f.gradientInverse().mmul(weights.read(u.dup())).mmul(f.inputInverse()), u);
        part(net, layer, momentum).addi(u);
      }
      assertThat(apart(step, momentum.mul(0.05))).isLessThan(1e-12);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void aRestoredNetworkGoesOnBitForBit(DataType type, @TempDir Path folder) throws IOException {
    ISchedule schedule = new MapSchedule(ScheduleType.ITERATION, Map.of(0, 0.2, 5, 0.1));
    KFac kfac =
        KFac.builder().learningRateSchedule(schedule).factorInterval(2).inverseInterval(3).build();
    MultiLayerNetwork net = convolution(type, kfac, true);
    DataSet batch = images(type);
    fit(net, batch, 4);
    File file = folder.resolve("model.zip").toFile();
    ModelSerializer.writeModel(net, file, true);
    MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file, true);
    KFac.attach(restored);
    MultiLayerNetwork copy = net.clone();
    KFac.attach(copy);

    fit(net, batch, 7);
    fit(restored, batch, 7);
    fit(copy, batch, 7);

    assertThat(restored.params()).isEqualTo(net.params());
    assertThat(restored.updaterState()).isEqualTo(net.updaterState());
    assertThat(copy.params()).isEqualTo(net.params());
  }

  @Test
  void aGraphIsTrainedAsAStackIsAndTheLossFalls() {
    MultiLayerNetwork net =
        convolution(DataType.DOUBLE, KFac.builder().learningRate(0.1).build(), true);
    ComputationGraph graph = net.toComputationGraph();
    KFac.attach(graph);
    DataSet batch = images(DataType.DOUBLE);
    double before = net.score(batch);

    for (int t = 0; t < 60; t++) {
      net.fit(batch);
      graph.fit(batch);
    }

    assertThat(apart(graph.params(), net.params())).isLessThan(1e-9);
    assertThat(net.score(batch)).isLessThan(0.5 * before);
  }

  @Test
  void aPassWithoutAStepChangesNothing() {
    MultiLayerNetwork net = dense(once(0.1), true);
    DataSet batch = rows(4);
    net.fit(batch);
    INDArray state = net.updaterState().dup();

    net.setInput(batch.getFeatures());
    net.setLabels(batch.getLabels());
    net.computeGradientAndScore();
    net.score(batch);

    assertThat(net.updaterState()).isEqualTo(state);
  }

  @Test
  void withoutTheListenerTheFirstStepSaysWhatIsMissing() {
    MultiLayerNetwork unattached = unattached(DataType.DOUBLE, new KFac(), null, output(4));
    MultiLayerNetwork lonely = dense(new KFac(), true);
    lonely.fit(rows(4));
    lonely.setListeners(List.of());
    assertThatThrownBy(() -> unattached.fit(rows(4)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "KFac is not attached to this network: call KFac.attach(net) after net.init(), and"
                + " again on a restored or cloned network.");
    assertThatThrownBy(() -> lonely.fit(rows(4)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(
            "KFac was not told of this step: after net.setListeners(...) call KFac.attach(net)");
  }

  @Test
  void factorsThatNoStateCanHoldAreRefused() {
    MultiLayerNetwork net =
        unattached(
            DataType.FLOAT,
            new KFac(),
            null,
            new DenseLayer.Builder().name("wide").nIn(33_000).nOut(2).build(),
            output(2));

    assertThatThrownBy(() -> KFac.attach(net))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("KFac: the updater state would have 2178")
        .hasMessageContaining("in layer 'wide'")
        .hasMessageEndingWith("give such layers another updater.");
  }

  @Test
  void statisticsThatOverflowAreDropped() {
    MultiLayerNetwork net = unattached(DataType.FLOAT, once(1e-30), null, output(4));
    KFacListener listener = KFac.attach(net);
    net.params().assign(0); // so that the gradient is finite where a a^T is not
    DataSet batch =
        new DataSet(
            Nd4j.ones(DataType.FLOAT, ROWS, 4).mul(1e22), Nd4j.ones(DataType.FLOAT, ROWS, CLASSES));

    net.fit(batch);

    assertThat(listener.droppedRefreshes()).isEqualTo(1);
    assertThat(factors(net, 0).hasFactors()).isFalse();
    assertThat(factors(net, 0).hasInverses()).isFalse();
    assertThat(net.updaterState().isNaN().any() || net.updaterState().isInfinite().any()).isFalse();

    net.fit(new DataSet(Nd4j.rand(DataType.FLOAT, ROWS, 4), batch.getLabels()));
    fit(net, new DataSet(Nd4j.rand(DataType.FLOAT, ROWS, 4), batch.getLabels()), 10);
    assertThat(factors(net, 0).hasInverses()).isTrue();
    assertThat(listener.failedInverses()).isZero();
  }

  @Test
  void factorsThatAreNotPositiveDefiniteKeepTheOldInverses() {
    MultiLayerNetwork net = dense(once(1e-3), true);
    net.fit(rows(4));
    FactorState factors = factors(net, 0);
    INDArray a = factors.inputInverse().dup();
    INDArray g = factors.gradientInverse().dup();

    factors.gradient().negi();

    assertThat(factors.invert(1e-3)).isFalse();
    assertThat(factors.inputInverse()).isEqualTo(a);
    assertThat(factors.gradientInverse()).isEqualTo(g);
    assertThat(DampedInverse.of(a.putScalar(0, Double.NaN), 1)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 31, 32, 33, 101, 300})
  void theInverseOfAnySizeIsOne(int n) {
    INDArray rows = Nd4j.randn(DataType.DOUBLE, n, n);
    INDArray matrix = rows.mmul(rows.transpose());

    INDArray inverse = DampedInverse.of(matrix, 0.5).orElseThrow();

    INDArray identity = Nd4j.eye(n).castTo(DataType.DOUBLE);
    assertThat(apart(matrix.add(identity.mul(0.5)).mmul(inverse), identity)).isLessThan(1e-10);
    assertThat(DampedInverse.of(matrix, -1e4)).isEmpty();
  }

  @Test
  void dampingIsSharedByTheMeanEigenvalues() {
    INDArray a = Nd4j.diag(Nd4j.createFromArray(1.0, 3, 8));
    INDArray g = Nd4j.diag(Nd4j.createFromArray(0.5, 1.5));

    FactorDamping damping = FactorDamping.of(a, g, 0.09);

    assertThat(damping.input()).isCloseTo(2 * 0.3, within(1e-15));
    assertThat(damping.gradient()).isCloseTo(0.3 / 2, within(1e-15));
    assertThat(FactorDamping.of(a, g.mul(0), 0.09)).isEqualTo(new FactorDamping(0.3, 0.3));
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    assertThatThrownBy(() -> KFac.builder().damping(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("damping must be a number above 0");
    assertThatThrownBy(() -> KFac.builder().inverseInterval(0).build())
        .hasMessageContaining("inverseInterval must be at least 1");
  }

  /** Statistics of each step alone, with inverses in each step. */
  private static KFac once(double rate) {
    return KFac.builder().learningRate(rate).statDecay(0).build();
  }

  private static INDArray step(MultiLayerNetwork net, DataSet batch) {
    INDArray before = net.params().dup();
    net.fit(batch);
    return before.sub(net.params());
  }

  /** The gradient of the mean loss, from a step of plain descent at rate 1. */
  private static INDArray gradient(MultiLayerNetwork net, DataSet batch) {
    MultiLayerNetwork plain = net.clone();
    plain.setListeners(List.of());
    for (var layer : plain.getLayers()) {
      UpdaterConfigurations.replace(
          layer.conf().getLayer(), u -> u instanceof KFac ? new Sgd(1) : u);
    }
    plain.setUpdater(null);
    return step(plain, batch);
  }

  private static KFacUpdater updater(MultiLayerNetwork net, int layer) {
    return LayerUpdaters.in(Network.of(net), KFacUpdater.class).stream()
        .filter(attached -> attached.trainable() == net.getLayer(layer))
        .findFirst()
        .orElseThrow()
        .updater();
  }

  private static FactorState factors(MultiLayerNetwork net, int layer) {
    return updater(net, layer).factors();
  }

  /** The part of a vector of all parameters that is a layer's. */
  private static INDArray part(MultiLayerNetwork net, int layer, INDArray vector) {
    long from = 0;
    for (int i = 0; i < layer; i++) {
      from += net.getLayer(i).numParams();
    }
    return vector
        .reshape(vector.length())
        .get(NDArrayIndex.interval(from, from + net.getLayer(layer).numParams()));
  }

  /** Unit by unit, its inputs' weights and then its bias: by indices, not as K-FAC does it. */
  private static INDArray byUnit(MultiLayerNetwork net, int layer, INDArray vector) {
    MultiLayerNetwork holder = net.clone();
    holder.setParams(vector.reshape(1, vector.length()).dup());
    INDArray w = holder.getParam(layer + "_W");
    INDArray b = holder.getLayer(layer).paramTable().get("b");
    boolean convolution = w.rank() == 4;
    int units = (int) w.size(convolution ? 0 : 1);
    int inputs = (int) (w.length() / units);
    int columns = inputs + (b == null ? 0 : 1);
    double[] result = new double[units * columns];
    for (int k = 0; k < units; k++) {
      for (int j = 0; j < inputs; j++) {
        result[k * columns + j] =
            convolution
                ? w.getDouble(
                    k, j / (w.size(2) * w.size(3)), j / w.size(3) % w.size(2), j % w.size(3))
                : w.getDouble(j, k);
      }
      if (b != null) {
        result[k * columns + inputs] = b.getDouble(k);
      }
    }
    return Nd4j.createFromArray(result);
  }

  private static void assertFactors(FactorState actual, double[][] a, double[][] g) {
    assertThat(apart(actual.input(), Nd4j.createFromArray(a))).isLessThan(1e-12);
    assertThat(apart(actual.gradient(), Nd4j.createFromArray(g))).isLessThan(1e-12);
  }

  private static double[][] secondMoment(double[][] rows, double count) {
    int n = rows[0].length;
    double[][] result = new double[n][n];
    for (double[] row : rows) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          result[i][j] += row[i] * row[j] / count;
        }
      }
    }
    return result;
  }

  private static INDArray solve(double[][] matrix, INDArray vector) {
    return Nd4j.createFromArray(
        new LUDecomposition(MatrixUtils.createRealMatrix(matrix))
            .getSolver()
            .solve(MatrixUtils.createRealVector(vector.toDoubleVector()))
            .toArray());
  }

  private static double[][] kronecker(double[][] g, double[][] a) {
    int n = a.length;
    double[][] result = new double[g.length * n][g.length * n];
    for (int i = 0; i < result.length; i++) {
      for (int j = 0; j < result.length; j++) {
        result[i][j] = g[i / n][j / n] * a[i % n][j % n];
      }
    }
    return result;
  }

  private static double[] withBias(double[] inputs, boolean bias) {
    double[] result = Arrays.copyOf(inputs, inputs.length + (bias ? 1 : 0));
    if (bias) {
      result[inputs.length] = 1;
    }
    return result;
  }

  private static double[] product(double[][] w, double[] x) {
    double[] result = new double[w[0].length];
    for (int j = 0; j < x.length; j++) {
      for (int k = 0; k < result.length; k++) {
        result[k] += w[j][k] * x[j];
      }
    }
    return result;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double trace(double[][] matrix) {
    double sum = 0;
    for (int i = 0; i < matrix.length; i++) {
      sum += matrix[i][i];
    }
    return sum;
  }

  private static void addToDiagonal(double[][] matrix, double value) {
    for (int i = 0; i < matrix.length; i++) {
      matrix[i][i] += value;
    }
  }

  private static double apart(INDArray a, INDArray b) {
    return a.sub(b).amaxNumber().doubleValue();
  }

  private static void fit(MultiLayerNetwork net, DataSet batch, int steps) {
    for (int t = 0; t < steps; t++) {
      net.fit(batch);
    }
  }

  private static DataSet rows(int inputs) {
    return new DataSet(
        Nd4j.randn(DataType.DOUBLE, ROWS, inputs), Nd4j.randn(DataType.DOUBLE, ROWS, CLASSES));
  }

  private static DataSet images(DataType type) {
    return new DataSet(Nd4j.randn(type, ROWS, 2, 5, 6), Nd4j.randn(type, ROWS, CLASSES));
  }

  private static OutputLayer output(int inputs) {
    return new OutputLayer.Builder(LossFunction.MSE)
        .nIn(inputs)
        .nOut(CLASSES)
        .activation(Activation.IDENTITY)
        .build();
  }

  private static OutputLayer output() {
    return output(0);
  }

  private static MultiLayerNetwork dense(KFac kfac, boolean bias) {
    return network(
        DataType.DOUBLE,
        kfac,
        null,
        new DenseLayer.Builder().nIn(4).nOut(5).hasBias(bias).activation(Activation.TANH).build(),
        new OutputLayer.Builder(LossFunction.MSE)
            .nIn(5)
            .nOut(CLASSES)
            .hasBias(bias)
            .activation(Activation.IDENTITY)
            .build());
  }

  private static MultiLayerNetwork normalised(KFac kfac) {
    return network(
        DataType.DOUBLE,
        kfac,
        InputType.feedForward(4),
        new DenseLayer.Builder().nOut(5).activation(Activation.TANH).build(),
        new BatchNormalization.Builder().build(),
        output());
  }

  private static MultiLayerNetwork convolution(DataType type, KFac kfac, boolean bias) {
    return network(
        type,
        kfac,
        InputType.convolutional(5, 6, 2),
        new ConvolutionLayer.Builder(3, 2)
            .stride(2, 1)
            .nOut(3)
            .hasBias(bias)
            .activation(Activation.TANH)
            .build(),
        output());
  }

  private static MultiLayerNetwork network(
      DataType type, KFac kfac, InputType input, Layer... layers) {
    MultiLayerNetwork net = unattached(type, kfac, input, layers);
    KFac.attach(net);
    return net;
  }

  private static MultiLayerNetwork unattached(
      DataType type, IUpdater updater, InputType input, Layer... layers) {
    Nd4j.getRandom().setSeed(7);
    NeuralNetConfiguration.ListBuilder list =
        new NeuralNetConfiguration.Builder().seed(1).dataType(type).updater(updater).list();
    Stream.of(layers).forEach(list::layer);
    if (input != null) {
      list.setInputType(input);
    }
    MultiLayerNetwork net = new MultiLayerNetwork(list.build());
    net.init();
    return net;
  }
}
