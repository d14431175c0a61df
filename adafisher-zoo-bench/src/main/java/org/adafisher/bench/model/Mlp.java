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
 * Dense ReLU layers of one width, with He et al.'s (2015) initialisation. Its parameters are {@code
 * hidden}, how many hidden layers it has, {@code width}, how many units each has, and {@code
 * lastWidth}, how many the last one has, where that is another number.
 */
final class Mlp implements ModelType {

  private static final Parameter HIDDEN = Parameter.count("hidden", 3);
  private static final Parameter WIDTH = Parameter.count("width", 128);
  private static final Parameter LAST_WIDTH = Parameter.whole("lastWidth", 0);

  @Override
  public String description() {
    return "dense ReLU layers, as many as `hidden`, of `width` units each, the last of `lastWidth`"
        + " if that is not 0";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(HIDDEN, WIDTH, LAST_WIDTH);
  }

  @Override
  public Optional<String> refusal(Shape shape) {
    return Demands.imagesOfAtLeast(1).orAnyVector().refusal(shape);
  }

  @Override
  public Model build(Blueprint blueprint) {
    int hidden = blueprint.values().get(HIDDEN.name()).intValue();
    int width = blueprint.values().get(WIDTH.name()).intValue();
    int last = blueprint.values().get(LAST_WIDTH.name()).intValue();
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder()
            .seed(blueprint.seed())
            .dataType(DataType.FLOAT)
            .updater(blueprint.updater())
            .weightInit(WeightInit.RELU)
            .list();
    for (int i = 0; i < hidden; i++) {
      int units = i == hidden - 1 && last > 0 ? last : width;
      layers.layer(new DenseLayer.Builder().nOut(units).activation(Activation.RELU).build());
    }
    layers.layer(
        new OutputLayer.Builder(LossFunction.MCXENT)
            .nOut(blueprint.shape().classes())
            .activation(Activation.SOFTMAX)
            .build());
    MultiLayerNetwork network =
        new MultiLayerNetwork(layers.setInputType(blueprint.shape().input()).build());
    network.init();
    return network;
  }
}
