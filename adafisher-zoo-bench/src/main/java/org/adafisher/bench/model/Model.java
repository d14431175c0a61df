package org.adafisher.bench.model;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;

/** A network for classification. */
@FunctionalInterface
public interface Model {

  /**
   * Puts this model's layers on a configuration.
   *
   * @param base has the seed, the updater and any regularisation; those are the experiment's
   *     business, weight initialisation and layers the model's
   * @param inputType the shape of one example
   * @param classes the width of the softmax output
   */
  MultiLayerConfiguration build(
      NeuralNetConfiguration.Builder base, InputType inputType, int classes);
}
