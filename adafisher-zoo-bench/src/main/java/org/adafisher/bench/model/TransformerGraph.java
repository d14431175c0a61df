package org.adafisher.bench.model;

import org.adafisher.bench.model.transformer.CausalAttentionVertex;
import org.adafisher.bench.model.transformer.PositionVertex;
import org.adafisher.layers.LayerNormalization;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.lossfunctions.impl.LossSparseMCXENT;

/**
 * Puts a {@link Transformer} together. Between embeddings and output everything works on rows, one
 * for each token, so that no layer has to bring its input into another order first.
 */
final class TransformerGraph {

  private static final String TOKENS = "tokens";
  private static final double DEVIATION = 0.02;

  private final GraphBuilder graph;
  private final Blueprint blueprint;
  private final Size size;
  private final double dropout;
  private final boolean preNorm;

  /**
   * How large it is.
   *
   * @param layers how many blocks
   * @param heads of each block's attention
   * @param width of a token's vector
   * @param inner width inside the feed-forward layers
   * @param context how many tokens it can see
   */
  record Size(int layers, int heads, int width, int inner, int context) {}

  TransformerGraph(Blueprint blueprint, Size size, double dropout, boolean preNorm) {
    this.blueprint = blueprint;
    this.size = size;
    this.dropout = dropout;
    this.preNorm = preNorm;
    graph =
        new NeuralNetConfiguration.Builder()
            .seed(blueprint.seed())
            .dataType(DataType.FLOAT)
            .updater(blueprint.updater())
            .weightInit(new NormalDistribution(0, DEVIATION))
            .activation(Activation.IDENTITY)
            .graphBuilder()
            .addInputs(TOKENS)
            .setInputTypes(blueprint.shape().input());
  }

  /** The initialised network. */
  ComputationGraph network() {
    String last = embedding();
    for (int i = 1; i <= size.layers(); i++) {
      String block = "block" + i;
      last = residual(block + "_attention", last, this::attention);
      last = residual(block + "_feed_forward", last, this::feedForward);
    }
    if (preNorm) {
      last = layer("norm", new LayerNormalization(), last);
    }
    layer(
        "output",
        new RnnOutputLayer.Builder(new LossSparseMCXENT())
            .nOut(blueprint.shape().classes())
            .activation(Activation.SOFTMAX)
            .build(),
        last);
    ComputationGraph network = new ComputationGraph(graph.setOutputs("output").build());
    network.init();
    return network;
  }

  private String embedding() {
    String tokens = layer("token_embedding", embedding(blueprint.shape().classes()), TOKENS);
    String positions = vertex("positions", new PositionVertex(size.context()), TOKENS);
    positions = layer("position_embedding", embedding(size.context()), positions);
    String sum = vertex("embedding", add(), tokens, positions);
    String rows = vertex("rows", new PreprocessorVertex(new RnnToFeedForwardPreProcessor()), sum);
    return dropped("embedding", rows);
  }

  /** What a part of a block computes from its input, under names that begin with the given one. */
  @FunctionalInterface
  private interface Part {
    String behind(String name, String from);
  }

  private String residual(String name, String from, Part part) {
    String input = preNorm ? layer(name + "_norm", new LayerNormalization(), from) : from;
    String sum = vertex(name + "_sum", add(), from, dropped(name, part.behind(name, input)));
    return preNorm ? sum : layer(name + "_norm", new LayerNormalization(), sum);
  }

  private String attention(String name, String from) {
    String attended =
        vertex(
            name,
            new CausalAttentionVertex(size.heads()),
            layer(name + "_queries", dense(size.width(), Activation.IDENTITY), from),
            layer(name + "_keys", dense(size.width(), Activation.IDENTITY), from),
            layer(name + "_values", dense(size.width(), Activation.IDENTITY), from));
    return layer(name + "_output", ontoResidual(), attended);
  }

  private String feedForward(String name, String from) {
    return layer(
        name + "_output",
        ontoResidual(),
        layer(name + "_inner", dense(size.inner(), Activation.GELU), from));
  }

  private String dropped(String name, String from) {
    // DL4J's number is the probability to keep a value.
    return dropout == 0 ? from : layer(name + "_dropout", new DropoutLayer(1 - dropout), from);
  }

  private EmbeddingSequenceLayer embedding(int entries) {
    return new EmbeddingSequenceLayer.Builder()
        .nIn(entries)
        .nOut(size.width())
        .inputLength(size.context())
        .inferInputLength(true)
        .build();
  }

  private static DenseLayer dense(int units, Activation activation) {
    return new DenseLayer.Builder().nOut(units).activation(activation).build();
  }

  /**
   * With smaller weights, since as many of these layers add to the sum as there are: 2 a block
   * (Radford et al., 2019).
   */
  private DenseLayer ontoResidual() {
    return new DenseLayer.Builder()
        .nOut(size.width())
        .activation(Activation.IDENTITY)
        .weightInit(new NormalDistribution(0, DEVIATION / Math.sqrt(2.0 * size.layers())))
        .build();
  }

  private static ElementWiseVertex add() {
    return new ElementWiseVertex(ElementWiseVertex.Op.Add);
  }

  private String layer(String name, Layer layer, String from) {
    graph.addLayer(name, layer, from);
    return name;
  }

  private String vertex(String name, GraphVertex vertex, String... from) {
    graph.addVertex(name, vertex, from);
    return name;
  }
}
