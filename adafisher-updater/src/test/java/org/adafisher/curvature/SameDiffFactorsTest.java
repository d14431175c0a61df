package org.adafisher.curvature;

import static org.adafisher.curvature.BruteForce.assertClose;
import static org.adafisher.curvature.BruteForce.flat;
import static org.adafisher.curvature.BruteForce.gaussian;
import static org.adafisher.curvature.BruteForce.mask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Taps;
import org.adafisher.capture.Workspaces;
import org.adafisher.curvature.BruteForce.Net;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CapsuleLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.PrimaryCapsules;
import org.deeplearning4j.nn.conf.layers.RecurrentAttentionLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Raw factors of the layers that are SameDiff graphs against their definition. Each layer is
 * written out in plain loops, with the squared error above it; that its loss is the network's is
 * asserted. Its rows are the inputs that it met and the differences of the loss in its
 * pre-activations.
 */
class SameDiffFactorsTest {

  private static final double STEP = 1e-4;

  /**
   * DL4J 1.0.0-M2.1 adds the gradient that comes from above to itself on its way into the graph, so
   * that the gradients of such a layer's parameters, and of its input, are twice what they should
   * be: those are what the updater gets, and what the factors are of.
   */
  private static final double DOUBLED = 2;

  /** Shown every row's inputs and pre-activations while the plain layer runs; may nudge one. */
  private static final class Trace {

    private record Place(String part, int row, int unit) {}

    private final Map<String, TreeMap<Integer, TreeMap<Integer, Double>>> inputs = new TreeMap<>();
    private final Map<String, TreeMap<Integer, Integer>> units = new TreeMap<>();
    private Place nudged;
    private double nudge;

    void input(String part, int row, int index, double value) {
      if (nudged == null) {
        inputs
            .computeIfAbsent(part, p -> new TreeMap<>())
            .computeIfAbsent(row, r -> new TreeMap<>())
            .put(index, value);
      }
    }

    double output(String part, int row, int unit, double value) {
      if (nudged == null) {
        units.computeIfAbsent(part, p -> new TreeMap<>()).merge(row, unit + 1, Math::max);
        return value;
      }
      return nudged.row == row && nudged.unit == unit && nudged.part.equals(part)
          ? value + nudge
          : value;
    }

    double[][] inputs(String part) {
      return inputs.get(part).values().stream()
          .map(row -> row.values().stream().mapToDouble(v -> v).toArray())
          .toArray(double[][]::new);
    }

    double[][] gradients(String part, ToDoubleFunction<Trace> loss) {
      int[] offsets = {-2, -1, 1, 2};
      int[] weights = {1, -8, 8, -1};
      int rows = units.get(part).size();
      double[][] result = new double[rows][units.get(part).get(0)];
      for (int row = 0; row < rows; row++) {
        for (int unit = 0; unit < result[row].length; unit++) {
          Trace trace = new Trace();
          trace.nudged = new Place(part, row, unit);
          for (int k = 0; k < 4; k++) {
            trace.nudge = offsets[k] * STEP;
            result[row][unit] += DOUBLED * weights[k] * loss.applyAsDouble(trace) / (12 * STEP);
          }
        }
      }
      return result;
    }
  }

  /** A network with a layer or vertex under test. */
  private record Subject(
      DoubleSupplier loss,
      Supplier<Map<String, RawFactors>> factors,
      FactorLayout layout,
      Function<String, INDArray> gradient) {}

  /** The network's factors beside its plain double. */
  private static final class Comparison {

    private final Subject net;
    private final ToDoubleFunction<Trace> loss;
    private final Trace trace = new Trace();
    private final Map<String, RawFactors> raw;

    Comparison(Net net, ToDoubleFunction<Trace> loss) {
      this(new Subject(net::loss, net::factors, net.layout(), net::minimisedGradient), loss);
    }

    Comparison(Subject net, ToDoubleFunction<Trace> loss) {
      this.net = net;
      this.loss = loss;
      assertThat(loss.applyAsDouble(trace)).isCloseTo(net.loss().getAsDouble(), within(1e-9));
      this.raw = net.factors().get();
    }

    /** Weights of one group, perhaps with a bias in the same part. */
    Comparison weights(String parameter, String part, String bias, IntPredicate counts) {
      return weights(parameter, part, bias, 1, (row, group) -> counts.test(row));
    }

