package org.adafisher.bench.data;

import java.util.OptionalInt;
import org.adafisher.bench.text.Tokenizers;

/**
 * How text becomes examples.
 *
 * @param tokenizer a name in {@link Tokenizers#REGISTRY}
 * @param vocabulary how many different tokens there may be; all of the training part if empty
 * @param context how many tokens an example has
 */
public record TextForm(String tokenizer, OptionalInt vocabulary, int context) {

  /** The length of an example where nothing is said. */
  public static final int DEFAULT_CONTEXT = 64;

  /** Bytes, 64 an example. */
  public static final TextForm DEFAULT =
      new TextForm(Tokenizers.DEFAULT, OptionalInt.empty(), DEFAULT_CONTEXT);
}
