package org.adafisher.bench.model;

import java.util.List;
import java.util.Optional;
import org.adafisher.bench.data.Shape;
import org.adafisher.bench.registry.Parameter;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * LSTMs of one width over one-hot tokens. Its parameters are {@code layers}, how many there are,
 * and {@code width}, how many units each has.
 */
final class Lstm implements ModelType {

  private static final Parameter LAYERS = Parameter.count("layers", 2);
  private static final Parameter WIDTH = Parameter.count("width", 64);

  @Override
  public String description() {
    return "LSTMs, as many as `layers`, of `width` units each, that continue text";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(LAYERS, WIDTH);
  }

  @Override
  public Optional<String> refusal(Shape shape) {
    return Demands.sequences().refusal(shape);
  }

  @Override
  public Model build(Blueprint blueprint) {
    int width = blueprint.values().get(WIDTH.name()).intValue();
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder()
            .seed(blueprint.seed())
            .dataType(DataType.FLOAT)
            .updater(blueprint.updater())
            .weightInit(WeightInit.XAVIER)
            .list();
    for (int i = 0; i < blueprint.values().get(LAYERS.name()).intValue(); i++) {
      layers.layer(new LSTM.Builder().nOut(width).activation(Activation.TANH).build());
    }
    layers.layer(
        new RnnOutputLayer.Builder(LossFunction.MCXENT)
            .nOut(blueprint.shape().classes())
            .activation(Activation.SOFTMAX)
            .build());
    MultiLayerNetwork network =
        new MultiLayerNetwork(layers.setInputType(blueprint.shape().input()).build());
    network.init();
    return network;
  }
}
