package org.adafisher.bench.model;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * Takes out of a model of the zoo what the experiment decides for all models alike: L1, L2 and
 * weight decay, which some have of their own; an updater for the biases alone and sums over the
 * minibatch where the others have means, which AlexNet has. Means give its gradients, which it
 * normalises layer by layer, the same direction and length, and make its loss comparable.
 *
 * <p>What belongs to the architecture stays: initialisation, dropout, gradient normalisation.
 */
final class Unified {

  private Unified() {}

  /**
   * Changes a network in place.
   *
   * @param network initialised, but not trained yet
   * @return the same network
   */
  static Model network(Model network) {
    for (NeuralNetConfiguration configuration : configurations(network)) {
      configuration.setMiniBatch(true);
      layer(configuration.getLayer());
    }
    return network;
  }

  private static List<NeuralNetConfiguration> configurations(Model network) {
    List<NeuralNetConfiguration> result = new ArrayList<>();
    // The network's own is a copy of one of its layers'.
    result.add(network.conf());
    if (network instanceof MultiLayerNetwork stack) {
      result.addAll(stack.getLayerWiseConfigurations().getConfs());
    } else if (network instanceof ComputationGraph graph) {
      result.add(graph.getConfiguration().getDefaultConfiguration());
      graph.getConfiguration().getVertices().values().stream()
          .filter(LayerVertex.class::isInstance)
          .map(vertex -> ((LayerVertex) vertex).getLayerConf())
          .forEach(result::add);
    }
    return result;
  }

  private static void layer(Layer layer) {
    if (layer instanceof BaseLayer base) {
      base.setRegularization(new ArrayList<>());
      base.setRegularizationBias(new ArrayList<>());
      base.setBiasUpdater(null);
    } else if (layer instanceof AbstractSameDiffLayer sameDiff) {
      sameDiff.setRegularization(new ArrayList<>());
      sameDiff.setRegularizationBias(new ArrayList<>());
      sameDiff.setBiasUpdater(null);
    } else if (layer instanceof BaseWrapperLayer wrapper) {
      layer(wrapper.getUnderlying());
    } else if (layer instanceof FrozenLayer frozen) {
      layer(frozen.getLayer());
    } else if (layer instanceof Bidirectional both) {
      layer(both.getFwd());
      layer(both.getBwd());
    }
  }
}
