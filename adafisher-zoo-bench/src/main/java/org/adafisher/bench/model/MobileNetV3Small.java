package org.adafisher.bench.model;

import java.util.List;
import java.util.Optional;
import org.adafisher.bench.data.Shape;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.nd4j.linalg.activations.Activation;

/**
 * MobileNetV3-Small (Howard et al., 2019, table 2) for small images: its first convolution has
 * stride 1, so that 32x32 pixels leave 2x2 at the end. Inverted residuals, most with squeeze and
 * excitation; hard swish; dropout of 0.2 before the output. With RGB and 10 classes it has
 * 1,528,106 weights. BatchNorm has DL4J's defaults.
 *
 * <p>DL4J has no hard swish, and its hard sigmoid has the slope 1/5 where the paper's relu6(x + 3)
 * / 6 has 1/6: so x is multiplied by 5/6 first. The excitation is spread over the image because
 * DL4J's products want factors of the same shape. Being made of DL4J's parts, the model can be
 * loaded by any DL4J program.
 */
final class MobileNetV3Small implements ModelType {

  private static final double SLOPE = 5.0 / 6.0;

  private static final int STEM = 16;
  private static final int LAST_CONVOLUTION = 576;
  private static final int LAST_DENSE = 1024;
  private static final double RETAINED = 0.8;

  private static final List<Block> BLOCKS =
      List.of(
          new Block(3, 16, 16, true, false, 2),
          new Block(3, 72, 24, false, false, 2),
          new Block(3, 88, 24, false, false, 1),
          new Block(5, 96, 40, true, true, 2),
          new Block(5, 240, 40, true, true, 1),
          new Block(5, 240, 40, true, true, 1),
          new Block(5, 120, 48, true, true, 1),
          new Block(5, 144, 48, true, true, 1),
          new Block(5, 288, 96, true, true, 2),
          new Block(5, 576, 96, true, true, 1),
          new Block(5, 576, 96, true, true, 1));

  /**
   * One line of the paper's table.
   *
   * @param kernel of the depthwise convolution
   * @param expanded channels inside
   * @param channels channels of the result
   * @param excited whether it has squeeze and excitation
   * @param swish hard swish, not ReLU
   * @param stride of the depthwise convolution
   */
  private record Block(
      int kernel, int expanded, int channels, boolean excited, boolean swish, int stride) {}

  @Override
  public String description() {
    return "MobileNetV3-Small for small images (Howard et al. 2019), depthwise convolutions";
  }

  @Override
  public Optional<String> refusal(Shape shape) {
    return Demands.imagesOfAtLeast(1).refusal(shape);
  }

  @Override
  public Model build(Blueprint blueprint) {
    return new Construction(blueprint).network();
  }

  /** The network while it grows: where its end is, and of what shape. */
  private static final class Construction {

    private final ImageGraph graph;
    private String last = ImageGraph.INPUT;
    private int channels;
    private int height;
    private int width;

    Construction(Blueprint blueprint) {
      graph = new ImageGraph(blueprint);
      ImageShape image = ImageShape.of(blueprint.shape().input());
      height = image.height();
      width = image.width();
    }

    Model network() {
      last = graph.convolution("stem_conv", 3, 1, STEM, last);
      last = hardSwish("stem", graph.batchNorm("stem_bn", last));
      channels = STEM;
      for (int i = 0; i < BLOCKS.size(); i++) {
        block("block" + (i + 1), BLOCKS.get(i));
      }
      last = graph.convolution("last_conv", 1, 1, LAST_CONVOLUTION, last);
      last = hardSwish("last", graph.batchNorm("last_bn", last));
      last = graph.globalAverage("pool", last);
      last = graph.layer("dense", new DenseLayer.Builder().nOut(LAST_DENSE).build(), last);
      last = hardSwish("dense_swish", last);
      last = graph.layer("dropout", new DropoutLayer(RETAINED), last);
      return graph.build(graph.layer("output", graph.output().build(), last));
    }

    private void block(String name, Block block) {
      String from = last;
      if (block.expanded() != channels) {
        last = graph.convolution(name + "_expand", 1, 1, block.expanded(), last);
        last = graph.batchNorm(name + "_expand_bn", last);
        last = activation(name + "_expand_act", block);
      }
      last = depthwise(name + "_depthwise", block);
      last = graph.batchNorm(name + "_depthwise_bn", last);
      last = activation(name + "_depthwise_act", block);
      height = (height - 1) / block.stride() + 1;
      width = (width - 1) / block.stride() + 1;
      if (block.excited()) {
        last = excitation(name + "_excite", block.expanded());
      }
      last = graph.convolution(name + "_project", 1, 1, block.channels(), last);
      last = graph.batchNorm(name + "_project_bn", last);
      if (block.stride() == 1 && block.channels() == channels) {
        last = graph.sum(name + "_sum", last, from);
      }
      channels = block.channels();
    }

    private String depthwise(String name, Block block) {
      return graph.layer(
          name,
          new DepthwiseConvolution2D.Builder(block.kernel(), block.kernel())
              .stride(block.stride(), block.stride())
              .padding(block.kernel() / 2, block.kernel() / 2)
              .hasBias(false)
              .build(),
          last);
    }

    private String activation(String name, Block block) {
      return block.swish() ? hardSwish(name, last) : graph.relu(name, last);
    }

    /** A factor for every channel, from the means of all. */
    private String excitation(String name, int expanded) {
      String factor =
          graph.layer(
              name + "_squeeze",
              new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                  .kernelSize(height, width)
                  .stride(height, width)
                  .build(),
              last);
      factor =
          graph.layer(
              name + "_conv1",
              new ConvolutionLayer.Builder(1, 1)
                  .nOut(squeezed(expanded))
                  .activation(Activation.RELU)
                  .build(),
              factor);
      factor =
          graph.layer(
              name + "_conv2", new ConvolutionLayer.Builder(1, 1).nOut(expanded).build(), factor);
      factor = hardSigmoid(name + "_gate", factor);
      factor =
          graph.layer(
              name + "_spread",
              new Upsampling2D.Builder().size(new int[] {height, width}).build(),
              factor);
      return graph.vertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Product), last, factor);
    }

    private String hardSwish(String name, String from) {
      return graph.vertex(
          name,
          new ElementWiseVertex(ElementWiseVertex.Op.Product),
          from,
          hardSigmoid(name + "_gate", from));
    }

    private String hardSigmoid(String name, String from) {
      return graph.layer(
          name,
          new ActivationLayer(Activation.HARDSIGMOID),
          graph.vertex(name + "_scale", new ScaleVertex(SLOPE), from));
    }

    /**
     * A quarter of the channels, rounded to a multiple of 8 but never down by more than a tenth.
     */
    private static int squeezed(int channels) {
      int rounded = Math.max(8, (channels / 4 + 4) / 8 * 8);
      return rounded < 0.9 * channels / 4 ? rounded + 8 : rounded;
    }
  }
}
