package org.adafisher.curvature;

import static org.adafisher.curvature.BruteForce.assertClose;
import static org.adafisher.curvature.BruteForce.assertExact;
import static org.adafisher.curvature.BruteForce.channelAxis;
import static org.adafisher.curvature.BruteForce.differences;
import static org.adafisher.curvature.BruteForce.flat;
import static org.adafisher.curvature.BruteForce.gaussian;
import static org.adafisher.curvature.BruteForce.ids;
import static org.adafisher.curvature.BruteForce.image;
import static org.adafisher.curvature.BruteForce.labels;
import static org.adafisher.curvature.BruteForce.mask;
import static org.adafisher.curvature.BruteForce.means;
import static org.adafisher.curvature.BruteForce.rows;
import static org.adafisher.curvature.BruteForce.squares;
import static org.adafisher.curvature.BruteForce.sumOfSquares;
import static org.adafisher.curvature.BruteForce.withBias;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.adafisher.curvature.BruteForce.Net;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/**
 * Raw factors of small random networks against their definition: H and the mean input by loops over
 * plain numbers, S from finite differences of the network's own score. In every network the layer
 * under test is the second, above a tanh of the features, but for embeddings, which must be first.
 */
class BruteForceFactorsTest {

  // Without it, DL4J puts the rows of a time series together wrongly.
  private static final boolean NEEDS_MINIBATCH = true;

  enum Loss {
    // Without DL4J's clipping, which makes the score flat where its gradient is not 0.
    CROSS_ENTROPY(new LossMCXENT(0, null), Activation.SOFTMAX),
    SQUARED_ERROR(new LossMSE(), Activation.IDENTITY);

    private final ILossFunction function;
    private final Activation activation;

    Loss(ILossFunction function, Activation activation) {
      this.function = function;
      this.activation = activation;
    }

    Layer output(int units, boolean bias) {
      return new OutputLayer.Builder(function)
          .activation(activation)
          .nOut(units)
          .hasBias(bias)
          .build();
    }

    Layer rnnOutput(int units, boolean bias) {
      return new RnnOutputLayer.Builder(function)
          .activation(activation)
          .nOut(units)
          .hasBias(bias)
          .build();
    }
  }

  /** One spatial dimension of a convolution. */
  record Axis(int size, int kernel, int stride, int padding, int dilation) {

    private int padding(ConvolutionMode mode) {
      return mode == ConvolutionMode.Same ? 0 : padding;
    }

    private int slack(ConvolutionMode mode) {
      return size + 2 * padding(mode) - (kernel - 1) * dilation - 1;
    }

    private boolean isAccepted(ConvolutionMode mode) {
      return switch (mode) {
        case Same -> true;
        case Truncate -> slack(mode) >= 0;
        default -> slack(mode) >= 0 && slack(mode) % stride == 0;
      };
    }

    private int outputs(ConvolutionMode mode) {
      return mode == ConvolutionMode.Same ? (size + stride - 1) / stride : slack(mode) / stride + 1;
    }

    /** The position that a kernel's entry meets, perhaps in the padding. */
    private int position(ConvolutionMode mode, int output, int entry) {
      int before =
          mode == ConvolutionMode.Same
              ? Math.max(0, (outputs(mode) - 1) * stride - slack(mode)) / 2
              : padding;
      return output * stride + entry * dilation - before;
    }
  }

  @Provide
  Arbitrary<Axis> axes() {
    return Combinators.combine(
            Arbitraries.integers().between(4, 8),
            Arbitraries.integers().between(1, 3),
            Arbitraries.integers().between(1, 2),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(1, 2))
        .as(Axis::new);
  }

  @Provide
  Arbitrary<ConvolutionMode> modes() {
    return Arbitraries.of(ConvolutionMode.Strict, ConvolutionMode.Truncate, ConvolutionMode.Same);
  }

  @Provide
  Arbitrary<Activation> activations() {
    return Arbitraries.of(Activation.IDENTITY, Activation.TANH);
  }

