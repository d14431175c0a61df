package org.adafisher.bench.model;

import org.adafisher.bench.data.Shape;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Puts a convolutional classifier together. Every method adds something behind what its last
 * argument names and returns the name of what it added. Weights have He et al.'s (2015)
 * initialisation.
 */
final class ImageGraph {

  /** The name of the images. */
  static final String INPUT = "input";

  private final GraphBuilder graph;
  private final Shape shape;

  ImageGraph(Blueprint blueprint) {
    shape = blueprint.shape();
    graph =
        new NeuralNetConfiguration.Builder()
            .seed(blueprint.seed())
            .dataType(DataType.FLOAT)
            .updater(blueprint.updater())
            .weightInit(WeightInit.RELU)
            .activation(Activation.IDENTITY)
            .graphBuilder()
            .addInputs(INPUT)
            .setInputTypes(shape.input());
  }

  /** Any layer. */
  String layer(String name, Layer layer, String from) {
    graph.addLayer(name, layer, from);
    return name;
  }

  /** Any vertex. */
  String vertex(String name, GraphVertex vertex, String... from) {
    graph.addVertex(name, vertex, from);
    return name;
  }

  /**
   * A square convolution that keeps the image's size, divided by the stride and rounded up. It has
   * no bias: a BatchNorm follows, which would cancel it.
   */
  String convolution(String name, int kernel, int stride, int channels, String from) {
    return layer(
        name,
        new ConvolutionLayer.Builder(kernel, kernel)
            .stride(stride, stride)
            .padding(kernel / 2, kernel / 2)
            .nOut(channels)
            .hasBias(false)
            .build(),
        from);
  }

  String batchNorm(String name, String from) {
    return layer(name, new BatchNormalization(), from);
  }

  String relu(String name, String from) {
    return layer(name, new ActivationLayer(Activation.RELU), from);
  }

  String sum(String name, String... from) {
    return vertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), from);
  }

  /** The mean of every channel. */
  String globalAverage(String name, String from) {
    return layer(name, new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), from);
  }

  /** The softmax layer with its loss. */
  OutputLayer.Builder output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(shape.classes())
        .activation(Activation.SOFTMAX);
  }

  /** The initialised network, whose output is the layer of that name. */
  ComputationGraph build(String output) {
    ComputationGraph network = new ComputationGraph(graph.setOutputs(output).build());
    network.init();
    return network;
  }
}
