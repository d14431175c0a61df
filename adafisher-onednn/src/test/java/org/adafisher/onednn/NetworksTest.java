package org.adafisher.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNBatchNormHelper;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.cpu.nativecpu.ops.NativeOpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Training, running averages, and that the helpers are what runs. */
class NetworksTest {

  private static final int SIDE = 5;
  private static final int CHANNELS = 3;
  private static final int CLASSES = 3;
  private static final int STEPS = 4;

  @BeforeContainer
  static void enable() {
    OneDnn.enable();
  }

  @Property(tries = 30)
  void batchNormalizationOfImages(
      @ForAll CNN2DFormat format,
      @ForAll @IntRange(min = 1, max = 4) int batch,
      @ForAll boolean locked,
      @ForAll long seed) {
    boolean channelsFirst = locked || format == CNN2DFormat.NCHW; // locked, NHWC fails in DL4J
    CNN2DFormat used = channelsFirst ? CNN2DFormat.NCHW : CNN2DFormat.NHWC;
    new TwoPaths(
            precision ->
                LayersTest.alone(
                    new BatchNormalization.Builder().dataFormat(used).lockGammaBeta(locked).build(),
                    InputType.convolutional(SIDE, SIDE, CHANNELS, used),
                    precision),
            seed)
        .agreeOnOnePass(imageShape(used, batch), null);
  }

  @Property(tries = 20)
  void batchNormalizationOfRows(@ForAll @IntRange(min = 3, max = 8) int batch, @ForAll long seed) {
    new TwoPaths(
            precision ->
                LayersTest.alone(
                    new BatchNormalization(), InputType.feedForward(CHANNELS), precision),
            seed)
        .agreeOnOnePass(new long[] {batch, CHANNELS}, null);
  }

  /** Of a single row nothing is left but the shift: every other number cancels. */
  @Example
  void batchNormalizationOfOneRow() {
    MultiLayerNetwork network =
        TwoPaths.network(
            LayersTest.alone(
                new BatchNormalization(), InputType.feedForward(CHANNELS), DataType.FLOAT));
    INDArray errors = Nd4j.createFromArray(new double[][] {{3, -2, 1}});
    Map<String, INDArray> pass =
        TwoPaths.pass(network, Nd4j.createFromArray(new double[][] {{0.1, -7, 0.3}}), errors, null);
    assertThat(pass.get("output").amaxNumber().doubleValue()).isZero();
    double each = errors.amaxNumber().doubleValue() / Math.sqrt(1e-5); // gamma is 1
    assertThat(pass.get("gradient at the input").amaxNumber().doubleValue())
        .isLessThanOrEqualTo(4 * TwoPaths.UNIT * each);
  }

