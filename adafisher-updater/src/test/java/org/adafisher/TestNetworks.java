package org.adafisher;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.slf4j.LoggerFactory;

/** Small networks and data for the tests. */
final class TestNetworks {

  static final int INPUTS = 6;
  static final int CLASSES = 3;
  static final int BATCH = 8;

  private TestNetworks() {}

  /** Refreshes every third step, so that few steps see several refreshes. */
  static AdaFisher adaFisher() {
    return AdaFisher.builder().refreshInterval(3).build();
  }

  static NeuralNetConfiguration.Builder global(DataType type, IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(7)
        .dataType(type)
        .activation(Activation.TANH)
        .updater(updater);
  }

  static OutputLayer softmax() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  static MultiLayerConfiguration mlpConf(
      IUpdater updater, UnaryOperator<NeuralNetConfiguration.Builder> options) {
    return options
        .apply(global(DataType.DOUBLE, updater))
        .list()
        .layer(new DenseLayer.Builder().nOut(5).build())
        .layer(new DenseLayer.Builder().nOut(4).build())
        .layer(softmax())
        .setInputType(InputType.feedForward(INPUTS))
        .build();
  }

  static MultiLayerNetwork mlp(
      IUpdater updater, UnaryOperator<NeuralNetConfiguration.Builder> options) {
    return init(new MultiLayerNetwork(mlpConf(updater, options)));
  }

  static MultiLayerNetwork mlp(IUpdater updater) {
    return mlp(updater, b -> b);
  }

  /** Convolution, batch normalization, dense, output. */
  static MultiLayerNetwork cnn(DataType type, IUpdater updater) {
    return init(
        new MultiLayerNetwork(
            global(type, updater)
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).padding(1, 1).build())
                .layer(new BatchNormalization())
                .layer(new DenseLayer.Builder().nOut(5).build())
                .layer(softmax())
                .setInputType(InputType.convolutional(5, 5, 1))
                .build()));
  }

  /** Two inputs, a merge, two outputs. */
  static ComputationGraph graph(IUpdater updater) {
    ComputationGraphConfiguration conf =
        global(DataType.DOUBLE, updater)
            .graphBuilder()
            .addInputs("a", "b")
            .addLayer("left", new DenseLayer.Builder().nOut(5).build(), "a")
            .addLayer("right", new DenseLayer.Builder().nOut(4).build(), "b")
            .addVertex("both", new MergeVertex(), "left", "right")
            .addLayer("class", softmax(), "both")
            .addLayer(
                "value",
                new OutputLayer.Builder(LossFunction.MSE)
                    .nOut(2)
                    .activation(Activation.IDENTITY)
                    .build(),
                "both")
            .setOutputs("class", "value")
            .setInputTypes(InputType.feedForward(INPUTS), InputType.feedForward(2))
            .build();
    ComputationGraph graph = new ComputationGraph(conf);
    graph.init();
    return graph;
  }

  private static MultiLayerNetwork init(MultiLayerNetwork net) {
    net.init();
    return net;
  }

  static List<DataSet> batches(int count, DataType type, long... featureShape) {
    Random random = new Random(11);
    List<DataSet> result = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long[] shape = new long[featureShape.length + 1];
      shape[0] = BATCH;
      System.arraycopy(featureShape, 0, shape, 1, featureShape.length);
      INDArray features = random(random, type, shape);
      INDArray labels = Nd4j.zeros(type, BATCH, CLASSES);
      for (int row = 0; row < BATCH; row++) {
        labels.putScalar(row, random.nextInt(CLASSES), 1);
      }
      result.add(new DataSet(features, labels));
    }
    return result;
  }

  static List<DataSet> batches(int count) {
    return batches(count, DataType.DOUBLE, INPUTS);
  }

  static List<DataSet> images(int count, DataType type) {
    return batches(count, type, 1, 5, 5);
  }

  static List<MultiDataSet> multiBatches(int count) {
    Random random = new Random(13);
    List<MultiDataSet> result = new ArrayList<>();
    for (DataSet single : batches(count)) {
      result.add(
          new org.nd4j.linalg.dataset.MultiDataSet(
              new INDArray[] {single.getFeatures(), random(random, DataType.DOUBLE, BATCH, 2)},
              new INDArray[] {single.getLabels(), random(random, DataType.DOUBLE, BATCH, 2)}));
    }
    return result;
  }

  static INDArray random(Random random, DataType type, long... shape) {
    INDArray result = Nd4j.create(type, shape);
    for (long i = 0; i < result.length(); i++) {
      result.putScalar(i, random.nextGaussian());
    }
    return result;
  }

  static void fit(Model net, List<DataSet> batches) {
    for (DataSet batch : batches) {
      if (net instanceof MultiLayerNetwork stack) {
        stack.fit(batch);
      } else {
        ((ComputationGraph) net).fit(batch);
      }
    }
  }

  static void fitMulti(ComputationGraph net, List<MultiDataSet> batches) {
    batches.forEach(net::fit);
  }

  static double[] parameters(Model net) {
    return net.params().toDoubleVector();
  }

  /** The whole updater state of a network. */
  static double[] state(Model net) {
    INDArray state =
        net instanceof MultiLayerNetwork stack
            ? stack.getUpdater().getStateViewArray()
            : ((ComputationGraph) net).getUpdater().getStateViewArray();
    return state.toDoubleVector();
  }

  /** What a class of this library writes to its log, of INFO and above, while an action runs. */
  static List<String> said(Class<?> speaker, Runnable action) {
    Logger logger = (Logger) LoggerFactory.getLogger(speaker);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    Level level = logger.getLevel();
    appender.start();
    logger.addAppender(appender);
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    try {
      action.run();
    } finally {
      logger.detachAppender(appender);
      logger.setLevel(level);
      logger.setAdditive(true);
    }
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