    Comparison weights(String parameter, String part, String bias, int groups, Counts counts) {
      double[][] x = trace.inputs(part);
      double[][] s = trace.gradients(part, loss);
      int inputs = x[0].length / groups;
      int units = s[0].length / groups;
      double[] h = new double[x[0].length];
      double[] mean = new double[x[0].length];
      double[] squares = new double[s[0].length];
      double[] products = new double[s[0].length * inputs];
      int all = 0;
      for (int group = 0; group < groups; group++) {
        int count = 0;
        for (int row = 0; row < x.length; row++) {
          count += counts.count(row, group) ? 1 : 0;
        }
        all += count;
        for (int row = 0; row < x.length; row++) {
          double weight = counts.count(row, group) ? 1.0 / count : 0;
          for (int j = 0; j < inputs; j++) {
            double value = x[row][group * inputs + j];
            mean[group * inputs + j] += weight * value;
            h[group * inputs + j] += weight * value * value;
          }
          for (int k = 0; k < units; k++) {
            int unit = group * units + k;
            squares[unit] += weight * s[row][unit] * s[row][unit];
            for (int j = 0; j < inputs; j++) {
              products[unit * inputs + j] += s[row][unit] * x[row][group * inputs + j];
            }
          }
        }
      }
      ParameterSpan span = net.layout().spansOf(parameter).get(0);
      assertThat(span.part()).isEqualTo(part);
      assertThat(span.groups()).isEqualTo(groups);
      assertThat(span.isWeight()).isTrue();
      // The pairing: a weight's gradient is the sum over rows of its unit's and its input's.
      assertClose(byUnit(span), products, 1e-6, 1e-9);
      if (all == 0) {
        assertThat(raw).doesNotContainKey(part);
        return this;
      }
      RawFactors factors = raw.get(part);
      assertClose(factors.input(), BruteForce.withBias(h, bias != null), 1e-9, 1e-10);
      assertClose(factors.inputMean(), BruteForce.withBias(mean, bias != null), 1e-9, 1e-10);
      assertClose(factors.gradient(), squares, 1e-6, 1e-12);
      if (bias != null) {
        ParameterSpan b = net.layout().spansOf(bias).get(0);
        assertThat(b.part()).isEqualTo(part);
        assertThat(b.inputOffset()).isEqualTo(h.length);
        assertClose(byUnit(b), sums(s), 1e-6, 1e-9);
      }
      return this;
    }

    /** A bias that has a part of its own, named as itself. */
    Comparison bias(String parameter, IntPredicate counts) {
      double[][] s = trace.gradients(parameter, loss);
      double[] squares = new double[s[0].length];
      int count = 0;
      for (int row = 0; row < s.length; row++) {
        if (counts.test(row)) {
          count++;
          for (int k = 0; k < squares.length; k++) {
            squares[k] += s[row][k] * s[row][k];
          }
        }
      }
      ParameterSpan span = net.layout().spansOf(parameter).get(0);
      assertThat(span.part()).isEqualTo(parameter);
      assertThat(span.isWeight()).isFalse();
      assertClose(byUnit(span), sums(s), 1e-6, 1e-9);
      if (count == 0) {
        assertThat(raw).doesNotContainKey(parameter);
        return this;
      }
      int rows = count;
      Arrays.setAll(squares, k -> squares[k] / rows);
      RawFactors factors = raw.get(parameter);
      assertThat(factors.input()).containsExactly(0, 1);
      assertThat(factors.inputMean()).containsExactly(0, 1);
      assertClose(factors.gradient(), squares, 1e-6, 1e-12);
      return this;
    }

    private double[] byUnit(ParameterSpan span) {
      INDArray gradient = net.gradient().apply(span.parameter());
      return flat(span.arrangement().byUnit(gradient.dup('c').reshape(gradient.length())));
    }

    private static double[] sums(double[][] rows) {
      double[] result = new double[rows[0].length];
      for (double[] row : rows) {
        Arrays.setAll(result, k -> result[k] + row[k]);
      }
      return result;
    }
  }

  @FunctionalInterface
  private interface Counts {
    boolean count(int row, int group);
  }

  // ------------------------------------------------------------------ locally connected layers

