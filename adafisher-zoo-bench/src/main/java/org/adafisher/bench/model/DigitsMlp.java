package org.adafisher.bench.model;

import java.util.Optional;
import org.adafisher.bench.data.Shape;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Three hidden tanh layers, without normalisation of any kind. */
final class DigitsMlp implements ModelType {

  @Override
  public String description() {
    return "three dense tanh layers of 128, 64 and 32, no normalisation";
  }

  @Override
  public Optional<String> refusal(Shape shape) {
    return Demands.imagesOfAtLeast(1).orAnyVector().refusal(shape);
  }

  @Override
  public Model build(Blueprint blueprint) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(blueprint.seed())
                .dataType(DataType.FLOAT)
                .updater(blueprint.updater())
                .weightInit(WeightInit.XAVIER)
                .list()
                .layer(dense(128))
                .layer(dense(64))
                .layer(dense(32))
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

  private static DenseLayer dense(int width) {
    return new DenseLayer.Builder().nOut(width).activation(Activation.TANH).build();
  }
}