  @Property(tries = 40)
  void convolution(
      @ForAll("axes") Axis height,
      @ForAll("axes") Axis width,
      @ForAll("modes") ConvolutionMode mode,
      @ForAll CNN2DFormat format,
      @ForAll("activations") Activation activation,
      @ForAll boolean bias,
      @ForAll @IntRange(min = 1, max = 3) int channels,
      @ForAll @IntRange(min = 1, max = 3) int units,
      @ForAll @IntRange(min = 1, max = 4) int batch,
      @ForAll boolean minibatch,
      @ForAll long seed) {
    Assume.that(height.isAccepted(mode) && width.isAccepted(mode));
    Random random = new Random(seed);
    Net net =
        new Net(
            random,
            minibatch,
            new DataSet(
                image(random, format, batch, channels, height.size, width.size),
                labels(random, batch, 2)),
            InputType.convolutional(height.size, width.size, channels, format),
            new ConvolutionLayer.Builder(height.kernel, width.kernel)
                .stride(height.stride, width.stride)
                .padding(height.padding(mode), width.padding(mode))
                .dilation(height.dilation, width.dilation)
                .convolutionMode(mode)
                .dataFormat(format)
                .nOut(units)
                .hasBias(bias)
                .activation(activation)
                .build(),
            Loss.CROSS_ENTROPY.output(2, true));
    INDArray x = format == CNN2DFormat.NCHW ? net.input() : net.input().permute(0, 3, 1, 2);
    List<double[]> patches = new ArrayList<>();
    for (int n = 0; n < batch; n++) {
      for (int i = 0; i < height.outputs(mode); i++) {
        for (int j = 0; j < width.outputs(mode); j++) {
          DoubleStream.Builder patch = DoubleStream.builder();
          for (int c = 0; c < channels; c++) {
            for (int k = 0; k < height.kernel; k++) {
              for (int l = 0; l < width.kernel; l++) {
                int row = height.position(mode, i, k);
                int column = width.position(mode, j, l);
                boolean inside =
                    row >= 0 && row < height.size && column >= 0 && column < width.size;
                patch.add(inside ? x.getDouble(n, c, row, column) : 0);
              }
            }
          }
          patches.add(patch.build().toArray());
        }
      }
    }
    int rows = patches.size();

    Map<String, RawFactors> factors = net.factors();
    RawFactors raw = factors.get(FactorPart.MAIN);

    double[][] gradient = rows(net.preActivationGradient(INDArray::addi), channelAxis(format));
    assertThat(gradient).hasDimensions(rows, units);
    double[][] inputs = patches.toArray(double[][]::new);
    assertExact(raw.input(), withBias(squares(inputs, rows), bias));
    assertExact(raw.inputMean(), withBias(means(inputs, rows), bias));
    assertClose(raw.gradient(), squares(gradient, rows));
    net.assertAlsoInFloat(factors);
  }

  @Property(tries = 40)
  void dense(
      @ForAll("activations") Activation activation,
      @ForAll boolean bias,
      @ForAll Loss loss,
      @ForAll @IntRange(min = 1, max = 5) int inputs,
      @ForAll @IntRange(min = 1, max = 4) int units,
      @ForAll @IntRange(min = 1, max = 5) int batch,
      @ForAll boolean minibatch,
      @ForAll long seed) {
    Random random = new Random(seed);
    Net net =
        new Net(
            random,
            minibatch,
            new DataSet(gaussian(random, batch, inputs), labels(random, batch, 3)),
            InputType.feedForward(inputs),
            denseLayer(units, activation, bias, false),
            loss.output(3, true));
    assertMain(net, bias, Nd4j.ones(batch, 1));
  }

  @Property(tries = 40)
  void denseOnTimeSeries(
      @ForAll("activations") Activation activation,
      @ForAll boolean bias,
      @ForAll boolean maskFeatures,
      @ForAll boolean maskLabels,
      @ForAll @IntRange(min = 1, max = 4) int inputs,
      @ForAll @IntRange(min = 1, max = 3) int units,
      @ForAll @IntRange(min = 1, max = 4) int batch,
      @ForAll @IntRange(min = 1, max = 4) int steps,
      @ForAll long seed) {
    assumeAccepted(maskFeatures || maskLabels, batch * steps);
    Random random = new Random(seed);
    INDArray mask = mask(random, batch, steps);
    Net net =
        new Net(
            random,
            NEEDS_MINIBATCH,
            new DataSet(
                gaussian(random, batch, inputs, steps),
                labels(random, batch, 2, steps),
                maskFeatures ? mask : null,
                maskLabels ? mask : null),
            InputType.recurrent(inputs, steps),
            denseLayer(units, activation, bias, false),
            Loss.CROSS_ENTROPY.rnnOutput(2, true));
    assertMain(net, bias, maskFeatures ? mask : Nd4j.onesLike(mask));
  }

