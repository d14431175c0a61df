package org.adafisher.bench.model;

import java.util.List;
import java.util.Optional;
import org.adafisher.bench.data.Shape;
import org.adafisher.bench.registry.Parameter;
import org.deeplearning4j.nn.api.Model;

/**
 * ResNet-18 (He et al., 2016) in the form that is usual for CIFAR: a 3x3 convolution of stride 1
 * and no pooling in front, then four stages of two basic blocks, the last three of which halve the
 * image and double the channels. Where a block changes the shape, its shortcut is a 1x1 convolution
 * with BatchNorm. Its parameter {@code width} is the number of channels of the first stage; with 64
 * channels, RGB and 10 classes it has 11,173,962 weights.
 */
final class ResNet18 implements ModelType {

  private static final Parameter WIDTH = Parameter.count("width", 64);
  private static final int STAGES = 4;
  private static final int BLOCKS = 2;

  @Override
  public String description() {
    return "ResNet-18 for small images (He et al. 2016), `width` channels in its first stage";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(WIDTH);
  }

  @Override
  public Optional<String> refusal(Shape shape) {
    return Demands.imagesOfAtLeast(1).refusal(shape);
  }

  @Override
  public Model build(Blueprint blueprint) {
    int channels = blueprint.values().get(WIDTH.name()).intValue();
    ImageGraph graph = new ImageGraph(blueprint);
    String last = graph.convolution("stem_conv", 3, 1, channels, ImageGraph.INPUT);
    last = graph.relu("stem", graph.batchNorm("stem_bn", last));
    for (int stage = 1; stage <= STAGES; stage++) {
      for (int block = 1; block <= BLOCKS; block++) {
        boolean halves = stage > 1 && block == 1;
        channels *= halves ? 2 : 1;
        last = block(graph, "stage%d_block%d".formatted(stage, block), halves, channels, last);
      }
    }
    return graph.build(
        graph.layer("output", graph.output().build(), graph.globalAverage("pool", last)));
  }

  private static String block(
      ImageGraph graph, String name, boolean halves, int channels, String from) {
    int stride = halves ? 2 : 1;
    String branch = graph.convolution(name + "_conv1", 3, stride, channels, from);
    branch = graph.relu(name + "_relu1", graph.batchNorm(name + "_bn1", branch));
    branch = graph.convolution(name + "_conv2", 3, 1, channels, branch);
    branch = graph.batchNorm(name + "_bn2", branch);
    String shortcut = from;
    if (halves) {
      shortcut = graph.convolution(name + "_shortcut_conv", 1, stride, channels, from);
      shortcut = graph.batchNorm(name + "_shortcut_bn", shortcut);
    }
    return graph.relu(name, graph.sum(name + "_sum", branch, shortcut));
  }
}
