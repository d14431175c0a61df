package org.adafisher.bench.model;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.adafisher.bench.data.Shape;
import org.adafisher.bench.registry.Parameter;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;

/**
 * A graph of the zoo whose layers have other activations than the zoo gives them, because the zoo's
 * do not work.
 *
 * @param original the zoo's
 * @param repair changes the configuration of a layer
 */
record Repaired(ModelType original, Consumer<Layer> repair) implements ModelType {

  /**
   * Lets the loss layer compute the softmax, not an activation layer in front of it. It is the same
   * function, but DL4J only guards the logarithm of a softmax against a probability of 0, which
   * makes a loss of NaN and loses the network, if it computes both at once.
   */
  static void softmaxIntoLoss(Layer layer) {
    if (layer instanceof ActivationLayer activation
        && activation.getActivationFn() instanceof ActivationSoftmax) {
      activation.setActivationFn(Activation.IDENTITY.getActivationFunction());
    } else if (layer instanceof LossLayer loss) {
      loss.setActivationFn(Activation.SOFTMAX.getActivationFunction());
    }
  }

  /**
   * Takes the activations of convolutions away. SqueezeNet leaves them at DL4J's default, a
   * sigmoid, in front of the ReLU that the paper has: 26 sigmoids without normalisation give
   * outputs that differ by 1e-8 between images, and no optimizer gets beyond the frequencies of the
   * classes.
   */
  static void linearConvolutions(Layer layer) {
    if (layer instanceof ConvolutionLayer convolution) {
      convolution.setActivationFn(Activation.IDENTITY.getActivationFunction());
    }
  }

  @Override
  public String description() {
    return original.description();
  }

  @Override
  public List<Parameter> parameters() {
    return original.parameters();
  }

  @Override
  public Optional<String> refusal(Shape shape) {
    return original.refusal(shape);
  }

  @Override
  public Model build(Blueprint blueprint) {
    ComputationGraph network = (ComputationGraph) original.build(blueprint);
    network.getConfiguration().getVertices().values().stream()
        .filter(LayerVertex.class::isInstance)
        .map(vertex -> ((LayerVertex) vertex).getLayerConf().getLayer())
        .forEach(repair);
    return network;
  }
}