  @Property(tries = 25)
  void locallyConnected1D(
      @ForAll boolean same,
      @ForAll boolean bias,
      @ForAll boolean masked,
      @ForAll @IntRange(min = 1, max = 2) int channels,
      @ForAll @IntRange(min = 1, max = 2) int units,
      @ForAll @IntRange(min = 3, max = 5) int size,
      @ForAll @IntRange(min = 1, max = 3) int kernel,
      @ForAll @IntRange(min = 1, max = 2) int stride,
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll long seed) {
    Random random = new Random(seed);
    boolean hasMask = masked && same && stride == 1 && batch * size > 1;
    Assume.that(kernel >= stride);
    int out = same ? (size + stride - 1) / stride : (size - kernel) / stride + 1;
    int pad = same ? Math.max(0, (out - 1) * stride + kernel - size) / 2 : 0;
    INDArray mask = hasMask ? mask(random, batch, size) : null;
    INDArray labels = gaussian(random, batch, units, out);
    Net net =
        new Net(
            random,
            true,
            new DataSet(gaussian(random, batch, channels, size), labels, mask, mask),
            InputType.recurrent(channels, size),
            new LocallyConnected1D.Builder()
                .kernelSize(kernel)
                .stride(stride)
                .nOut(units)
                .convolutionMode(same ? ConvolutionMode.Same : ConvolutionMode.Truncate)
                .activation(Activation.TANH)
                .hasBias(bias)
                .build(),
            squaredError());
    INDArray x = net.input();
    double[] w = flat(net.parameter("W"));
    double[] b = bias ? flat(net.parameter("b")) : new double[units];
    int inputs = channels * kernel;

    Comparison comparison =
        new Comparison(
            net,
            trace -> {
              double[][][] y = new double[batch][units][out];
              for (int n = 0; n < batch; n++) {
                for (int p = 0; p < out; p++) {
                  double[] patch = new double[inputs];
                  for (int c = 0; c < channels; c++) {
                    for (int k = 0; k < kernel; k++) {
                      int at = p * stride - pad + k;
                      patch[c * kernel + k] = at < 0 || at >= size ? 0 : x.getDouble(n, c, at);
                    }
                  }
                  double[] z = local(trace, n, p, out, patch, w, b);
                  for (int u = 0; u < units; u++) {
                    y[n][u][p] = Math.tanh(z[u]);
                  }
                }
              }
              return squaredError(y, labels, mask);
            });

    comparison.weights(
        "W",
        FactorPart.MAIN,
        null,
        out,
        (row, group) -> !hasMask || mask.getDouble(row, group) != 0);
    if (bias) {
      comparison.bias("b", row -> !hasMask || mask.getDouble(row / out, row % out) != 0);
    }
  }

  /** One position of one example: weights [position, input, unit]. */
  private static double[] local(
      Trace trace,
      int example,
      int position,
      int positions,
      double[] patch,
      double[] w,
      double[] b) {
    int units = b.length;
    double[] z = new double[units];
    for (int j = 0; j < patch.length; j++) {
      trace.input(FactorPart.MAIN, example, position * patch.length + j, patch[j]);
    }
    for (int u = 0; u < units; u++) {
      double sum = b[u];
      for (int j = 0; j < patch.length; j++) {
        sum += w[(position * patch.length + j) * units + u] * patch[j];
      }
      z[u] =
          trace.output(
              "b",
              example * positions + position,
              u,
              trace.output(FactorPart.MAIN, example, position * units + u, sum));
    }
    return z;
  }

  @Property(tries = 20)
  void locallyConnected2D(
      @ForAll boolean same,
      @ForAll boolean bias,
      @ForAll @IntRange(min = 1, max = 2) int channels,
      @ForAll @IntRange(min = 1, max = 2) int units,
      @ForAll @IntRange(min = 2, max = 4) int height,
      @ForAll @IntRange(min = 2, max = 3) int width,
      @ForAll @IntRange(min = 1, max = 2) int kernel,
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll long seed) {
    Random random = new Random(seed);
    int outHeight = same ? height : height - kernel + 1;
    int outWidth = same ? width : width - kernel + 1;
    int positions = outHeight * outWidth;
    int inputs = channels * kernel * kernel;
    INDArray labels = gaussian(random, batch, units, outHeight, outWidth);
    Net net =
        new Net(
            random,
            true,
            new DataSet(gaussian(random, batch, channels, height, width), labels),
            InputType.convolutional(height, width, channels),
            new LocallyConnected2D.Builder()
                .kernelSize(kernel, kernel)
                .nOut(units)
                .convolutionMode(same ? ConvolutionMode.Same : ConvolutionMode.Truncate)
                .activation(Activation.TANH)
                .hasBias(bias)
                .build(),
            new CnnLossLayer.Builder(LossFunction.MSE).activation(Activation.IDENTITY).build());
    INDArray x = net.input();
    double[] w = flat(net.parameter("W"));
    double[] b = bias ? flat(net.parameter("b")) : new double[units];
    double[] wanted = flat(labels);

    Comparison comparison =
        new Comparison(
            net,
            trace -> {
              double loss = 0;
              for (int n = 0; n < batch; n++) {
                for (int p = 0; p < positions; p++) {
                  // DL4J takes patches column by column, and puts what they give row by row.
                  int row = p % outHeight;
                  int column = p / outHeight;
                  double[] patch = new double[inputs];
                  for (int c = 0; c < channels; c++) {
                    for (int k = 0; k < kernel; k++) {
                      for (int l = 0; l < kernel; l++) {
                        // With padding, a kernel of 2 in DL4J's mode Same pads on the far side.
                        boolean inside = row + k < height && column + l < width;
                        patch[(c * kernel + k) * kernel + l] =
                            inside ? x.getDouble(n, c, row + k, column + l) : 0;
                      }
                    }
                  }
                  double[] z = local(trace, n, p, positions, patch, w, b);
                  for (int u = 0; u < units; u++) {
                    double error = Math.tanh(z[u]) - wanted[(n * units + u) * positions + p];
                    loss += error * error / units;
                  }
                }
              }
              return loss / batch;
            });

    comparison.weights("W", FactorPart.MAIN, null, positions, (row, group) -> true);
    if (bias) {
      comparison.bias("b", row -> true);
    }
  }

