package org.adafisher.bench.model;

import java.util.Optional;
import org.adafisher.bench.data.Shape;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.zoo.InstantiableModel;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * A network of deeplearning4j-zoo for images, built by its own class.
 *
 * @param description as {@link #description()} gives it
 * @param demands what it can be trained on
 * @param factory calls the class's builder
 */
record ZooModelType(String description, Demands demands, Factory factory) implements ModelType {

  /** Calls the builder of a class of the zoo. */
  @FunctionalInterface
  interface Factory {

    /**
     * Builds the description of the network.
     *
     * @param inputShape channels, width, height: what the zoo documents as the height is what it
     *     gives DL4J as the width, and the reverse
     */
    InstantiableModel create(int[] inputShape, int classes, long seed, IUpdater updater);
  }

  @Override
  public Optional<String> refusal(Shape shape) {
    return demands.refusal(shape);
  }

  @Override
  public Model build(Blueprint blueprint) {
    ImageShape image = ImageShape.of(blueprint.shape().input());
    Model network =
        factory
            .create(
                new int[] {image.channels(), image.width(), image.height()},
                blueprint.shape().classes(),
                blueprint.seed(),
                blueprint.updater())
            .init();
    return Unified.network(network);
  }
}
