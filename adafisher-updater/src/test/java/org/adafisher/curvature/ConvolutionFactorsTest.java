package org.adafisher.curvature;

import static org.adafisher.curvature.BruteForce.assertClose;
import static org.adafisher.curvature.BruteForce.assertExact;
import static org.adafisher.curvature.BruteForce.channelAxis;
import static org.adafisher.curvature.BruteForce.flat;
import static org.adafisher.curvature.BruteForce.gaussian;
import static org.adafisher.curvature.BruteForce.image;
import static org.adafisher.curvature.BruteForce.labels;
import static org.adafisher.curvature.BruteForce.mask;
import static org.adafisher.curvature.BruteForce.means;
import static org.adafisher.curvature.BruteForce.rows;
import static org.adafisher.curvature.BruteForce.squares;
import static org.adafisher.curvature.BruteForce.withBias;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/**
 * The convolutions' raw factors against their definition, and DL4J's own gradient of the weights
 * against the sum over rows of what its unit and input are said to be.
 */
class ConvolutionFactorsTest {

  private static final int CLASSES = 2;

  // Without it, the score of a loss layer is still a mean over the examples, unlike its gradient.
  private static final boolean SCORE_IS_A_MEAN = true;

  /** One spatial axis of a convolution, or of a transposed one. */
  record Axis(int size, int kernel, int stride, int padding, int dilation) {

    private int reach() {
      return (kernel - 1) * dilation + 1;
    }

    private int outputs(ConvolutionMode mode, boolean transposed) {
      boolean padsItself = mode == ConvolutionMode.Same || mode == ConvolutionMode.Causal;
      if (transposed) {
        return padsItself ? size * stride : (size - 1) * stride + reach() - 2 * padding;
      }
      return padsItself
          ? (size + stride - 1) / stride
          : Math.floorDiv(size + 2 * padding - reach(), stride) + 1;
    }

    /** The input that an element meets at an output; -1 if that is in the padding or between. */
    private int input(ConvolutionMode mode, boolean transposed, int output, int element) {
      int outputs = outputs(mode, transposed);
      int steps = transposed ? size : outputs;
      int before =
          switch (mode) {
            case Same -> ((steps - 1) * stride + reach() - (transposed ? outputs : size)) / 2;
            case Causal -> reach() - 1;
            default -> padding;
          };
      int result = output * stride + element * dilation - before;
      if (transposed) {
        int reached = output + before - element * dilation;
        result = reached % stride == 0 ? reached / stride : -1;
      }
      return result >= 0 && result < size ? result : -1;
    }
  }

  @Provide
  Arbitrary<Axis> axes() {
    return axis(3, 5);
  }

  @Provide
  Arbitrary<Axis> shortAxes() {
    return axis(2, 3);
  }

  private static Arbitrary<Axis> axis(int least, int most) {
    return Combinators.combine(
            Arbitraries.integers().between(least, most),
            Arbitraries.integers().between(1, 3),
            Arbitraries.integers().between(1, 3),
            Arbitraries.integers().between(0, 1),
            Arbitraries.integers().between(1, 2))
        .as(Axis::new);
  }

  @Provide
  Arbitrary<ConvolutionMode> modes() {
    return Arbitraries.of(ConvolutionMode.Strict, ConvolutionMode.Truncate, ConvolutionMode.Same);
  }

  @Property(tries = 20)
  void overTime(
      @ForAll("axes") Axis time,
      @ForAll ConvolutionMode mode,
      @ForAll boolean bias,
      @ForAll boolean newerName,
      @ForAll @IntRange(min = 1, max = 3) int channels,
      @ForAll @IntRange(min = 1, max = 3) int units,
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll long seed) {
    List<Axis> axes = List.of(time);
    assumeAccepted(axes, mode, false);
    Convolution1DLayer.Builder builder =
        newerName ? new Convolution1D.Builder() : new Convolution1DLayer.Builder();
    builder
        .kernelSize(time.kernel)
        .stride(time.stride)
        .dilation(time.dilation)
        .convolutionMode(mode)
        .nOut(units)
        .hasBias(bias)
        .activation(Activation.TANH);
    if (mode != ConvolutionMode.Same && mode != ConvolutionMode.Causal) {
      builder.padding(time.padding);
    }
    Random random = new Random(seed);
    Net net =
        new Net(
            random,
            SCORE_IS_A_MEAN,
            new DataSet(
                gaussian(random, batch, channels, time.size),
                gaussian(random, batch, units, time.outputs(mode, false))),
            InputType.recurrent(channels, time.size),
            builder.build(),
            new RnnLossLayer.Builder(new LossMSE()).activation(Activation.IDENTITY).build());
    assertFactors(net, patches(net.input(), axes, mode, false), 1, bias);
  }

