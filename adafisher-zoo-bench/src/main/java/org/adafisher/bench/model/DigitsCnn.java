package org.adafisher.bench.model;

import java.util.Optional;
import org.adafisher.bench.data.Shape;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Two 3x3 convolutions, each with max pooling and BatchNorm, then one hidden dense layer. */
final class DigitsCnn implements ModelType {

  @Override
  public String description() {
    return "two 3x3 convolutions with max pooling and BatchNorm, and a dense layer";
  }

  @Override
  public Optional<String> refusal(Shape shape) {
    // Two poolings, each of which halves.
    return Demands.imagesOfAtLeast(4).orFlat().refusal(shape);
  }

  @Override
  public Model build(Blueprint blueprint) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(blueprint.seed())
                .dataType(DataType.FLOAT)
                .updater(blueprint.updater())
                .weightInit(WeightInit.RELU)
                .list()
                .layer(convolution(16))
                .layer(pooling())
                .layer(new BatchNormalization())
                .layer(new ActivationLayer(Activation.RELU))
                .layer(convolution(32))
                .layer(pooling())
                .layer(new BatchNormalization())
                .layer(new ActivationLayer(Activation.RELU))
                .layer(new DenseLayer.Builder().nOut(64).activation(Activation.RELU).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(blueprint.shape().classes())
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(blueprint.shape().input())
                .build());
    network.init();
    return network;
  }

  /** Without a bias: the BatchNorm that follows would cancel it. */
  private static ConvolutionLayer convolution(int channels) {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(channels)
        .convolutionMode(ConvolutionMode.Same)
        .activation(Activation.IDENTITY)
        .hasBias(false)
        .build();
  }

  /**
   * Before the BatchNorm, which is DL4J's slowest layer here: it then has a quarter of the work.
   */
  private static SubsamplingLayer pooling() {
    return new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build();
  }
}
