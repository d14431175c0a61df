package org.adafisher.bench.rival;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks and data on which the updaters are tried, the same each time. */
public final class SmallNetworks {

  private static final int CLASSES = 3;

  private SmallNetworks() {}

  /** Convolution, batch normalization, dense, output: as a stack of layers. */
  public static MultiLayerNetwork stack(IUpdater updater, DataType type) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            builder(updater, type)
                .list()
                .layer(convolution())
                .layer(new BatchNormalization())
                .layer(new DenseLayer.Builder().nOut(6).activation(Activation.TANH).build())
                .layer(output())
                .setInputType(InputType.convolutional(6, 6, 2))
                .build());
    network.init();
    return network;
  }

  /** Convolution, dense, output: as a graph. */
  public static ComputationGraph graph(IUpdater updater, DataType type) {
    ComputationGraph network =
        new ComputationGraph(
            builder(updater, type)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(6, 6, 2))
                .addLayer("convolution", convolution(), "in")
                .addLayer(
                    "dense",
                    new DenseLayer.Builder().nOut(6).activation(Activation.TANH).build(),
                    "convolution")
                .addLayer("out", output(), "dense")
                .setOutputs("out")
                .build());
    network.init();
    return network;
  }

  private static NeuralNetConfiguration.Builder builder(IUpdater updater, DataType type) {
    return new NeuralNetConfiguration.Builder().seed(7).dataType(type).updater(updater);
  }

  private static ConvolutionLayer convolution() {
    return new ConvolutionLayer.Builder(3, 3).nOut(4).activation(Activation.TANH).build();
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  /** Images of 2 channels and 6x6 whose class can be learnt. */
  public static DataSet images(DataType type, int count, long seed) {
    Nd4j.getRandom().setSeed(seed);
    INDArray features = Nd4j.randn(type, count, 2, 6, 6);
    INDArray labels = Nd4j.zeros(type, count, CLASSES);
    for (int i = 0; i < count; i++) {
      double mean = features.slice(i).meanNumber().doubleValue();
      labels.putScalar(i, mean > 0.05 ? 2 : mean < -0.05 ? 0 : 1, 1);
    }
    return new DataSet(features, labels);
  }

  /** One step on a minibatch. */
  public static void fit(Model model, DataSet data) {
    if (model instanceof MultiLayerNetwork stack) {
      stack.fit(data);
    } else {
      ((ComputationGraph) model).fit(data);
    }
  }

  /** The loss on a minibatch. */
  public static double score(Model model, DataSet data) {
    return model instanceof MultiLayerNetwork stack
        ? stack.score(data)
        : ((ComputationGraph) model).score(data);
  }

  /**
   * Asserts that a network that is saved half way and restored ends where one that was not does, to
   * the bit.
   */
  public static void assertResumes(Model network, Consumer<Model> attach, Path folder) {
    DataType type = network.params().dataType();
    train(network, 0, 5);
    Model restored = saveAndRestore(network, folder);
    attach.accept(restored);
    train(network, 5, 12);
    train(restored, 5, 12);
    assertThat(restored.params().dataType()).isEqualTo(type);
    assertThat(restored.params()).isEqualTo(network.params());
    assertThat(restored.params().toDoubleVector()).isEqualTo(network.params().toDoubleVector());
  }

  private static void train(Model network, int from, int to) {
    for (int step = from; step < to; step++) {
      fit(network, images(network.params().dataType(), 8, step));
    }
  }

  private static Model saveAndRestore(Model network, Path folder) {
    File file = folder.resolve("network.zip").toFile();
    try {
      ModelSerializer.writeModel(network, file, true);
      return network instanceof MultiLayerNetwork
          ? ModelSerializer.restoreMultiLayerNetwork(file, true)
          : ModelSerializer.restoreComputationGraph(file, true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