  /** As many steps out as in: DL4J's own way to pool a mask fails on a DOUBLE network. */
  @Property(tries = 20)
  void overMaskedTime(
      @ForAll("axes") Axis anyAxis,
      @ForAll boolean causal,
      @ForAll boolean bias,
      @ForAll @IntRange(min = 1, max = 2) int channels,
      @ForAll @IntRange(min = 1, max = 2) int units,
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll long seed) {
    Axis time = new Axis(anyAxis.size, anyAxis.kernel, 1, 0, anyAxis.dilation);
    ConvolutionMode mode = causal ? ConvolutionMode.Causal : ConvolutionMode.Same;
    Random random = new Random(seed);
    Net net =
        new Net(
            random,
            SCORE_IS_A_MEAN,
            new DataSet(
                gaussian(random, batch, channels, time.size),
                gaussian(random, batch, units, time.size)),
            InputType.recurrent(channels, time.size),
            new Convolution1DLayer.Builder(time.kernel)
                .dilation(time.dilation)
                .convolutionMode(mode)
                .nOut(units)
                .hasBias(bias)
                .activation(Activation.TANH)
                .build(),
            new RnnLossLayer.Builder(new LossMSE()).activation(Activation.IDENTITY).build());
    INDArray mask = mask(random, batch, time.size);
    net.mask(mask);
    double[] counts = flat(mask);
    double rows = Arrays.stream(counts).sum();

    Map<String, RawFactors> raw = net.factors();

    if (rows == 0) {
      assertThat(raw).isEmpty();
      return;
    }
    double[][] patches = patches(net.input(), List.of(time), mode, false);
    for (int row = 0; row < patches.length; row++) {
      double count = counts[row];
      patches[row] = Arrays.stream(patches[row]).map(x -> x * count).toArray();
    }
    RawFactors main = raw.get(FactorPart.MAIN);
    assertExact(main.input(), withBias(squares(patches, rows), bias));
    assertExact(main.inputMean(), withBias(means(patches, rows), bias));
    double[][] gradient =
        rows(
            net.preActivationGradient(
                (z, nudge) -> {
                  net.mask(mask); // gone with the pass before
                  z.addi(nudge);
                }),
            1);
    assertClose(main.gradient(), squares(gradient, rows));
  }

  @Property(tries = 20)
  void inSpace(
      @ForAll("shortAxes") Axis depth,
      @ForAll("shortAxes") Axis height,
      @ForAll("shortAxes") Axis width,
      @ForAll boolean transposed,
      @ForAll boolean same,
      @ForAll Convolution3D.DataFormat format,
      @ForAll boolean bias,
      @ForAll @IntRange(min = 1, max = 2) int channels,
      @ForAll @IntRange(min = 1, max = 2) int units,
      @ForAll @IntRange(min = 1, max = 2) int batch,
      @ForAll long seed) {
    List<Axis> axes = List.of(depth, height, width);
    ConvolutionMode mode = same ? ConvolutionMode.Same : ConvolutionMode.Truncate;
    assumeAccepted(axes, mode, transposed);
    int[] outputs = ints(axes, axis -> axis.outputs(mode, transposed));
    Assume.that(Arrays.stream(outputs).reduce(1, (a, b) -> a * b) <= 60); // for the time it takes
    boolean channelsLast = format == Convolution3D.DataFormat.NDHWC;
    int[] padding = same ? new int[3] : ints(axes, Axis::padding);
    Random random = new Random(seed);
    Layer layer =
        transposed
            ? new Deconvolution3D.Builder()
                .kernelSize(ints(axes, Axis::kernel))
                .stride(ints(axes, Axis::stride))
                .dilation(ints(axes, Axis::dilation))
                .padding(padding)
                .convolutionMode(mode)
                .dataFormat(format)
                .nOut(units)
                .hasBias(bias)
                .activation(Activation.TANH)
                .build()
            : new Convolution3D.Builder()
                .kernelSize(ints(axes, Axis::kernel))
                .stride(ints(axes, Axis::stride))
                .dilation(ints(axes, Axis::dilation))
                .padding(padding)
                .convolutionMode(mode)
                .dataFormat(format)
                .nOut(units)
                .hasBias(bias)
                .activation(Activation.TANH)
                .build();
    Net net =
        new Net(
            random,
            SCORE_IS_A_MEAN,
            new DataSet(
                shaped(random, format, batch, channels, ints(axes, Axis::size)),
                shaped(random, format, batch, units, outputs)),
            InputType.convolutional3D(format, depth.size, height.size, width.size, channels),
            layer,
            // DL4J's input type for a layer above a Deconvolution3D has the axes mixed up.
            new Cnn3DLossLayer.Builder(format)
                .lossFunction(new LossMSE())
                .activation(Activation.IDENTITY)
                .build());
    INDArray x = channelsLast ? net.input().permute(0, 4, 1, 2, 3) : net.input();
    assertFactors(net, patches(x, axes, mode, transposed), channelsLast ? 4 : 1, bias);
  }