  @Property(tries = 40)
  void output(
      @ForAll Loss loss,
      @ForAll boolean bias,
      @ForAll boolean masked,
      @ForAll @IntRange(min = 1, max = 4) int inputs,
      @ForAll @IntRange(min = 2, max = 4) int units,
      @ForAll @IntRange(min = 1, max = 5) int batch,
      @ForAll boolean minibatch,
      @ForAll long seed) {
    assumeAccepted(masked, batch);
    Random random = new Random(seed);
    INDArray mask = masked ? mask(random, batch, 1) : Nd4j.ones(batch, 1);
    Net net =
        new Net(
            random,
            minibatch,
            new DataSet(
                gaussian(random, batch, inputs),
                labels(random, batch, units),
                null,
                masked ? mask : null),
            InputType.feedForward(inputs),
            loss.output(units, bias));
    assertMain(net, bias, mask);
  }

  @Property(tries = 40)
  void rnnOutput(
      @ForAll Loss loss,
      @ForAll boolean bias,
      @ForAll boolean masked,
      @ForAll @IntRange(min = 1, max = 4) int inputs,
      @ForAll @IntRange(min = 2, max = 4) int units,
      @ForAll @IntRange(min = 1, max = 4) int batch,
      @ForAll @IntRange(min = 1, max = 4) int steps,
      @ForAll boolean minibatch,
      @ForAll long seed) {
    assumeAccepted(masked, batch * steps);
    Random random = new Random(seed);
    INDArray mask = masked ? mask(random, batch, steps) : Nd4j.ones(batch, steps);
    Net net =
        new Net(
            random,
            minibatch,
            new DataSet(
                gaussian(random, batch, inputs, steps),
                labels(random, batch, units, steps),
                null,
                masked ? mask : null),
            InputType.recurrent(inputs, steps),
            loss.rnnOutput(units, bias));
    assertMain(net, bias, mask);
  }

  @Property(tries = 30)
  void embedding(
      @ForAll("activations") Activation activation,
      @ForAll boolean bias,
      @ForAll @IntRange(min = 1, max = 5) int indices,
      @ForAll @IntRange(min = 1, max = 4) int units,
      @ForAll @IntRange(min = 1, max = 6) int batch,
      @ForAll boolean minibatch,
      @ForAll long seed) {
    Random random = new Random(seed);
    INDArray ids = ids(random, indices, batch, 1);
    Net net =
        new Net(
            random,
            minibatch,
            new DataSet(ids, labels(random, batch, 3)),
            InputType.feedForward(indices),
            List.of(
                new EmbeddingLayer.Builder()
                    .nIn(indices)
                    .nOut(units)
                    .hasBias(bias)
                    .activation(activation)
                    .build(),
                Loss.CROSS_ENTROPY.output(3, true)),
            0);
    assertEmbedding(net, ids, Nd4j.ones(batch, 1), indices, 1, bias);
  }

  @Property(tries = 40)
  void embeddingOfSequences(
      @ForAll("activations") Activation activation,
      @ForAll boolean bias,
      @ForAll boolean masked,
      @ForAll RNNFormat format,
      @ForAll boolean rankThree,
      @ForAll @IntRange(min = 1, max = 5) int indices,
      @ForAll @IntRange(min = 1, max = 4) int units,
      @ForAll @IntRange(min = 1, max = 4) int batch,
      @ForAll @IntRange(min = 1, max = 4) int steps,
      @ForAll long seed) {
    assumeAccepted(masked, batch * steps);
    Random random = new Random(seed);
    INDArray mask = masked ? mask(random, batch, steps) : Nd4j.ones(batch, steps);
    INDArray ids = ids(random, indices, batch, steps);
    INDArray labels = labels(random, batch, 2, steps);
    Net net =
        new Net(
            random,
            NEEDS_MINIBATCH,
            new DataSet(
                rankThree ? ids.reshape(batch, 1, steps) : ids,
                format == RNNFormat.NCW ? labels : labels.permute(0, 2, 1).dup('c'),
                masked ? mask : null,
                masked ? mask : null),
            InputType.feedForward(indices),
            List.of(
                new EmbeddingSequenceLayer.Builder()
                    .nIn(indices)
                    .nOut(units)
                    .inputLength(steps)
                    .outputDataFormat(format)
                    .hasBias(bias)
                    .activation(activation)
                    .build(),
                new RnnOutputLayer.Builder(Loss.CROSS_ENTROPY.function)
                    .activation(Activation.SOFTMAX)
                    .dataFormat(format)
                    .nOut(2)
                    .build()),
            0);
    assertEmbedding(net, ids, mask, indices, format == RNNFormat.NCW ? 1 : 2, bias);
  }

