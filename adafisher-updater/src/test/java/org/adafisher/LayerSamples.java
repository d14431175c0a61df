package org.adafisher;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.adafisher.layers.LayerNormalization;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CapsuleLayer;
import org.deeplearning4j.nn.conf.layers.CapsuleStrengthLayer;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.Pooling1D;
import org.deeplearning4j.nn.conf.layers.Pooling2D;
import org.deeplearning4j.nn.conf.layers.PrimaryCapsules;
import org.deeplearning4j.nn.conf.layers.RecurrentAttentionLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToBatchLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** One small network for every layer of DL4J that has trainable parameters. */
@SuppressWarnings("deprecation") // GravesLSTM and its kin are, and people have models of them
final class LayerSamples {

  private static final int BATCH = 8;
  private static final int CLASSES = 3;
  private static final int FEATURES = 4;
  private static final int STEPS = 5;
  private static final int SIDE = 6;
  private static final int CHANNELS = 2;
  private static final int DEPTH = 4;
  private static final int INDICES = 7;

  private LayerSamples() {}

  /**
   * A kind of layer.
   *
   * @param name what the documentation calls it
   * @param kind its configuration
   * @param layer its name in the network
   * @param network makes the network with an updater
   * @param data to train it on
   */
  record Sample(
      String name, Class<?> kind, String layer, Function<IUpdater, Model> network, DataSet data) {

    private Sample called(String other) {
      return new Sample(other, kind, layer, network, data);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** In the order of the documentation. */
  static List<Sample> all() {
    return List.of(
        flat(new DenseLayer.Builder().nOut(5).build()),
        flat(new DenseLayer.Builder().nOut(5).hasLayerNorm(true).build())
            .called("DenseLayer, hasLayerNorm"),
        output(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build()),
        series(
            new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build()),
        flat(
            new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build()),
        oneClass(),
        image(new ConvolutionLayer.Builder(3, 3).nOut(3).build()),
        series(
            new Convolution1DLayer.Builder(2)
                .nOut(3)
                .convolutionMode(ConvolutionMode.Same)
                .build()),
        volume(new Convolution3D.Builder(2, 2, 2).nOut(3).build()),
        image(new Deconvolution2D.Builder(2, 2).stride(2, 2).nOut(3).build()),
        volume(new Deconvolution3D.Builder().kernelSize(2, 2, 2).stride(2, 2, 2).nOut(2).build()),
        image(new DepthwiseConvolution2D.Builder(3, 3).depthMultiplier(2).build()),
        image(new SeparableConvolution2D.Builder(3, 3).depthMultiplier(2).nOut(3).build()),
        image(
            new LocallyConnected2D.Builder()
                .kernelSize(3, 3)
                .nOut(3)
                .activation(Activation.TANH)
                .build()),
        series(
            new LocallyConnected1D.Builder()
                .kernelSize(2)
                .nOut(3)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.TANH)
                .build()),
        image(new BatchNormalization()),
        series(new LayerNormalization.Builder().build())
            .called("LayerNormalization (of this library)"),
        indices(new EmbeddingLayer.Builder().nIn(INDICES).nOut(4).build()),
        indexSeries(
            new EmbeddingSequenceLayer.Builder().nIn(INDICES).nOut(4).inputLength(STEPS).build()),
        flat(new ElementWiseMultiplicationLayer.Builder().nIn(FEATURES).nOut(FEATURES).build()),
        flat(new PReLULayer.Builder().inputShape(FEATURES).build()),
        flat(new AutoEncoder.Builder().nOut(5).build()),
        flat(
            new VariationalAutoencoder.Builder()
                .encoderLayerSizes(5)
                .decoderLayerSizes(5)
                .nOut(3)
                .activation(Activation.TANH)
                .build()),
        series(new SimpleRnn.Builder().nOut(4).build()),
        series(new LSTM.Builder().nOut(4).build()),
        series(new GravesLSTM.Builder().nOut(4).build()),
        series(new GravesBidirectionalLSTM.Builder().nOut(4).build()),
        series(new Bidirectional(new LSTM.Builder().nOut(3).build())),
        last(new LastTimeStep(new LSTM.Builder().nOut(4).build())),
        series(new MaskZeroLayer(new LSTM.Builder().nOut(4).build(), 0)),
        series(
            new TimeDistributed(
                new DenseLayer.Builder().nOut(4).activation(Activation.TANH).build())),
        series(
            new SelfAttentionLayer.Builder()
                .nOut(4)
                .nHeads(2)
                .headSize(2)
                .projectInput(true)
                .build()),
        series(
            new RecurrentAttentionLayer.Builder()
                .nIn(FEATURES)
                .nOut(4)
                .nHeads(2)
                .headSize(2)
                .projectInput(true)
                .activation(Activation.TANH)
                .build()),
        capsules(PrimaryCapsules.class, 0),
        capsules(CapsuleLayer.class, 1),
        attentionVertex());
  }

  /** Layers of DL4J without trainable parameters. */
  static List<Layer> withoutOwnParameters() {
    return List.of(
        new ActivationLayer(Activation.TANH),
        new CapsuleStrengthLayer.Builder().build(),
        new Cnn3DLossLayer.Builder(Convolution3D.DataFormat.NCDHW).build(),
        new CnnLossLayer.Builder(LossFunction.MCXENT).build(),
        new Cropping1D.Builder(1).build(),
        new Cropping2D.Builder(1, 1).build(),
        new Cropping3D.Builder(1, 1, 1).build(),
        new DropoutLayer.Builder(0.5).build(),
        new GlobalPoolingLayer.Builder().build(),
        new LocalResponseNormalization.Builder().build(),
        new LossLayer.Builder(LossFunction.MSE).build(),
        new MaskLayer(),
        new RepeatVector.Builder<>(2).build(),
        new RnnLossLayer.Builder(LossFunction.MCXENT).build(),
        new SpaceToBatchLayer.Builder<>(new int[] {2, 2}, new int[][] {{0, 0}, {0, 0}}).build(),
        new SpaceToDepthLayer.Builder<>(2).build(),
        new Subsampling1DLayer.Builder().build(),
        new Subsampling3DLayer.Builder().build(),
        new SubsamplingLayer.Builder().build(),
        new Upsampling1D.Builder(2).build(),
        new Upsampling2D.Builder(2).build(),
        new Upsampling3D.Builder(2).build(),
        new Yolo2OutputLayer.Builder().boundingBoxPriors(Nd4j.ones(1, 2)).build(),
        new ZeroPadding1DLayer.Builder(1).build(),
        new ZeroPadding3DLayer.Builder(1, 1, 1).build(),
        new ZeroPaddingLayer.Builder(1, 1).build());
  }

  /** Names for other layers, whose builders make those; and layers with nothing to train. */
  static Set<Class<?>> aliases() {
    return Set.of(
        Convolution1D.class,
        Convolution2D.class,
        Pooling1D.class,
        Pooling2D.class,
        FrozenLayer.class,
        FrozenLayerWithBackprop.class);
  }

  /** Layers that DL4J 1.0.0-M2.1 cannot run, with the reason. */
  static Map<Class<?>, String> unusable() {
    return Map.of(
        LearnedSelfAttentionLayer.class,
        "none: DL4J's own forward pass of it fails (scatter_update)");
  }

  private static Sample flat(Layer layer) {
    return stack(
        layer,
        layer instanceof org.deeplearning4j.nn.conf.layers.BaseOutputLayer
            ? List.of(layer)
            : List.of(layer, softmax()),
        InputType.feedForward(FEATURES),
        new DataSet(gaussian(BATCH, FEATURES), classes(BATCH)));
  }

  private static Sample output(Layer output) {
    return stack(
        output,
        List.of(new DenseLayer.Builder().nOut(5).build(), output),
        InputType.feedForward(FEATURES),
        new DataSet(gaussian(BATCH, FEATURES), classes(BATCH)));
  }

  private static Sample oneClass() {
    INDArray ones = Nd4j.ones(DataType.DOUBLE, BATCH, 1);
    Layer layer =
        new OCNNOutputLayer.Builder()
            .nIn(FEATURES)
            .hiddenLayerSize(3)
            .nu(0.1)
            .activation(Activation.SIGMOID)
            .windowSize(BATCH)
            .configureR(false) // else DL4J starts it anew when a network is restored
            .build();
    return stack(
        layer,
        List.of(layer),
        InputType.feedForward(FEATURES),
        new DataSet(gaussian(BATCH, FEATURES), ones));
  }

  private static Sample series(Layer layer) {
    return stack(
        layer,
        layer instanceof RnnOutputLayer ? List.of(layer) : List.of(layer, rnnSoftmax()),
        InputType.recurrent(FEATURES, STEPS),
        new DataSet(gaussian(BATCH, FEATURES, STEPS), classes(BATCH, STEPS)));
  }

  private static Sample last(Layer layer) {
    return stack(
        layer,
        List.of(layer, softmax()),
        InputType.recurrent(FEATURES, STEPS),
        new DataSet(gaussian(BATCH, FEATURES, STEPS), classes(BATCH)));
  }

  private static Sample image(Layer layer) {
    return stack(
        layer,
        List.of(layer, softmax()),
        InputType.convolutional(SIDE, SIDE, CHANNELS),
        new DataSet(gaussian(BATCH, CHANNELS, SIDE, SIDE), classes(BATCH)));
  }

  private static Sample volume(Layer layer) {
    return stack(
        layer,
        List.of(layer, softmax()),
        InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, DEPTH, DEPTH, DEPTH, CHANNELS),
        new DataSet(gaussian(BATCH, CHANNELS, DEPTH, DEPTH, DEPTH), classes(BATCH)));
  }