  @Property(tries = 20)
  void transposed(
      @ForAll("shortAxes") Axis height,
      @ForAll("shortAxes") Axis width,
      @ForAll("modes") ConvolutionMode mode,
      @ForAll CNN2DFormat format,
      @ForAll boolean bias,
      @ForAll @IntRange(min = 1, max = 3) int channels,
      @ForAll @IntRange(min = 1, max = 2) int units,
      @ForAll @IntRange(min = 1, max = 2) int batch,
      @ForAll boolean minibatch,
      @ForAll long seed) {
    List<Axis> axes = List.of(height, width);
    assumeAccepted(axes, mode, true);
    Net net =
        planar(
            axes,
            format,
            channels,
            batch,
            minibatch,
            seed,
            new Deconvolution2D.Builder(ints(axes, Axis::kernel))
                .stride(ints(axes, Axis::stride))
                .dilation(ints(axes, Axis::dilation))
                .padding(mode == ConvolutionMode.Same ? new int[2] : ints(axes, Axis::padding))
                .convolutionMode(mode)
                .dataFormat(format)
                .nOut(units)
                .hasBias(bias)
                .activation(Activation.TANH)
                .build());
    assertFactors(
        net, patches(channelsFirst(net, format), axes, mode, true), channelAxis(format), bias);
  }

  @Property(tries = 20)
  void depthwise(
      @ForAll("axes") Axis height,
      @ForAll("axes") Axis width,
      @ForAll("modes") ConvolutionMode mode,
      @ForAll CNN2DFormat format,
      @ForAll boolean bias,
      @ForAll @IntRange(min = 2, max = 3) int channels,
      @ForAll @IntRange(min = 1, max = 2) int multiplier,
      @ForAll @IntRange(min = 1, max = 2) int batch,
      @ForAll boolean minibatch,
      @ForAll long seed) {
    List<Axis> axes = List.of(height, width);
    assumeAccepted(axes, mode, false);
    Net net =
        planar(
            axes,
            format,
            channels,
            batch,
            minibatch,
            seed,
            new DepthwiseConvolution2D.Builder(ints(axes, Axis::kernel))
                .stride(ints(axes, Axis::stride))
                .dilation(ints(axes, Axis::dilation))
                .padding(mode == ConvolutionMode.Same ? new int[2] : ints(axes, Axis::padding))
                .convolutionMode(mode)
                .dataFormat(format)
                .nIn(channels)
                .depthMultiplier(multiplier)
                .hasBias(bias)
                .activation(Activation.TANH)
                .build());
    assertFactors(
        net, patches(channelsFirst(net, format), axes, mode, false), channelAxis(format), bias);
  }

