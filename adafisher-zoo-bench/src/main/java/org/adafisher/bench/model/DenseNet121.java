package org.adafisher.bench.model;

import java.util.List;
import java.util.Optional;
import org.adafisher.bench.data.Shape;
import org.adafisher.bench.registry.Parameter;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/**
 * DenseNet-121 with bottlenecks and compression (Huang et al., 2017) in the form that is usual for
 * CIFAR: a 3x3 convolution of stride 1 and no pooling in front, then dense blocks of 6, 12, 24 and
 * 16 layers. Its parameter {@code growth} is how many channels a layer adds; with 32, RGB and 10
 * classes it has 6,956,298 weights.
 */
final class DenseNet121 implements ModelType {

  private static final Parameter GROWTH = Parameter.count("growth", 32);
  private static final int[] LAYERS = {6, 12, 24, 16};
  private static final int BOTTLENECK = 4;

  @Override
  public String description() {
    return "DenseNet-121 for small images (Huang et al. 2017), every layer adds `growth` channels";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(GROWTH);
  }

  @Override
  public Optional<String> refusal(Shape shape) {
    // Three transitions, each of which halves.
    return Demands.imagesOfAtLeast(8).refusal(shape);
  }

  @Override
  public Model build(Blueprint blueprint) {
    int growth = blueprint.values().get(GROWTH.name()).intValue();
    ImageGraph graph = new ImageGraph(blueprint);
    int channels = 2 * growth;
    String last = graph.convolution("stem", 3, 1, channels, ImageGraph.INPUT);
    for (int block = 1; block <= LAYERS.length; block++) {
      for (int layer = 1; layer <= LAYERS[block - 1]; layer++) {
        last = layer(graph, "block%d_layer%d".formatted(block, layer), growth, last);
        channels += growth;
      }
      if (block < LAYERS.length) {
        channels /= 2;
        last = transition(graph, "transition" + block, channels, last);
      }
    }
    last = graph.relu("last_relu", graph.batchNorm("last_bn", last));
    return graph.build(
        graph.layer("output", graph.output().build(), graph.globalAverage("pool", last)));
  }

  private static String layer(ImageGraph graph, String name, int growth, String from) {
    String added = graph.relu(name + "_relu1", graph.batchNorm(name + "_bn1", from));
    added = graph.convolution(name + "_conv1", 1, 1, BOTTLENECK * growth, added);
    added = graph.relu(name + "_relu2", graph.batchNorm(name + "_bn2", added));
    added = graph.convolution(name + "_conv2", 3, 1, growth, added);
    return graph.vertex(name, new MergeVertex(), from, added);
  }

  private static String transition(ImageGraph graph, String name, int channels, String from) {
    String last = graph.relu(name + "_relu", graph.batchNorm(name + "_bn", from));
    last = graph.convolution(name + "_conv", 1, 1, channels, last);
    return graph.layer(
        name,
        new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
            .kernelSize(2, 2)
            .stride(2, 2)
            .build(),
        last);
  }
}