  // ------------------------------------------------------------------------------- attention

  @Property(tries = 20)
  void selfAttention(
      @ForAll boolean masked,
      @ForAll @IntRange(min = 1, max = 2) int heads,
      @ForAll @IntRange(min = 1, max = 2) int size,
      @ForAll @IntRange(min = 1, max = 3) int inputs,
      @ForAll @IntRange(min = 1, max = 2) int units,
      @ForAll @IntRange(min = 1, max = 3) int steps,
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll long seed) {
    Random random = new Random(seed);
    Assume.that(!masked || batch * steps > 1);
    // ND4J's own backward pass ("NDArray::mulRowVector: wrong arguments") cannot do one number a
    // head.
    Assume.that(heads * size > 1 || batch * steps > 1);
    INDArray mask = masked ? maskWithFirst(random, batch, steps) : null;
    INDArray labels = gaussian(random, batch, units, steps);
    Net net =
        new Net(
            random,
            true,
            new DataSet(gaussian(random, batch, inputs, steps), labels, mask, mask),
            InputType.recurrent(inputs, steps),
            new SelfAttentionLayer.Builder()
                .nOut(units)
                .nHeads(heads)
                .headSize(size)
                .projectInput(true)
                .build(),
            squaredError());
    double[][][] x = cube(net.input());
    Attention attention = new Attention(net);

    Comparison comparison =
        new Comparison(
            net,
            trace -> {
              double[][][] y = new double[batch][][];
              for (int n = 0; n < batch; n++) {
                y[n] =
                    attention.of(trace, x[n], x[n], counts(mask, n, steps), n * steps, n * steps);
              }
              return squaredError(y, labels, mask);
            });

    IntPredicate present = row -> !masked || mask.getDouble(row / steps, row % steps) != 0;
    for (String name : Attention.NAMES) {
      comparison.weights(name, name, null, present);
    }
  }

  /** Its forward pass asks ND4J for a scatter_update, which fails whatever it is given. */
  @Test
  void learnedSelfAttentionDoesNotRunInThisVersionOfDl4j() {
    Random random = new Random(5);
    Net net =
        new Net(
            random,
            true,
            new DataSet(gaussian(random, 2, 3, 4), gaussian(random, 2, 2, 2)),
            InputType.recurrent(3, 4),
            new LearnedSelfAttentionLayer.Builder()
                .nOut(2)
                .nHeads(1)
                .nQueries(2)
                .projectInput(true)
                .build(),
            squaredError());
    assertThatThrownBy(net::loss).hasMessageContaining("scatter_update");
  }

