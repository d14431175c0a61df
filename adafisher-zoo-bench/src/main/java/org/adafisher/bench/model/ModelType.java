package org.adafisher.bench.model;

import java.util.List;
import java.util.Optional;
import org.adafisher.bench.data.Shape;
import org.adafisher.bench.registry.Described;
import org.adafisher.bench.registry.Parameter;
import org.deeplearning4j.nn.api.Model;

/** A network that a configuration can name. */
public interface ModelType extends Described {

  /** What a configuration may set, its width for example. */
  default List<Parameter> parameters() {
    return List.of();
  }

  /**
   * Why the model cannot take examples of a shape: a clause that completes "resnet50 cannot be
   * trained on digits: ...", such as "it needs images of at least 96x96 pixels, set imageSize".
   * Empty if it can.
   */
  Optional<String> refusal(Shape shape);

  /**
   * The initialised network, without the experiment's regularisation, and with none of its own.
   *
   * @throws RuntimeException Deeplearning4j's, if it cannot be built in spite of {@link #refusal}
   */
  Model build(Blueprint blueprint);
}
