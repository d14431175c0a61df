package org.adafisher.onednn;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;

/**
 * How a window goes over an input of {@link #HEIGHT} times {@link #WIDTH} and two channels.
 *
 * @param padding ignored under Same and Causal, which have their own
 * @param channelsLast NHWC, NDHWC, NWC in place of NCHW, NCDHW, NCW
 */
record Geometry(
    ConvolutionMode mode,
    int[] kernel,
    int[] stride,
    int[] padding,
    int[] dilation,
    boolean channelsLast,
    int batch,
    boolean bias) {

  static final int HEIGHT = 7;
  static final int WIDTH = 6;
  static final int DEPTH = 5;
  static final int CHANNELS = 2;

  private static final int[] SIDES = {HEIGHT, WIDTH, DEPTH};

  static Arbitrary<Geometry> any() {
    return withStridesTo(2);
  }

  /** Deeplearning4j's other layers refuse a stride that exceeds the kernel by two under Same. */
  static Arbitrary<Geometry> ofTransposed() {
    return withStridesTo(3);
  }

  private static Arbitrary<Geometry> withStridesTo(int largest) {
    return Combinators.combine(
            Arbitraries.of(ConvolutionMode.Same, ConvolutionMode.Truncate, ConvolutionMode.Strict),
            Arbitraries.integers().between(1, 3).array(int[].class).ofSize(3),
            Arbitraries.integers().between(1, largest).array(int[].class).ofSize(3),
            Arbitraries.integers().between(0, 1).array(int[].class).ofSize(3),
            Arbitraries.integers().between(1, 2).array(int[].class).ofSize(3),
            Arbitraries.of(true, false),
            Arbitraries.of(1, 3),
            Arbitraries.of(true, false))
        .as(Geometry::new)
        .filter(Geometry::isOne);
  }

  /** With the same window in one dimension, and Causal too. */
  static Arbitrary<Geometry> ofSeries() {
    return Combinators.combine(any(), Arbitraries.of(true, false))
        .as((geometry, causal) -> causal ? geometry.with(ConvolutionMode.Causal) : geometry)
        .filter(Geometry::isOne);
  }

  /**
   * Under Strict Deeplearning4j also wants that the first window fits each side, and the second
   * one's stride the last side.
   */
  static Arbitrary<Geometry> ofVolumes() {
    return any().filter(Geometry::isOneOfVolumes);
  }

  static Arbitrary<Geometry> ofTransposedVolumes() {
    return ofTransposed().filter(Geometry::isOneOfVolumes);
  }

  private boolean isOneOfVolumes() {
    return mode != ConvolutionMode.Strict
        || IntStream.of(SIDES).allMatch(side -> room(side, 0) % stride[0] == 0)
            && room(SIDES[2], 2) % stride[1] == 0;
  }

  private Geometry with(ConvolutionMode other) {
    return new Geometry(other, kernel, stride, new int[3], dilation, channelsLast, batch, bias);
  }

  /** Whether Deeplearning4j takes it: Strict wants the strides to come out even. */
  private boolean isOne() {
    for (int i = 0; i < SIDES.length; i++) {
      int room = room(SIDES[i], i);
      if (room < 0
          || padding()[i] >= kernel[i]
          || mode == ConvolutionMode.Strict && room % stride[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private int room(int side, int axis) {
    return side + 2 * padding()[axis] - ((kernel[axis] - 1) * dilation[axis] + 1);
  }

  @Override
  public int[] padding() {
    boolean own = mode == ConvolutionMode.Same || mode == ConvolutionMode.Causal;
    return own ? new int[3] : padding;
  }

  int[] kernel2() {
    return two(kernel);
  }

  int[] stride2() {
    return two(stride);
  }

  int[] padding2() {
    return two(padding());
  }

  int[] dilation2() {
    return two(dilation);
  }

  private static int[] two(int[] three) {
    return new int[] {three[0], three[1]};
  }

  CNN2DFormat imageFormat() {
    return channelsLast ? CNN2DFormat.NHWC : CNN2DFormat.NCHW;
  }

  InputType image() {
    return InputType.convolutional(HEIGHT, WIDTH, CHANNELS, imageFormat());
  }

  long[] imageShape() {
    return channelsLast
        ? new long[] {batch, HEIGHT, WIDTH, CHANNELS}
        : new long[] {batch, CHANNELS, HEIGHT, WIDTH};
  }

  Convolution3D.DataFormat volumeFormat() {
    return channelsLast ? Convolution3D.DataFormat.NDHWC : Convolution3D.DataFormat.NCDHW;
  }

  InputType volume() {
    return InputType.convolutional3D(volumeFormat(), HEIGHT, WIDTH, DEPTH, CHANNELS);
  }

  long[] volumeShape() {
    return channelsLast
        ? new long[] {batch, HEIGHT, WIDTH, DEPTH, CHANNELS}
        : new long[] {batch, CHANNELS, HEIGHT, WIDTH, DEPTH};
  }

  /** Deeplearning4j's own backward pass of Convolution1D fails in NWC. */
  InputType series() {
    return InputType.recurrent(CHANNELS, HEIGHT, RNNFormat.NCW);
  }

  long[] seriesShape() {
    return new long[] {batch, CHANNELS, HEIGHT};
  }

  @Override
  public String toString() {
    return "%s kernel %s stride %s padding %s dilation %s %s batch %d%s"
        .formatted(
            mode,
            Arrays.toString(kernel),
            Arrays.toString(stride),
            Arrays.toString(padding()),
            Arrays.toString(dilation),
            channelsLast ? "channels last" : "channels first",
            batch,
            bias ? "" : ", no bias");
  }
}