  @Property(tries = 20)
  void separable(
      @ForAll("axes") Axis height,
      @ForAll("axes") Axis width,
      @ForAll("modes") ConvolutionMode mode,
      @ForAll CNN2DFormat format,
      @ForAll boolean bias,
      @ForAll @IntRange(min = 2, max = 3) int channels,
      @ForAll @IntRange(min = 1, max = 2) int multiplier,
      @ForAll @IntRange(min = 1, max = 2) int units,
      @ForAll @IntRange(min = 1, max = 2) int batch,
      @ForAll boolean minibatch,
      @ForAll long seed) {
    List<Axis> axes = List.of(height, width);
    assumeAccepted(axes, mode, false);
    Net net =
        planar(
            axes,
            format,
            channels,
            batch,
            minibatch,
            seed,
            new SeparableConvolution2D.Builder(ints(axes, Axis::kernel))
                .stride(ints(axes, Axis::stride))
                .dilation(ints(axes, Axis::dilation))
                .padding(mode == ConvolutionMode.Same ? new int[2] : ints(axes, Axis::padding))
                .convolutionMode(mode)
                .dataFormat(format)
                .depthMultiplier(multiplier)
                .nOut(units)
                .hasBias(bias)
                .activation(Activation.TANH)
                .build());
    double[][] patches = patches(channelsFirst(net, format), axes, mode, false);
    double[][] between = between(patches, net.parameter("W"));
    INDArray pointwise = net.parameter("pW");

    Map<String, RawFactors> raw = net.factors();

    double[][] gradient = rows(net.preActivationGradient(INDArray::addi), channelAxis(format));
    double[][] below =
        Arrays.stream(gradient)
            .map(
                row ->
                    IntStream.range(0, channels * multiplier)
                        .mapToDouble(
                            j ->
                                IntStream.range(0, units)
                                    .mapToDouble(k -> row[k] * pointwise.getDouble(k, j, 0, 0))
                                    .sum())
                        .toArray())
            .toArray(double[][]::new);
    assertPart(raw.get(FactorPart.MAIN), between, gradient, bias);
    assertPart(raw.get("depthwise"), patches, below, false);
    net.assertAlsoInFloat(raw);
    assertGradients(
        net,
        Map.of(FactorPart.MAIN, between, "depthwise", patches),
        Map.of(FactorPart.MAIN, gradient, "depthwise", below));
  }

  /** The approximation that is documented: DL4J keeps the noise to itself. */
  @Property(tries = 5)
  void separableUnderWeightNoiseIsThatOfTheWeightsWithoutTheNoise(@ForAll long seed) {
    List<Axis> axes = List.of(new Axis(4, 3, 1, 0, 1), new Axis(4, 2, 1, 0, 1));
    Net net =
        planar(
            axes,
            CNN2DFormat.NCHW,
            2,
            3,
            true,
            seed,
            new SeparableConvolution2D.Builder(3, 2)
                .nOut(2)
                .weightNoise(new DropConnect(0.5))
                .activation(Activation.TANH)
                .build());
    double[][] patches = patches(net.input(), axes, ConvolutionMode.Truncate, false);

    Map<String, RawFactors> raw = net.factors();

    double[][] between = between(patches, net.parameter("W"));
    assertExact(raw.get("depthwise").input(), squares(patches, patches.length));
    assertExact(raw.get(FactorPart.MAIN).input(), withBias(squares(between, between.length), true));
  }

  /** What depthwise weights [multiplier, channels, kh, kw] make of each row. */
  private static double[][] between(double[][] patches, INDArray depthwise) {
    int multiplier = (int) depthwise.size(0);
    int channels = (int) depthwise.size(1);
    int kernel = (int) (depthwise.size(2) * depthwise.size(3));
    double[] weights = flat(depthwise);
    double[][] result = new double[patches.length][channels * multiplier];
    for (int row = 0; row < patches.length; row++) {
      for (int c = 0; c < channels; c++) {
        for (int m = 0; m < multiplier; m++) {
          for (int q = 0; q < kernel; q++) {
            result[row][c * multiplier + m] +=
                weights[(m * channels + c) * kernel + q] * patches[row][c * kernel + q];
          }
        }
      }
    }
    return result;
  }

  private static void assertFactors(Net net, double[][] patches, int unitAxis, boolean bias) {
    Map<String, RawFactors> raw = net.factors();
    double[][] gradient = rows(net.preActivationGradient(INDArray::addi), unitAxis);
    assertThat(gradient).hasNumberOfRows(patches.length);
    assertPart(raw.get(FactorPart.MAIN), patches, gradient, bias);
    net.assertAlsoInFloat(raw);
    assertGradients(net, Map.of(FactorPart.MAIN, patches), Map.of(FactorPart.MAIN, gradient));
  }

  private static void assertPart(
      RawFactors raw, double[][] inputs, double[][] gradient, boolean bias) {
    int rows = inputs.length;
    assertExact(raw.input(), withBias(squares(inputs, rows), bias));
    assertExact(raw.inputMean(), withBias(means(inputs, rows), bias));
    assertClose(raw.gradient(), squares(gradient, rows));
  }

