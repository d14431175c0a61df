package org.adafisher.onednn;

import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Outputs, gradients at the input and of the parameters, of every layer that oneDNN has a part in:
 * in a helper of Deeplearning4j's or in a native operation.
 */
class LayersTest {

  private static final int TRIES = 60;

  @BeforeContainer
  static void enable() {
    OneDnn.enable();
  }

  @Provide
  Arbitrary<Geometry> geometries() {
    return Geometry.any();
  }

  @Provide
  Arbitrary<Geometry> volumes() {
    return Geometry.ofVolumes();
  }

  @Provide
  Arbitrary<Geometry> transposed() {
    return Geometry.ofTransposed();
  }

  @Provide
  Arbitrary<Geometry> transposedVolumes() {
    return Geometry.ofTransposedVolumes();
  }

  @Provide
  Arbitrary<Geometry> series() {
    return Geometry.ofSeries();
  }

  @Provide
  Arbitrary<Activation> activations() {
    return Arbitraries.of(Activation.IDENTITY, Activation.TANH);
  }

  @Property(tries = 2 * TRIES)
  void convolution(
      @ForAll("geometries") Geometry g,
      @ForAll("activations") Activation activation,
      @ForAll long seed) {
    agree(
        () ->
            new ConvolutionLayer.Builder(g.kernel2(), g.stride2(), g.padding2())
                .dilation(g.dilation2())
                .convolutionMode(g.mode())
                .dataFormat(g.imageFormat())
                .hasBias(g.bias())
                .activation(activation)
                .nOut(3)
                .build(),
        g.image(),
        g.imageShape(),
        seed);
  }

  @Property(tries = 2 * TRIES)
  void pooling(
      @ForAll("geometries") Geometry g,
      @ForAll SubsamplingLayer.PoolingType kind,
      @ForAll boolean paddingCounts,
      @ForAll long seed) {
    SubsamplingLayer.PoolingType type =
        kind == SubsamplingLayer.PoolingType.SUM // which Deeplearning4j refuses
            ? SubsamplingLayer.PoolingType.AVG
            : kind;
    agree(
        () ->
            new SubsamplingLayer.Builder(type, g.kernel2(), g.stride2(), g.padding2())
                .dilation(g.dilation2())
                .convolutionMode(g.mode())
                .dataFormat(g.imageFormat())
                .avgPoolIncludePadInDivisor(paddingCounts)
                .pnorm(2)
                .build(),
        g.image(),
        g.imageShape(),
        seed);
  }

  @Property(tries = TRIES)
  void depthwiseConvolution(@ForAll("geometries") Geometry g, @ForAll long seed) {
    agree(
        () ->
            new DepthwiseConvolution2D.Builder(g.kernel2(), g.stride2(), g.padding2())
                .depthMultiplier(2)
                .dilation(g.dilation2())
                .convolutionMode(g.mode())
                .dataFormat(g.imageFormat())
                .hasBias(g.bias())
                .nOut(2 * Geometry.CHANNELS)
                .build(),
        g.image(),
        g.imageShape(),
        seed);
  }

  @Property(tries = TRIES)
  void separableConvolution(@ForAll("geometries") Geometry g, @ForAll long seed) {
    agree(
        () ->
            new SeparableConvolution2D.Builder(g.kernel2(), g.stride2(), g.padding2())
                .dilation(g.dilation2())
                .convolutionMode(g.mode())
                .dataFormat(g.imageFormat())
                .hasBias(g.bias())
                .nOut(3)
                .build(),
        g.image(),
        g.imageShape(),
        seed);
  }

  @Property(tries = TRIES)
  void transposedConvolution(@ForAll("transposed") Geometry g, @ForAll long seed) {
    agree(
        () ->
            new Deconvolution2D.Builder(g.kernel2(), g.stride2(), g.padding2())
                .dilation(g.dilation2())
                .convolutionMode(g.mode())
                .dataFormat(g.imageFormat())
                .hasBias(g.bias())
                .nOut(3)
                .build(),
        g.image(),
        g.imageShape(),
        seed);
  }

  @Property(tries = TRIES)
  void convolutionOverTime(
      @ForAll("series") Geometry g, @ForAll boolean masked, @ForAll long seed) {
    agree(
        () ->
            new Convolution1D.Builder(g.kernel()[0], g.stride()[0], g.padding()[0])
                .dilation(g.dilation()[0])
                .convolutionMode(g.mode())
                .hasBias(g.bias())
                .nOut(3)
                .build(),
        g.series(),
        g.seriesShape(),
        masked ? mask(g.batch()) : null,
        seed);
  }

  @Property(tries = TRIES)
  void poolingOverTime(@ForAll("geometries") Geometry g, @ForAll boolean max, @ForAll long seed) {
    // Under Strict, and with padding, Deeplearning4j's own fails.
    ConvolutionMode mode =
        g.mode() == ConvolutionMode.Same ? ConvolutionMode.Same : ConvolutionMode.Truncate;
    agree(
        () ->
            new Subsampling1DLayer.Builder(max ? PoolingType.MAX : PoolingType.AVG)
                .kernelSize(g.kernel()[0])
                .stride(g.stride()[0])
                .convolutionMode(mode)
                .build(),
        g.series(),
        g.seriesShape(),
        seed);
  }

