package org.adafisher.bench.model;

import java.util.Optional;
import org.adafisher.bench.data.Shape;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.zoo.model.TextGenerationLSTM;

/**
 * The zoo's two Graves LSTMs of 256 units over one-hot characters, with truncated backpropagation
 * through 50 steps.
 */
final class ZooTextGenerationLstm implements ModelType {

  private static final int STEPS = 50;

  @Override
  public String description() {
    return "text generation LSTM of the zoo, two Graves LSTMs that continue text";
  }

  @Override
  public Optional<String> refusal(Shape shape) {
    return Demands.sequences().refusal(shape);
  }

  @Override
  public Model build(Blueprint blueprint) {
    int characters = blueprint.shape().classes();
    MultiLayerConfiguration configuration =
        TextGenerationLSTM.builder()
            .inputShape(new int[] {STEPS, characters})
            .totalUniqueCharacters(characters)
            .updater(blueprint.updater())
            .build()
            .conf();
    // The zoo's class has a seed of its own that its builder does not change.
    configuration.getConfs().forEach(layer -> layer.setSeed(blueprint.seed()));
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return Unified.network(network);
  }
}
