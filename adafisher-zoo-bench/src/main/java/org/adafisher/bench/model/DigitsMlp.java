package org.adafisher.bench.model;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Three hidden tanh layers, without normalisation of any kind. */
final class DigitsMlp implements Model {

  @Override
  public MultiLayerConfiguration build(
      NeuralNetConfiguration.Builder base, InputType inputType, int classes) {
    return base.weightInit(WeightInit.XAVIER)
        .list()
        .layer(dense(128))
        .layer(dense(64))
        .layer(dense(32))
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(classes)
                .activation(Activation.SOFTMAX)
                .build())
        .setInputType(inputType)
        .build();
  }

  private static DenseLayer dense(int width) {
    return new DenseLayer.Builder().nOut(width).activation(Activation.TANH).build();
  }
}