  @Property(tries = TRIES)
  void convolutionOfVolumes(@ForAll("volumes") Geometry g, @ForAll long seed) {
    agree(
        () ->
            new Convolution3D.Builder(g.kernel(), g.stride(), g.padding(), g.dilation())
                .convolutionMode(g.mode())
                .dataFormat(g.volumeFormat())
                .hasBias(g.bias())
                .nOut(2)
                .build(),
        g.volume(),
        g.volumeShape(),
        seed);
  }

  @Property(tries = TRIES)
  void transposedConvolutionOfVolumes(@ForAll("transposedVolumes") Geometry g, @ForAll long seed) {
    agree(
        () ->
            new Deconvolution3D.Builder()
                .kernelSize(g.kernel())
                .stride(g.stride())
                .padding(g.padding())
                .dilation(g.dilation())
                .convolutionMode(g.mode())
                .dataFormat(g.volumeFormat())
                .hasBias(g.bias())
                .nOut(2)
                .build(),
        g.volume(),
        g.volumeShape(),
        seed);
  }

  @Property(tries = TRIES)
  void poolingOfVolumes(@ForAll("volumes") Geometry g, @ForAll boolean max, @ForAll long seed) {
    agree(
        () ->
            new Subsampling3DLayer.Builder(max ? PoolingType.MAX : PoolingType.AVG)
                .kernelSize(g.kernel())
                .stride(g.stride())
                .padding(g.padding())
                .dilation(g.dilation()[0], g.dilation()[1], g.dilation()[2])
                .convolutionMode(g.mode())
                .dataFormat(g.volumeFormat())
                .build(),
        g.volume(),
        g.volumeShape(),
        seed);
  }

  @Property(tries = 10)
  void localResponseNormalization(@ForAll("geometries") Geometry g, @ForAll long seed) {
    agree(
        () ->
            new LocalResponseNormalization.Builder().k(1).n(3).dataFormat(g.imageFormat()).build(),
        g.image(),
        g.imageShape(),
        seed);
  }

  @Property(tries = 10)
  void upsampling(@ForAll("geometries") Geometry g, @ForAll long seed) {
    agree(
        () -> new Upsampling2D.Builder(2).dataFormat(g.imageFormat()).build(),
        g.image(),
        g.imageShape(),
        seed);
  }

  @Property(tries = 20)
  void globalPooling(@ForAll("series") Geometry g, @ForAll boolean max, @ForAll boolean masked) {
    agree(
        () -> new GlobalPoolingLayer(max ? PoolingType.MAX : PoolingType.AVG),
        g.series(),
        g.seriesShape(),
        masked ? mask(g.batch()) : null,
        g.hashCode());
  }

  @Property(tries = 20)
  void recurrent(
      @ForAll("series") Geometry g,
      @ForAll boolean lstm,
      @ForAll boolean masked,
      @ForAll long seed) {
    agree(
        () ->
            lstm
                ? new LSTM.Builder().nOut(3).activation(Activation.TANH).build()
                : new SimpleRnn.Builder().nOut(3).activation(Activation.TANH).build(),
        g.series(),
        g.seriesShape(),
        masked ? mask(g.batch()) : null,
        seed);
  }

  @Property(tries = 20)
  void dense(@ForAll("geometries") Geometry g, @ForAll boolean softmax, @ForAll long seed) {
    agree(
        () ->
            new DenseLayer.Builder()
                .nOut(4)
                .activation(softmax ? Activation.SOFTMAX : Activation.TANH)
                .build(),
        InputType.feedForward(6),
        new long[] {g.batch(), 6},
        seed);
  }

  /** The last three steps of each example but the first are padding. */
  private static INDArray mask(int batch) {
    INDArray mask = Nd4j.ones(DataType.FLOAT, batch, Geometry.HEIGHT);
    for (int example = 1; example < batch; example++) {
      for (int step = Geometry.HEIGHT - 3; step < Geometry.HEIGHT; step++) {
        mask.putScalar(example, step, 0);
      }
    }
    return mask;
  }

  private static void agree(Supplier<Layer> layer, InputType type, long[] shape, long seed) {
    agree(layer, type, shape, null, seed);
  }

  private static void agree(
      Supplier<Layer> layer, InputType type, long[] shape, INDArray mask, long seed) {
    new TwoPaths(precision -> alone(layer.get(), type, precision), seed)
        .agreeOnOnePass(shape, mask);
  }

  static MultiLayerConfiguration alone(Layer layer, InputType type, DataType precision) {
    return new NeuralNetConfiguration.Builder()
        .dataType(precision)
        .trainingWorkspaceMode(WorkspaceMode.NONE)
        .inferenceWorkspaceMode(WorkspaceMode.NONE)
        .activation(Activation.IDENTITY)
        .list()
        .layer(layer)
        .setInputType(type)
        .build();
  }
}