  private static Sample indices(Layer layer) {
    return stack(
        layer,
        List.of(layer, softmax()),
        InputType.feedForward(INDICES),
        new DataSet(ids(BATCH, 1), classes(BATCH)));
  }

  private static Sample indexSeries(Layer layer) {
    return stack(
        layer,
        List.of(layer, rnnSoftmax()),
        InputType.feedForward(INDICES),
        new DataSet(ids(BATCH, STEPS), classes(BATCH, STEPS)));
  }

  private static Sample capsules(Class<?> kind, int index) {
    List<Layer> layers =
        List.of(
            new PrimaryCapsules.Builder(2, 2).kernelSize(3, 3).stride(1, 1).build(),
            new CapsuleLayer.Builder(CLASSES, 3, 2).build(),
            new CapsuleStrengthLayer.Builder().build(),
            new LossLayer.Builder(LossFunction.MSE).activation(Activation.IDENTITY).build());
    DataSet data = new DataSet(gaussian(BATCH, CHANNELS, SIDE, SIDE), classes(BATCH));
    return new Sample(
        kind.getSimpleName(),
        kind,
        "layer" + index,
        updater -> network(updater, layers, InputType.convolutional(SIDE, SIDE, CHANNELS)),
        data);
  }

  private static Sample attentionVertex() {
    Function<IUpdater, Model> network =
        updater -> {
          ComputationGraph graph =
              new ComputationGraph(
                  TestNetworks.global(DataType.DOUBLE, updater)
                      .graphBuilder()
                      .addInputs("in")
                      .addVertex(
                          "tested",
                          new AttentionVertex.Builder()
                              .nInKeys(FEATURES)
                              .nInQueries(FEATURES)
                              .nInValues(FEATURES)
                              .nOut(4)
                              .nHeads(2)
                              .headSize(2)
                              .projectInput(true)
                              .build(),
                          "in",
                          "in",
                          "in")
                      .addLayer("out", rnnSoftmax(), "tested")
                      .setOutputs("out")
                      .setInputTypes(InputType.recurrent(FEATURES, STEPS))
                      .build());
          graph.init();
          return graph;
        };
    return new Sample(
        AttentionVertex.class.getSimpleName(),
        AttentionVertex.class,
        "tested",
        network,
        new DataSet(gaussian(BATCH, FEATURES, STEPS), classes(BATCH, STEPS)));
  }

