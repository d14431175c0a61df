package org.adafisher.examples;

import org.adafisher.AdaFisher;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A small network for the digits, which several examples train. */
public final class DigitsNetwork {

  private DigitsNetwork() {}

  /** A new network with AdaFisher, the same at every call; not attached. */
  public static MultiLayerNetwork create() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .activation(Activation.RELU)
                .updater(new AdaFisher(1e-3))
                .list()
                .layer(new DenseLayer.Builder().nOut(64).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(64))
                .build());
    net.init();
    return net;
  }
}