  @Property(tries = 30)
  void layerNorm(
      @ForAll("activations") Activation activation,
      @ForAll @IntRange(min = 1, max = 4) int inputs,
      @ForAll @IntRange(min = 3, max = 5) int units,
      @ForAll @IntRange(min = 1, max = 4) int batch,
      @ForAll boolean minibatch,
      @ForAll long seed) {
    Random random = new Random(seed);
    Net net =
        new Net(
            random,
            minibatch,
            new DataSet(gaussian(random, batch, inputs), labels(random, batch, 3)),
            InputType.feedForward(inputs),
            denseLayer(units, activation, true, true),
            Loss.CROSS_ENTROPY.output(3, true));
    assertLayerNorm(net, batch, 1);
  }

  @Property(tries = 30)
  void layerNormOnTimeSeries(
      @ForAll("activations") Activation activation,
      @ForAll @IntRange(min = 1, max = 4) int inputs,
      @ForAll @IntRange(min = 3, max = 5) int units,
      @ForAll @IntRange(min = 1, max = 4) int batch,
      @ForAll @IntRange(min = 2, max = 4) int steps,
      @ForAll long seed) {
    Random random = new Random(seed);
    Net net =
        new Net(
            random,
            NEEDS_MINIBATCH,
            new DataSet(gaussian(random, batch, inputs, steps), labels(random, batch, 2, steps)),
            InputType.recurrent(inputs, steps),
            denseLayer(units, activation, true, true),
            Loss.CROSS_ENTROPY.rnnOutput(2, true));
    assertLayerNorm(net, batch, steps);
  }

  @Property(tries = 30)
  void batchNormalization(
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll @IntRange(min = 1, max = 5) int batch,
      @ForAll boolean minibatch,
      @ForAll long seed) {
    Random random = new Random(seed);
    Net net =
        new Net(
            random,
            minibatch,
            new DataSet(gaussian(random, batch, channels), labels(random, batch, 3)),
            InputType.feedForward(channels),
            new BatchNormalization(),
            Loss.CROSS_ENTROPY.output(3, true));
    assertBatchNormalization(net, 1, batch);
  }

  @Property(tries = 30)
  void batchNormalizationOfImages(
      @ForAll CNN2DFormat format,
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll @IntRange(min = 1, max = 4) int height,
      @ForAll @IntRange(min = 1, max = 4) int width,
      @ForAll @IntRange(min = 1, max = 4) int batch,
      @ForAll boolean minibatch,
      @ForAll long seed) {
    Random random = new Random(seed);
    Net net =
        new Net(
            random,
            minibatch,
            new DataSet(
                image(random, format, batch, channels, height, width), labels(random, batch, 3)),
            InputType.convolutional(height, width, channels, format),
            new BatchNormalization.Builder().dataFormat(format).build(),
            Loss.CROSS_ENTROPY.output(3, true));
    assertBatchNormalization(net, channelAxis(format), batch);
  }

  /**
   * A layer on rows that are examples, or time steps of examples: {@code mask} says which count.
   */
  static void assertMain(Net net, boolean bias, INDArray mask) {
    double[] counts = flat(mask);
    double rows = DoubleStream.of(counts).sum();

    Map<String, RawFactors> raw = net.factors();

    if (rows == 0) {
      assertThat(raw).isEmpty();
      return;
    }
    double[][] input = rows(net.input(), 1);
    for (int i = 0; i < input.length; i++) {
      double count = counts[i];
      input[i] = DoubleStream.of(input[i]).map(h -> h * count).toArray();
    }
    RawFactors main = raw.get(FactorPart.MAIN);
    assertExact(main.input(), withBias(squares(input, rows), bias));
    assertExact(main.inputMean(), withBias(means(input, rows), bias));
    // A row that does not count has no effect on the score: its differences are 0.
    double[][] gradient = rows(net.preActivationGradient(INDArray::addi), 1);
    assertClose(main.gradient(), squares(gradient, rows));
  }