  private static Sample stack(Layer tested, List<Layer> layers, InputType type, DataSet data) {
    return new Sample(
        tested.getClass().getSimpleName(),
        tested.getClass(),
        "layer" + layers.indexOf(tested),
        updater -> network(updater, layers, type),
        data);
  }

  /** Layers are cloned: a configuration that is built takes its layers over and changes them. */
  private static Model network(IUpdater updater, List<Layer> layers, InputType type) {
    var list = TestNetworks.global(DataType.DOUBLE, updater).list();
    layers.forEach(layer -> list.layer(layer.clone()));
    MultiLayerNetwork net = new MultiLayerNetwork(list.setInputType(type).build());
    net.init();
    return net;
  }

  private static OutputLayer softmax() {
    return TestNetworks.softmax();
  }

  private static RnnOutputLayer rnnSoftmax() {
    return new RnnOutputLayer.Builder(LossFunction.MCXENT)
        .nOut(CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static INDArray gaussian(long... shape) {
    return TestNetworks.random(new Random(5), DataType.DOUBLE, shape);
  }

  private static INDArray ids(int rows, int columns) {
    Random random = new Random(6);
    INDArray result = Nd4j.zeros(DataType.DOUBLE, rows, columns);
    for (long i = 0; i < result.length(); i++) {
      result.putScalar(i, random.nextInt(INDICES));
    }
    return result;
  }

  private static INDArray classes(int rows) {
    Random random = new Random(7);
    INDArray result = Nd4j.zeros(DataType.DOUBLE, rows, CLASSES);
    for (int row = 0; row < rows; row++) {
      result.putScalar(row, random.nextInt(CLASSES), 1);
    }
    return result;
  }

  private static INDArray classes(int rows, int steps) {
    Random random = new Random(8);
    INDArray result = Nd4j.zeros(DataType.DOUBLE, rows, CLASSES, steps);
    for (int row = 0; row < rows; row++) {
      for (int step = 0; step < steps; step++) {
        result.putScalar(row, random.nextInt(CLASSES), step, 1);
      }
    }
    return result;
  }
}
