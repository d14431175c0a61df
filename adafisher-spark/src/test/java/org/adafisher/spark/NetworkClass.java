package org.adafisher.spark;

import java.io.File;
import java.io.IOException;
import java.util.List;
import org.adafisher.AdaFisher;
import org.adafisher.AdaFisherListener;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** DL4J's two network classes, and what Spark does with each. */
enum NetworkClass {
  MULTI_LAYER_NETWORK {
    @Override
    Model network(DataType type, IUpdater updater) {
      MultiLayerNetwork net =
          new MultiLayerNetwork(
              global(type, updater)
                  .list()
                  .layer(new ConvolutionLayer.Builder(3, 3).stride(2, 2).nOut(2).build())
                  .layer(new DenseLayer.Builder().nOut(8).build())
                  .layer(softmax())
                  .setInputType(
                      InputType.convolutionalFlat(SyntheticDigits.SIDE, SyntheticDigits.SIDE, 1))
                  .build());
      net.init();
      return net;
    }

    @Override
    Model load(File file) throws IOException {
      return MultiLayerNetwork.load(file, true);
    }

    @Override
    Model copy(Model net) {
      return ((MultiLayerNetwork) net).clone();
    }

    @Override
    BaseMultiLayerUpdater<?> updater(Model net) {
      return (BaseMultiLayerUpdater<?>) ((MultiLayerNetwork) net).getUpdater();
    }

    @Override
    int iterations(Model net) {
      return ((MultiLayerNetwork) net).getIterationCount();
    }

    @Override
    double score(Model net, DataSet data) {
      return ((MultiLayerNetwork) net).score(data);
    }

    @Override
    void fitHere(Model net, DataSet data) {
      ((MultiLayerNetwork) net).fit(data);
    }

    @Override
    NetBroadcastTuple broadcast(Model net) {
      return new NetBroadcastTuple(
          ((MultiLayerNetwork) net).getLayerWiseConfigurations(),
          net.params(),
          updater(net).getStateViewArray());
    }

    @Override
    OnSpark onSpark(JavaSparkContext spark, Model net, TrainingMaster<?, ?> master) {
      SparkDl4jMultiLayer network = new SparkDl4jMultiLayer(spark, (MultiLayerNetwork) net, master);
      return new OnSpark(network::fit, () -> AdaFisherSpark.attach(network));
    }
  },

  COMPUTATION_GRAPH {
    @Override
    Model network(DataType type, IUpdater updater) {
      ComputationGraph net =
          new ComputationGraph(
              global(type, updater)
                  .graphBuilder()
                  .addInputs("pixels")
                  .addLayer("left", new DenseLayer.Builder().nOut(5).build(), "pixels")
                  .addLayer("right", new DenseLayer.Builder().nOut(4).build(), "pixels")
                  .addVertex("both", new MergeVertex(), "left", "right")
                  .addLayer("class", softmax(), "both")
                  .setOutputs("class")
                  .setInputTypes(InputType.feedForward(SyntheticDigits.PIXELS))
                  .build());
      net.init();
      return net;
    }

    @Override
    Model load(File file) throws IOException {
      return ComputationGraph.load(file, true);
    }

    @Override
    Model copy(Model net) {
      return ((ComputationGraph) net).clone();
    }

    @Override
    BaseMultiLayerUpdater<?> updater(Model net) {
      return ((ComputationGraph) net).getUpdater();
    }

    @Override
    int iterations(Model net) {
      return ((ComputationGraph) net).getIterationCount();
    }

    @Override
    double score(Model net, DataSet data) {
      return ((ComputationGraph) net).score(data);
    }

    @Override
    void fitHere(Model net, DataSet data) {
      ((ComputationGraph) net).fit(data);
    }

    @Override
    NetBroadcastTuple broadcast(Model net) {
      return new NetBroadcastTuple(
          ((ComputationGraph) net).getConfiguration(),
          net.params(),
          updater(net).getStateViewArray());
    }

    @Override
    OnSpark onSpark(JavaSparkContext spark, Model net, TrainingMaster<?, ?> master) {
      SparkComputationGraph network =
          new SparkComputationGraph(spark, (ComputationGraph) net, master);
      return new OnSpark(network::fit, () -> AdaFisherSpark.attach(network));
    }
  };

  /** A network that Spark trains. */
  record OnSpark(Fit fit, Attach attach) {

    @FunctionalInterface
    interface Fit {
      Model fit(JavaRDD<DataSet> data);
    }

    @FunctionalInterface
    interface Attach {
      AdaFisherListener attach();
    }
  }

  abstract Model network(DataType type, IUpdater updater);

  abstract Model load(File file) throws IOException;

  abstract Model copy(Model net);

  abstract BaseMultiLayerUpdater<?> updater(Model net);

  abstract int iterations(Model net);

  abstract double score(Model net, DataSet data);

  abstract void fitHere(Model net, DataSet data);

  abstract NetBroadcastTuple broadcast(Model net);

  abstract OnSpark onSpark(JavaSparkContext spark, Model net, TrainingMaster<?, ?> master);

  /** Attaches and fits. */
  AdaFisherListener train(
      JavaSparkContext spark, Model net, TrainingMaster<?, ?> master, JavaRDD<DataSet> data) {
    OnSpark network = onSpark(spark, net, master);
    AdaFisherListener listener = network.attach().attach();
    network.fit().fit(data);
    return listener;
  }

  /** The step count in the state of each block, which comes after the momentum. */
  List<Double> steps(Model net) {
    return updater(net).getUpdaterBlocks().stream().map(NetworkClass::steps).toList();
  }

  private static double steps(UpdaterBlock block) {
    return block
        .getUpdaterView()
        .getDouble(block.getParamOffsetEnd() - (long) block.getParamOffsetStart());
  }

  double[] state(Model net) {
    INDArray state = updater(net).getStateViewArray();
    return state.toDoubleVector();
  }

  private static NeuralNetConfiguration.Builder global(DataType type, IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(7)
        .dataType(type)
        .activation(Activation.TANH)
        .updater(updater);
  }

  private static OutputLayer softmax() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(SyntheticDigits.CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  static AdaFisher refreshing(int interval) {
    return AdaFisher.builder().refreshInterval(interval).build();
  }
}
