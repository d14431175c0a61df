package org.adafisher.bench.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.adafisher.bench.data.Shape;
import org.adafisher.bench.registry.Parameter;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * A decoder-only transformer (Vaswani et al., 2017; in the form of GPT-2, Radford et al., 2019) for
 * token numbers [examples, tokens], with learned positions, GELU and GPT-2's initialisation. Its
 * parameters:
 *
 * <ul>
 *   <li>{@code layers}: how many blocks of attention and feed-forward layers it has
 *   <li>{@code heads}: of attention in each; has to divide the width
 *   <li>{@code width}: the length of a token's vector
 *   <li>{@code feedForward}: how many times wider the feed-forward layers are inside
 *   <li>{@code dropout}: the share that is dropped, in training, of the embeddings and of what each
 *       block adds; attention's weights are not dropped
 *   <li>{@code preNorm}: 1 for layer normalisation in front of attention and feed-forward layers,
 *       as in GPT-2, 0 for behind the sums, as in the original transformer
 * </ul>
 *
 * <p>How long a text it can see, and how many different tokens, comes from the data.
 *
 * <p>The weights of the last layer are its own and not, as in GPT-2, the token embedding's once
 * more: shared weights would meet two inputs and two gradients, so there would be two sets of
 * factors for them, and AdaFisher has one for each weight.
 */
final class Transformer implements ModelType {

  private static final Parameter LAYERS = Parameter.count("layers", 2);
  private static final Parameter HEADS = Parameter.count("heads", 4);
  private static final Parameter WIDTH = Parameter.count("width", 64);
  private static final Parameter FEED_FORWARD = Parameter.count("feedForward", 4);
  private static final Parameter DROPOUT = Parameter.fraction("dropout", 0);
  private static final Parameter PRE_NORM = Parameter.flag("preNorm", true);

  @Override
  public String description() {
    return "decoder-only transformer like GPT-2, `layers` blocks of `heads` heads, `width` wide,"
        + " pre- or post-normalised";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(LAYERS, HEADS, WIDTH, FEED_FORWARD, DROPOUT, PRE_NORM);
  }

  @Override
  public Optional<String> refusal(Shape shape) {
    return Demands.tokens()
        .refusal(shape)
        .or(
            () ->
                context(shape) > 0
                    ? Optional.empty()
                    : Optional.of(
                        "it needs to know how long a text can be, and the data does not"));
  }

  /**
   * @throws IllegalArgumentException if the heads do not divide the width
   */
  @Override
  public Model build(Blueprint blueprint) {
    Map<String, Double> values = blueprint.values();
    int heads = values.get(HEADS.name()).intValue();
    int width = values.get(WIDTH.name()).intValue();
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "a width of %d cannot be shared by %d heads; set width to a multiple of heads"
              .formatted(width, heads));
    }
    return new TransformerGraph(
            blueprint,
            new TransformerGraph.Size(
                values.get(LAYERS.name()).intValue(),
                heads,
                width,
                Math.multiplyExact(values.get(FEED_FORWARD.name()).intValue(), width),
                Math.toIntExact(context(blueprint.shape()))),
            values.get(DROPOUT.name()),
            values.get(PRE_NORM.name()) != 0)
        .network();
  }

  private static long context(Shape shape) {
    return ((InputType.InputTypeRecurrent) shape.input()).getTimeSeriesLength();
  }
}