  /** Each weight's gradient is the sum over rows of its unit's gradient times its input. */
  private static void assertGradients(
      Net net, Map<String, double[][]> inputs, Map<String, double[][]> gradients) {
    for (ParameterSpan span : net.layout().spans()) {
      double[][] gradient = gradients.get(span.part());
      double[][] input = inputs.get(span.part());
      int perGroup = (int) (span.outputs() / span.groups());
      double[] expected = new double[(int) span.length()];
      for (int row = 0; row < input.length; row++) {
        for (int i = 0; i < expected.length; i++) {
          int unit = (int) (i / span.inputs());
          int first = (int) (unit / perGroup * span.inputs() + span.inputOffset());
          int j = (int) (first + i % span.inputs());
          expected[i] += gradient[row][unit] * (j < input[row].length ? input[row][j] : 1);
        }
      }
      double[] actual =
          span.arrangement().byUnit(net.parameterGradient(span.parameter())).toDoubleVector();
      assertClose(actual, expected, 1e-6, 1e-9);
    }
  }

  /** Each row's inputs by channel and kernel element, from inputs with the channels first. */
  private static double[][] patches(
      INDArray x, List<Axis> axes, ConvolutionMode mode, boolean transposed) {
    int[] outputs = ints(axes, axis -> axis.outputs(mode, transposed));
    int[] kernel = ints(axes, Axis::kernel);
    return IntStream.range(0, (int) x.size(0))
        .boxed()
        .flatMap(
            n ->
                indices(outputs)
                    .map(
                        output ->
                            IntStream.range(0, (int) x.size(1))
                                .boxed()
                                .flatMapToDouble(
                                    c ->
                                        indices(kernel)
                                            .mapToDouble(
                                                element ->
                                                    met(
                                                        x,
                                                        n,
                                                        c,
                                                        axes,
                                                        mode,
                                                        transposed,
                                                        output,
                                                        element)))
                                .toArray()))
        .toArray(double[][]::new);
  }

  private static double met(
      INDArray x,
      int example,
      int channel,
      List<Axis> axes,
      ConvolutionMode mode,
      boolean transposed,
      int[] output,
      int[] element) {
    int[] index = new int[2 + axes.size()];
    index[0] = example;
    index[1] = channel;
    for (int i = 0; i < axes.size(); i++) {
      index[2 + i] = axes.get(i).input(mode, transposed, output[i], element[i]);
      if (index[2 + i] < 0) {
        return 0;
      }
    }
    return x.getDouble(index);
  }

  /** All indices of an array of this shape, the last one fastest. */
  private static Stream<int[]> indices(int... shape) {
    int count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return IntStream.range(0, count)
        .mapToObj(
            flat -> {
              int[] index = new int[shape.length];
              int rest = flat;
              for (int i = shape.length - 1; i >= 0; i--) {
                index[i] = rest % shape[i];
                rest /= shape[i];
              }
              return index;
            });
  }

  private static int[] ints(List<Axis> axes, ToIntFunction<Axis> value) {
    return axes.stream().mapToInt(value).toArray();
  }

  private static void assumeAccepted(List<Axis> axes, ConvolutionMode mode, boolean transposed) {
    for (Axis axis : axes) {
      int outputs = axis.outputs(mode, transposed);
      int slack = axis.size + 2 * axis.padding - axis.reach();
      boolean strict = mode == ConvolutionMode.Strict && !transposed;
      Assume.that(outputs > 0 && (!strict || slack % axis.stride == 0));
      // DL4J computes a negative padding for these, and refuses it.
      boolean skips = (outputs - 1) * axis.stride + axis.reach() - axis.size <= -2;
      Assume.that(mode != ConvolutionMode.Same || transposed || !skips);
    }
  }

  private static Net planar(
      List<Axis> axes,
      CNN2DFormat format,
      int channels,
      int batch,
      boolean minibatch,
      long seed,
      Layer layer) {
    Random random = new Random(seed);
    int height = axes.get(0).size;
    int width = axes.get(1).size;
    return new Net(
        random,
        minibatch,
        new DataSet(
            image(random, format, batch, channels, height, width), labels(random, batch, CLASSES)),
        InputType.convolutional(height, width, channels, format),
        layer,
        output());
  }

  private static INDArray shaped(
      Random random, Convolution3D.DataFormat format, int batch, int channels, int[] size) {
    return format == Convolution3D.DataFormat.NDHWC
        ? gaussian(random, batch, size[0], size[1], size[2], channels)
        : gaussian(random, batch, channels, size[0], size[1], size[2]);
  }

  private static INDArray channelsFirst(Net net, CNN2DFormat format) {
    return format == CNN2DFormat.NCHW ? net.input() : net.input().permute(0, 3, 1, 2);
  }

  private static Layer output() {
    return new OutputLayer.Builder(new LossMCXENT(0, null))
        .activation(Activation.SOFTMAX)
        .nOut(CLASSES)
        .build();
  }
}
