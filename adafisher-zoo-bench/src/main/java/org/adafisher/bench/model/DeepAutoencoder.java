package org.adafisher.bench.model;

import java.util.List;
import java.util.Optional;
import org.adafisher.bench.data.Shape;
import org.adafisher.bench.registry.Parameter;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The deep auto-encoder of Hinton and Salakhutdinov (2006) for MNIST, on which second-order methods
 * are compared since Martens (2010): sigmoid layers of 1000, 500 and 250 units, a linear code of
 * 30, the same backwards, and a sigmoid for every pixel under binary cross-entropy. Glorot's
 * initialisation, no pre-training, no normalisation: SGD stays on plateaus. Its parameter {@code
 * scale} multiplies all widths.
 */
final class DeepAutoencoder implements ModelType {

  private static final Parameter SCALE = Parameter.positive("scale", 1);
  private static final int[] WIDTHS = {1000, 500, 250};
  private static final int CODE = 30;

  @Override
  public String description() {
    return "deep auto-encoder (Hinton and Salakhutdinov 2006), 1000-500-250-30 and back, times"
        + " `scale`, no normalisation";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(SCALE);
  }

  @Override
  public Optional<String> refusal(Shape shape) {
    return Demands.vectorsToReconstruct().refusal(shape);
  }

  @Override
  public Model build(Blueprint blueprint) {
    double scale = blueprint.values().get(SCALE.name());
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder()
            .seed(blueprint.seed())
            .dataType(DataType.FLOAT)
            .updater(blueprint.updater())
            .weightInit(WeightInit.XAVIER)
            .list();
    for (int width : WIDTHS) {
      layers.layer(dense(scale * width, Activation.SIGMOID));
    }
    layers.layer(dense(scale * CODE, Activation.IDENTITY));
    for (int i = WIDTHS.length - 1; i >= 0; i--) {
      layers.layer(dense(scale * WIDTHS[i], Activation.SIGMOID));
    }
    layers.layer(
        new OutputLayer.Builder(LossFunction.XENT)
            .nOut(blueprint.shape().classes())
            .activation(Activation.SIGMOID)
            .build());
    MultiLayerNetwork network =
        new MultiLayerNetwork(layers.setInputType(blueprint.shape().input()).build());
    network.init();
    return network;
  }

  private static DenseLayer dense(double width, Activation activation) {
    return new DenseLayer.Builder()
        .nOut(Math.max(1, Math.round(width)))
        .activation(activation)
        .build();
  }
}