  /** Without our listener, too. */
  @Test
  void dl4jDoublesTheGradientsOfTheseLayersAndBelowThem() {
    Random random = new Random(6);
    var conf =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.DOUBLE)
            .list()
            .layer(new Convolution1DLayer.Builder(1).nOut(2).activation(Activation.TANH).build())
            .layer(new LocallyConnected1D.Builder().kernelSize(2).nOut(2).build())
            .layer(squaredError())
            .setInputType(InputType.recurrent(2, 4))
            .build();
    MultiLayerNetwork model = new MultiLayerNetwork(conf);
    model.init();
    DataSet data = new DataSet(gaussian(random, 1, 2, 4), gaussian(random, 1, 2, 4));
    model.setInput(data.getFeatures());
    model.setLabels(data.getLabels());
    model.computeGradientAndScore();
    for (int layer = 0; layer < 2; layer++) {
      double[] gradient = flat(model.gradient().getGradientFor(layer + "_b"));
      INDArray derivative =
          BruteForce.differences(
              () -> model.score(data, true), model.getLayer(layer).getParam("b"));
      assertClose(gradient, flat(derivative.mul(DOUBLED)), 1e-6, 1e-9);
    }
  }

  @Property(tries = 20)
  void recurrentAttention(
      @ForAll boolean masked,
      @ForAll boolean bias,
      @ForAll @IntRange(min = 1, max = 2) int heads,
      @ForAll @IntRange(min = 1, max = 2) int size,
      @ForAll @IntRange(min = 1, max = 2) int inputs,
      @ForAll @IntRange(min = 1, max = 2) int units,
      @ForAll @IntRange(min = 2, max = 4) int steps,
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll long seed) {
    Random random = new Random(seed);
    Assume.that(batch * units > 1); // DL4J takes a single value for a scalar and fails
    // Padding comes last, so that no later step takes anything of it.
    INDArray mask = masked ? Nd4j.ones(DataType.DOUBLE, batch, steps) : null;
    if (masked) {
      for (int n = 0; n < batch; n++) {
        for (int t = 1 + random.nextInt(steps); t < steps; t++) {
          mask.putScalar(n, t, 0);
        }
      }
    }
    INDArray labels = gaussian(random, batch, units, steps);
    Net net =
        new Net(
            random,
            true,
            new DataSet(gaussian(random, batch, inputs, steps), labels, mask, mask),
            InputType.recurrent(inputs, steps),
            new RecurrentAttentionLayer.Builder()
                .nOut(units)
                .nHeads(heads)
                .headSize(size)
                .projectInput(true)
                .hasBias(bias)
                .activation(Activation.TANH)
                .build(),
            squaredError());
    double[][][] x = cube(net.input());
    double[] w = flat(net.parameter("W"));
    double[] r = flat(net.parameter("RW"));
    double[] b = bias ? flat(net.parameter("b")) : new double[units];
    Attention attention = new Attention(net);

    Comparison comparison =
        new Comparison(
            net,
            trace -> {
              double[][][] y = new double[batch][units][steps];
              for (int n = 0; n < batch; n++) {
                boolean[] counts = counts(mask, n, steps);
                double[][] previous = new double[units][1];
                for (int t = 0; t < steps; t++) {
                  double[] step = new double[inputs];
                  for (int j = 0; j < inputs; j++) {
                    step[j] = x[n][j][t];
                  }
                  double[] z = linear(trace, FactorPart.MAIN, n * steps + t, step, w, b);
                  if (t > 0) {
                    int row = n * (steps - 1) + t - 1;
                    double[][] attended =
                        attention.of(trace, previous, x[n], counts, row, n * steps);
                    double[] a = new double[units];
                    Arrays.setAll(a, u -> attended[u][0]);
                    double[] more = linear(trace, "recurrent", row, a, r, new double[units]);
                    Arrays.setAll(z, u -> z[u] + more[u]);
                  }
                  for (int u = 0; u < units; u++) {
                    previous[u][0] = Math.tanh(z[u]);
                    y[n][u][t] = previous[u][0];
                  }
                }
              }
              return squaredError(y, labels, mask);
            });

    IntPredicate all = row -> !masked || mask.getDouble(row / steps, row % steps) != 0;
    IntPredicate later =
        row -> !masked || mask.getDouble(row / (steps - 1), 1 + row % (steps - 1)) != 0;
    comparison
        .weights("W", FactorPart.MAIN, bias ? "b" : null, all)
        .weights("RW", "recurrent", null, later)
        .weights("Wq", "Wq", null, later)
        .weights("Wk", "Wk", null, all)
        .weights("Wv", "Wv", null, all)
        .weights("Wo", "Wo", null, later);
  }

  @Property(tries = 20)
  void attentionVertex(
      @ForAll boolean masked,
      @ForAll @IntRange(min = 1, max = 2) int heads,
      @ForAll @IntRange(min = 1, max = 2) int size,
      @ForAll @IntRange(min = 1, max = 2) int units,
      @ForAll @IntRange(min = 1, max = 3) int queries,
      @ForAll @IntRange(min = 1, max = 3) int steps,
      @ForAll @IntRange(min = 2, max = 3) int batch,
      @ForAll long seed) {
    Random random = new Random(seed);
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0))
                .graphBuilder()
                .addInputs("q", "k", "v")
                .addVertex(
                    "attention",
                    new AttentionVertex.Builder()
                        .nInQueries(2)
                        .nInKeys(3)
                        .nInValues(1)
                        .nOut(units)
                        .nHeads(heads)
                        .headSize(size)
                        .projectInput(true)
                        .build(),
                    "q",
                    "k",
                    "v")
                .addLayer(
                    "loss",
                    new RnnOutputLayer.Builder(LossFunction.MSE)
                        .nOut(units)
                        .activation(Activation.IDENTITY)
                        .hasBias(false)
                        .build(),
                    "attention")
                .setOutputs("loss")
                .setInputTypes(
                    InputType.recurrent(2, queries),
                    InputType.recurrent(3, steps),
                    InputType.recurrent(1, steps))
                .build());
    graph.init();
    // DL4J does not train a graph of which no layer has parameters.
    graph.getLayer("loss").getParam("W").assign(Nd4j.eye(units));
    INDArray q = gaussian(random, batch, 2, queries);
    INDArray k = gaussian(random, batch, 3, steps);
    INDArray v = gaussian(random, batch, 1, steps);
    INDArray labels = gaussian(random, batch, units, queries);
    INDArray queryMask = masked ? mask(random, batch, queries) : null;
    INDArray keyMask = masked ? maskWithFirst(random, batch, steps) : null;
    MultiDataSet data =
        new MultiDataSet(
            new INDArray[] {q, k, v},
            new INDArray[] {labels},
            masked ? new INDArray[] {queryMask, keyMask, keyMask} : null,
            masked ? new INDArray[] {queryMask} : null);
    SameDiffGraphVertex vertex = (SameDiffGraphVertex) graph.getVertex("attention");
    VertexEstimator estimator = FactorEstimators.forVertex(vertex).orElseThrow();
    Map<String, INDArray> gradients = new LinkedHashMap<>();
    Taps taps = new Taps();
    List<Map<String, RawFactors>> seen = new ArrayList<>();
    graph.setListeners(
        new BaseTrainingListener() {
          private Supplier<Map<String, RawFactors>> pass;

          @Override
          public void onForwardPass(Model model, Map<String, INDArray> activations) {
            pass = estimator.watch(vertex, taps, new Minibatch(batch, true));
          }

          @Override
          public void onBackwardPass(Model model) {
            Workspaces.outside(
                () -> {
                  model
                      .gradient()
                      .gradientForVariable()
                      .forEach(
                          (name, gradient) ->
                              gradients.put(
                                  name.substring(name.indexOf('_') + 1),
                                  gradient.dup('c').divi(batch)));
                  seen.add(pass.get());
                });
            taps.disarm();
          }
        });
    Attention attention = new Attention(vertex.paramTable(false)::get);

    Comparison comparison =
        new Comparison(
            new Subject(
                () -> graph.score(data, true),
                () -> {
                  graph.fit(data);
                  return seen.get(0);
                },
                estimator.layout(vertex),
                gradients::get),
            trace -> {
              double[][][] y = new double[batch][][];
              for (int n = 0; n < batch; n++) {
                y[n] =
                    attention.of(
                        trace,
                        cube(q)[n],
                        cube(k)[n],
                        cube(v)[n],
                        counts(keyMask, n, steps),
                        n * queries,
                        n * steps);
              }
              return squaredError(y, labels, queryMask);
            });

    assertThat(seen).hasSize(1);
    IntPredicate ofQueries =
        row -> !masked || queryMask.getDouble(row / queries, row % queries) != 0;
    IntPredicate ofKeys = row -> !masked || keyMask.getDouble(row / steps, row % steps) != 0;
    comparison
        .weights("Wq", "Wq", null, ofQueries)
        .weights("Wk", "Wk", null, ofKeys)
        .weights("Wv", "Wv", null, ofKeys)
        .weights("Wo", "Wo", null, ofQueries);
  }

  /** z = x W + b, with W [inputs, units]. */
  private static double[] linear(
      Trace trace, String part, int row, double[] x, double[] w, double[] b) {
    double[] z = new double[b.length];
    for (int j = 0; j < x.length; j++) {
      trace.input(part, row, j, x[j]);
    }
    for (int u = 0; u < z.length; u++) {
      double sum = b[u];
      for (int j = 0; j < x.length; j++) {
        sum += x[j] * w[j * z.length + u];
      }
      z[u] = trace.output(part, row, u, sum);
    }
    return z;
  }

  /** ND4J's attention of several heads in plain loops; time series are [features][steps]. */
  private static final class Attention {

    private static final String[] NAMES = {"Wq", "Wk", "Wv", "Wo"};

    private final Map<String, double[]> weights = new LinkedHashMap<>();
    private final int heads;
    private final int size;
    private final int units;

    Attention(Net net) {
      this(net::parameter);
    }

    Attention(Function<String, INDArray> parameter) {
      for (String name : NAMES) {
        weights.put(name, flat(parameter.apply(name)));
      }
      heads = (int) parameter.apply("Wq").size(0);
      size = (int) parameter.apply("Wq").size(1);
      units = (int) parameter.apply("Wo").size(1);
    }

    double[][] of(
        Trace trace, double[][] q, double[][] x, boolean[] counts, int firstQuery, int firstKey) {
      return of(trace, q, x, x, counts, firstQuery, firstKey);
    }

    double[][] of(
        Trace trace,
        double[][] q,
        double[][] k,
        double[][] v,
        boolean[] counts,
        int firstQuery,
        int firstKey) {
      double[][] queries = project(trace, "Wq", q, firstQuery);
      double[][] keys = project(trace, "Wk", k, firstKey);
      double[][] values = project(trace, "Wv", v, firstKey);
      int steps = q[0].length;
      double[][] attended = new double[heads * size][];
      for (int h = 0; h < heads; h++) {
        int from = h * size;
        double[][] head =
            head(
                Arrays.copyOfRange(queries, from, from + size),
                Arrays.copyOfRange(keys, from, from + size),
                Arrays.copyOfRange(values, from, from + size),
                counts);
        System.arraycopy(head, 0, attended, from, size);
      }
      double[][] result = new double[units][steps];
      for (int t = 0; t < steps; t++) {
        double[] row = new double[heads * size];
        for (int i = 0; i < row.length; i++) {
          row[i] = attended[i][t];
        }
        double[] z = linear(trace, "Wo", firstQuery + t, row, weights.get("Wo"), new double[units]);
        for (int u = 0; u < units; u++) {
          result[u][t] = z[u];
        }
      }
      return result;
    }

    private double[][] project(Trace trace, String name, double[][] x, int firstRow) {
      double[] w = weights.get(name); // [heads, size, features]
      int features = x.length;
      double[][] result = new double[heads * size][x[0].length];
      for (int t = 0; t < x[0].length; t++) {
        for (int j = 0; j < features; j++) {
          trace.input(name, firstRow + t, j, x[j][t]);
        }
        for (int i = 0; i < result.length; i++) {
          double sum = 0;
          for (int j = 0; j < features; j++) {
            sum += w[i * features + j] * x[j][t];
          }
          result[i][t] = trace.output(name, firstRow + t, i, sum);
        }
      }
      return result;
    }

    static double[][] head(double[][] q, double[][] k, double[][] v, boolean[] counts) {
      int size = q.length;
      double[][] result = new double[v.length][q[0].length];
      for (int t = 0; t < q[0].length; t++) {
        double[] weights = new double[counts.length];
        double total = 0;
        for (int i = 0; i < counts.length; i++) {
          double score = 0;
          for (int f = 0; f < size; f++) {
            score += q[f][t] * k[f][i];
          }
          weights[i] = counts[i] ? Math.exp(score / Math.sqrt(size)) : 0;
          total += weights[i];
        }
        for (int f = 0; f < v.length; f++) {
          for (int i = 0; i < counts.length; i++) {
            result[f][t] += weights[i] / total * v[f][i];
          }
        }
      }
      return result;
    }
  }

  // -------------------------------------------------------------------------------- capsules

  @Property(tries = 20)
  void capsules(
      @ForAll boolean bias,
      @ForAll @IntRange(min = 1, max = 3) int inputs,
      @ForAll @IntRange(min = 1, max = 2) int inputSize,
      @ForAll @IntRange(min = 1, max = 2) int capsules,
      @ForAll @IntRange(min = 1, max = 2) int size,
      @ForAll @IntRange(min = 1, max = 3) int rounds,
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll long seed) {
    Random random = new Random(seed);
    INDArray labels = gaussian(random, batch, capsules, size);
    Net net =
        new Net(
            random,
            true,
            new DataSet(gaussian(random, batch, inputs, inputSize), labels),
            InputType.recurrent(inputs, inputSize),
            new CapsuleLayer.Builder(capsules, size, rounds).hasBias(bias).build(),
            squaredError());
    double[][][] x = cube(net.input());
    double[] w = flat(net.parameter("weight"));
    double[] b = bias ? flat(net.parameter("bias")) : new double[capsules * size];

    Comparison comparison =
        new Comparison(
            net,
            trace -> {
              double[][][] y = new double[batch][][];
              for (int n = 0; n < batch; n++) {
                double[][] predictions = new double[inputs][capsules * size];
                for (int i = 0; i < inputs; i++) {
                  for (int d = 0; d < inputSize; d++) {
                    trace.input(FactorPart.MAIN, n, i * inputSize + d, x[n][i][d]);
                  }
                  for (int u = 0; u < capsules * size; u++) {
                    int unit = i * capsules * size + u;
                    double sum = 0;
                    for (int d = 0; d < inputSize; d++) {
                      sum += w[unit * inputSize + d] * x[n][i][d];
                    }
                    predictions[i][u] = trace.output(FactorPart.MAIN, n, unit, sum);
                  }
                }
                y[n] = route(trace, n * rounds, predictions, capsules, size, rounds, b);
              }
              return squaredError(y, labels, null);
            });

    comparison.weights("weight", FactorPart.MAIN, null, inputs, (row, group) -> true);
    if (bias) {
      comparison.bias("bias", row -> true);
    }
  }

  private static double[][] route(
      Trace trace,
      int firstRow,
      double[][] predictions,
      int capsules,
      int size,
      int rounds,
      double[] bias) {
    double[][] logits = new double[predictions.length][capsules];
    double[][] v = new double[capsules][size];
    for (int round = 0; round < rounds; round++) {
      double[][] s = new double[capsules][size];
      for (int c = 0; c < capsules; c++) {
        for (int d = 0; d < size; d++) {
          double sum = bias[c * size + d];
          for (int i = 0; i < predictions.length; i++) {
            double total = Arrays.stream(logits[i]).map(Math::exp).sum();
            sum += Math.exp(logits[i][c]) / total * predictions[i][c * size + d];
          }
          s[c][d] = trace.output("bias", firstRow + round, c * size + d, sum);
        }
        v[c] = squash(s[c]);
      }
      for (int i = 0; i < predictions.length; i++) {
        for (int c = 0; c < capsules; c++) {
          for (int d = 0; d < size; d++) {
            logits[i][c] += predictions[i][c * size + d] * v[c][d];
          }
        }
      }
    }
    return v;
  }

  private static double[] squash(double[] s) {
    double square = BruteForce.sumOfSquares(s);
    double factor = square / ((1 + square) * Math.sqrt(square + 1e-5));
    return Arrays.stream(s).map(value -> value * factor).toArray();
  }

  @Property(tries = 20)
  void primaryCapsules(
      @ForAll boolean bias,
      @ForAll boolean same,
      @ForAll @IntRange(min = 1, max = 2) int channels,
      @ForAll @IntRange(min = 1, max = 2) int groups,
      @ForAll @IntRange(min = 1, max = 2) int size,
      @ForAll @IntRange(min = 3, max = 4) int side,
      @ForAll @IntRange(min = 1, max = 3) int kernel,
      @ForAll @IntRange(min = 1, max = 2) int stride,
      @ForAll @IntRange(min = 1, max = 2) int batch,
      @ForAll long seed) {
    Random random = new Random(seed);
    int out = same ? (side + stride - 1) / stride : (side - kernel) / stride + 1;
    int pad = same ? Math.max(0, (out - 1) * stride + kernel - side) / 2 : 0;
    int units = groups * size;
    int capsules = units * out * out / size;
    int inputs = channels * kernel * kernel;
    INDArray labels = gaussian(random, batch, capsules, size);
    Net net =
        new Net(
            random,
            true,
            new DataSet(gaussian(random, batch, channels, side, side), labels),
            InputType.convolutional(side, side, channels),
            new PrimaryCapsules.Builder(size, groups)
                .kernelSize(kernel, kernel)
                .stride(stride, stride)
                .convolutionMode(same ? ConvolutionMode.Same : ConvolutionMode.Truncate)
                .hasBias(bias)
                .build(),
            squaredError());
    INDArray x = net.input();
    double[] w = flat(net.parameter("weight").permute(2, 0, 1, 3)); // [input, unit]
    double[] b = bias ? flat(net.parameter("bias")) : new double[units];

    Comparison comparison =
        new Comparison(
            net,
            trace -> {
              double[][][] y = new double[batch][capsules][size];
              for (int n = 0; n < batch; n++) {
                for (int p = 0; p < out * out; p++) {
                  double[] patch = new double[inputs];
                  for (int c = 0; c < channels; c++) {
                    for (int k = 0; k < kernel * kernel; k++) {
                      int row = p / out * stride - pad + k / kernel;
                      int column = p % out * stride - pad + k % kernel;
                      boolean inside = row >= 0 && row < side && column >= 0 && column < side;
                      patch[c * kernel * kernel + k] = inside ? x.getDouble(n, c, row, column) : 0;
                    }
                  }
                  double[] z = linear(trace, FactorPart.MAIN, n * out * out + p, patch, w, b);
                  for (int u = 0; u < units; u++) {
                    int at = u * out * out + p;
                    y[n][at / size][at % size] = z[u];
                  }
                }
                for (int c = 0; c < capsules; c++) {
                  y[n][c] = squash(y[n][c]);
                }
              }
              return squaredError(y, labels, null);
            });

    comparison.weights("weight", FactorPart.MAIN, bias ? "bias" : null, row -> true);
  }

  // --------------------------------------------------------------------------------- helpers

  private static Layer squaredError() {
    return new RnnLossLayer.Builder(LossFunction.MSE).activation(Activation.IDENTITY).build();
  }

  private static double squaredError(double[][][] y, INDArray labels, INDArray mask) {
    double sum = 0;
    for (int n = 0; n < y.length; n++) {
      for (int u = 0; u < y[n].length; u++) {
        for (int t = 0; t < y[n][u].length; t++) {
          double error = y[n][u][t] - labels.getDouble(n, u, t);
          if (mask == null || mask.getDouble(n, t) != 0) {
            sum += error * error / y[n].length;
          }
        }
      }
    }
    return sum / y.length;
  }

  private static double[][][] cube(INDArray x) {
    double[][][] result = new double[(int) x.size(0)][(int) x.size(1)][(int) x.size(2)];
    for (int n = 0; n < result.length; n++) {
      for (int j = 0; j < result[n].length; j++) {
        for (int t = 0; t < result[n][j].length; t++) {
          result[n][j][t] = x.getDouble(n, j, t);
        }
      }
    }
    return result;
  }

  private static boolean[] counts(INDArray mask, int example, int steps) {
    boolean[] result = new boolean[steps];
    for (int t = 0; t < steps; t++) {
      result[t] = mask == null || mask.getDouble(example, t) != 0;
    }
    return result;
  }

  /** Attention over nothing is a mean over padding: every example has a step. */
  private static INDArray maskWithFirst(Random random, int batch, int steps) {
    INDArray result = mask(random, batch, steps);
    for (int n = 0; n < batch; n++) {
      result.putScalar(n, random.nextInt(steps), 1);
    }
    return result;
  }
}