  @Property(tries = 15)
  void trainingAndRunningAverages(
      @ForAll CNN2DFormat format,
      @ForAll boolean logarithm,
      @ForAll @IntRange(min = 2, max = 4) int batch,
      @ForAll long seed) {
    TwoPaths paths =
        new TwoPaths(precision -> classifier(format, logarithm, new Sgd(0.05), precision), seed);
    List<INDArray> arrays = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      arrays.add(paths.gaussian(imageShape(format, batch)));
    }
    INDArray labels = labels(batch);
    paths.agree(
        arrays,
        (network, images) -> {
          DataType type = network.params().dataType();
          images.forEach(image -> network.fit(image.castTo(type), labels.castTo(type)));
          Map<String, INDArray> numbers = new LinkedHashMap<>();
          network.paramTable().forEach((name, array) -> numbers.put(name, array.dup()));
          numbers.put("inference", network.output(images.get(0).castTo(type)).dup());
          return numbers;
        });
  }

  @Example
  void gradientCheckInDouble() {
    DataType before = Nd4j.dataType();
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
    try {
      for (CNN2DFormat format : CNN2DFormat.values()) {
        MultiLayerNetwork network =
            TwoPaths.network(classifier(format, false, new NoOp(), DataType.DOUBLE));
        assertThat(network.getLayer(0).getHelper()).isInstanceOf(MKLDNNConvHelper.class);
        assertThat(
                GradientCheckUtil.checkGradients(
                    new GradientCheckUtil.MLNConfig()
                        .net(network)
                        .input(Nd4j.rand(DataType.DOUBLE, imageShape(format, 3)))
                        .labels(labels(3).castTo(DataType.DOUBLE))
                        .excludeParams(java.util.Set.of("1_mean", "1_var", "1_log10stdev"))))
            .isTrue();
      }
    } finally {
      Nd4j.setDefaultDataTypes(before, before);
    }
  }

  @Example
  void whichLayersTakeTheirHelper() {
    assertThat(helperOf(new ConvolutionLayer.Builder(2, 2).nOut(2).build()))
        .isInstanceOf(MKLDNNConvHelper.class);
    assertThat(helperOf(new FrozenLayer(new ConvolutionLayer.Builder(2, 2).nOut(2).build())))
        .isInstanceOf(MKLDNNConvHelper.class);
    assertThat(helperOf(new BatchNormalization())).isInstanceOf(MKLDNNBatchNormHelper.class);
    assertThat(helperOf(new SubsamplingLayer.Builder(2, 2).build())).isNull();
    assertThat(helperOf(new FrozenLayerWithBackprop(new BatchNormalization()))).isNull();
  }

  @Example
  void aFrozenBatchNormalizationLetsTheErrorThrough() {
    new TwoPaths(
            precision ->
                LayersTest.alone(
                    new FrozenLayerWithBackprop(new BatchNormalization()),
                    InputType.convolutional(SIDE, SIDE, CHANNELS),
                    precision),
            1)
        .agreeOnOnePass(imageShape(CNN2DFormat.NCHW, 2), null);
  }

  /** Else the comparisons would be of the plain path with itself. */
  @Example
  void oneDnnRoundsDifferently() {
    MultiLayerConfiguration layers =
        LayersTest.alone(
            new ConvolutionLayer.Builder(3, 3).nOut(16).build(),
            InputType.convolutional(16, 16, 16),
            DataType.FLOAT);
    INDArray image = Nd4j.rand(DataType.FLOAT, 4, 16, 16, 16);
    MultiLayerNetwork fast = TwoPaths.network(layers);
    MultiLayerNetwork plain = TwoPaths.plainly(() -> TwoPaths.network(layers.clone()));
    plain.setParams(fast.params());
    INDArray a = fast.output(image);
    INDArray b = TwoPaths.plainly(() -> plain.output(image));
    assertThat(TwoPaths.distance(a, b)).isGreaterThan(0).isLessThan(1e-4);
  }

  /** What {@link OneDnnExecutioner} is for. Where this fails, it can go. */
  @Example
  void withoutTheExecutionerDilatedPoolingIsWrong() {
    INDArray image = Nd4j.rand(DataType.FLOAT, 1, 2, SIDE, SIDE);
    INDArray right = dilatedPooling(Nd4j.getExecutioner()::exec, image);
    INDArray plain = TwoPaths.plainly(() -> dilatedPooling(Nd4j.getExecutioner()::exec, image));
    INDArray wrong = dilatedPooling(new NativeOpExecutioner()::exec, image);
    assertThat(right).isEqualTo(plain);
    assertThat(wrong).isNotEqualTo(plain);
  }

  private interface Execution {
    INDArray[] exec(org.nd4j.linalg.api.ops.CustomOp operation, OpContext context);
  }

  private static INDArray dilatedPooling(Execution execution, INDArray image) {
    INDArray output = Nd4j.zeros(DataType.FLOAT, 1, 2, 3, 3);
    OpContext context = Nd4j.getExecutioner().buildContext();
    context.setIArguments(2, 2, 1, 1, 0, 0, 2, 2, 0, 0, 0);
    context.setInputArray(0, image);
    context.setOutputArray(0, output);
    execution.exec(DynamicCustomOp.builder("maxpool2d").build(), context);
    return output;
  }

  private static Object helperOf(Layer layer) {
    return TwoPaths.network(
            LayersTest.alone(layer, InputType.convolutional(SIDE, SIDE, CHANNELS), DataType.FLOAT))
        .getLayer(0)
        .getHelper();
  }

  private static MultiLayerConfiguration classifier(
      CNN2DFormat format, boolean logarithm, IUpdater updater, DataType precision) {
    return new NeuralNetConfiguration.Builder()
        .seed(5)
        .dataType(precision)
        .updater(updater)
        .activation(Activation.TANH)
        .convolutionMode(ConvolutionMode.Same)
        .list()
        .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).dataFormat(format).build())
        .layer(new BatchNormalization.Builder().useLogStd(logarithm).dataFormat(format).build())
        .layer(
            new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                .kernelSize(2, 2)
                .stride(2, 2)
                .dataFormat(format)
                .build())
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build())
        .setInputType(InputType.convolutional(SIDE, SIDE, CHANNELS, format))
        .build();
  }

  private static INDArray labels(int batch) {
    INDArray labels = Nd4j.zeros(DataType.FLOAT, batch, CLASSES);
    for (int i = 0; i < batch; i++) {
      labels.putScalar(i, i % CLASSES, 1);
    }
    return labels;
  }

  private static long[] imageShape(CNN2DFormat format, int batch) {
    return format == CNN2DFormat.NCHW
        ? new long[] {batch, CHANNELS, SIDE, SIDE}
        : new long[] {batch, SIDE, SIDE, CHANNELS};
  }
}
