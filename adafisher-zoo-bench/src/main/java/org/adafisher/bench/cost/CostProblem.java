package org.adafisher.bench.cost;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.zoo.model.LeNet;
import org.deeplearning4j.zoo.model.ResNet50;
import org.deeplearning4j.zoo.model.VGG16;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A network and the shape of its minibatch, for timing a training step. The data is random: a step
 * costs the same whatever it learns.
 *
 * @param name as the command line has it
 * @param rounds how many timed steps of each arm give a steady median
 * @param shape of the features, minibatch first
 * @param network an initialized network for an updater
 */
record CostProblem(String name, int rounds, int[] shape, Function<IUpdater, Model> network) {

  private static final int CLASSES = 10;

  private static final CostProblem[] ALL = {
    new CostProblem("mlp", 100, new int[] {128, 784}, CostProblem::mlp),
    new CostProblem(
        "lenet",
        50,
        new int[] {64, 1, 28, 28},
        updater ->
            LeNet.builder()
                .numClasses(CLASSES)
                .inputShape(new int[] {1, 28, 28})
                .updater(updater)
                .build()
                .init()),
    new CostProblem(
        "vgg16",
        15,
        new int[] {16, 3, 32, 32},
        updater ->
            VGG16
                .builder()
                .numClasses(CLASSES)
                .inputShape(new int[] {3, 32, 32})
                .updater(updater)
                .build()
                .init()),
    new CostProblem(
        "resnet50",
        15,
        new int[] {4, 3, 96, 96},
        updater ->
            ResNet50.builder()
                .numClasses(CLASSES)
                .inputShape(new int[] {3, 96, 96})
                .updater(updater)
                .build()
                .init())
  };

  static String[] names() {
    return Arrays.stream(ALL).map(CostProblem::name).toArray(String[]::new);
  }

  static CostProblem named(String name) {
    return Arrays.stream(ALL)
        .filter(problem -> problem.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "No problem '%s': there are %s.".formatted(name, Arrays.toString(names()))));
  }

  DataSet data() {
    long[] dimensions = Arrays.stream(shape).asLongStream().toArray();
    INDArray labels = Nd4j.zeros(shape[0], CLASSES);
    Random random = new Random(1);
    for (int row = 0; row < shape[0]; row++) {
      labels.putScalar(row, random.nextInt(CLASSES), 1);
    }
    return new DataSet(Nd4j.rand(dimensions), labels);
  }

  private static Model mlp(IUpdater updater) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .updater(updater)
                .activation(Activation.RELU)
                .list()
                .layer(new DenseLayer.Builder().nOut(1000).build())
                .layer(new DenseLayer.Builder().nOut(1000).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(784))
                .build());
    net.init();
    return net;
  }
}