  private static void assertEmbedding(
      Net net, INDArray ids, INDArray mask, int indices, int unitAxis, boolean bias) {
    double[] counts = flat(mask);
    double rows = DoubleStream.of(counts).sum();

    Map<String, RawFactors> raw = net.factors();

    if (rows == 0) {
      assertThat(raw).isEmpty();
      return;
    }
    double[][] oneHot = new double[counts.length][indices];
    for (int row = 0; row < counts.length; row++) {
      oneHot[row][(int) flat(ids)[row]] = counts[row];
    }
    RawFactors main = raw.get(FactorPart.MAIN);
    assertExact(main.input(), withBias(squares(oneHot, rows), bias));
    assertExact(main.inputMean(), withBias(means(oneHot, rows), bias));
    double[][] gradient = rows(net.preActivationGradient(INDArray::addi), unitAxis);
    assertClose(main.gradient(), squares(gradient, rows));
  }

  private static void assertLayerNorm(Net net, int batch, int steps) {
    double[][] input = rows(net.input(), 1);
    INDArray z = Nd4j.createFromArray(input).mmul(net.parameter("W"));
    // Near a deviation of 0 the normalisation is too curved for differences.
    Assume.that(z.std(false, 1).minNumber().doubleValue() > 0.03);
    int rows = input.length;
    int units = (int) z.size(1);
    double[] sums = new double[steps == 1 ? units : steps];
    for (int row = 0; row < rows; row++) {
      for (int f = 0; f < units; f++) {
        double value = z.getDouble(row, f);
        if (steps == 1) {
          sums[f] += value;
        } else {
          sums[row % steps] += value / (units * units);
        }
      }
    }
    double squaredBatch = (double) batch * batch;

    Map<String, RawFactors> raw = net.factors();

    assertThat(net.lossWith(changed -> net.recompute(changed, changed.mul(0))))
        .isCloseTo(net.loss(), within(1e-12));
    double[][] belowNorm = rows(net.preActivationGradient(net::recompute), 1);
    RawFactors main = raw.get(FactorPart.MAIN);
    assertExact(main.input(), squares(input, rows));
    assertExact(main.inputMean(), means(input, rows));
    assertClose(main.gradient(), squares(belowNorm, rows));
    INDArray shift = net.preActivationGradient(INDArray::addi).sum(0);
    RawFactors norm = raw.get(FactorPart.LAYER_NORM);
    assertExact(norm.input(), sumOfSquares(sums) / squaredBatch, sums.length / squaredBatch);
    assertThat(norm.inputMean()).isEmpty();
    assertClose(norm.gradient(), squares(new double[][] {flat(shift)}, batch));
  }

  private static void assertBatchNormalization(Net net, int channelAxis, int batch) {
    double[][] input = rows(net.input(), channelAxis);
    int positions = input.length / batch;
    double[] sums = new double[input[0].length];
    for (double[] row : input) {
      Arrays.setAll(sums, c -> sums[c] + row[c] / (positions * positions));
    }
    double squaredBatch = (double) batch * batch;

    Map<String, RawFactors> factors = net.factors();
    RawFactors raw = factors.get(FactorPart.MAIN);

    INDArray shift = differences(net::loss, net.parameter("beta"));
    assertExact(raw.input(), sumOfSquares(sums) / squaredBatch, sums.length / squaredBatch);
    assertThat(raw.inputMean()).isEmpty();
    assertClose(raw.gradient(), squares(new double[][] {flat(shift)}, batch));
    net.assertAlsoInFloat(factors);
  }

  /** DL4J mistakes the mask of a single row for one of single outputs. */
  static void assumeAccepted(boolean masked, int rows) {
    Assume.that(!masked || rows > 1);
  }

  private static Layer denseLayer(
      int units, Activation activation, boolean bias, boolean layerNorm) {
    return new DenseLayer.Builder()
        .nOut(units)
        .activation(activation)
        .hasBias(bias)
        .hasLayerNorm(layerNorm)
        .build();
  }
}
