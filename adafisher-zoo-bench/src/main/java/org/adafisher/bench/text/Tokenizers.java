package org.adafisher.bench.text;

import static java.util.Map.entry;

import java.util.Map;
import java.util.function.Function;
import org.adafisher.bench.registry.Registry;

/** The tokenizers that a configuration can name. */
public final class Tokenizers {

  /** The one that is taken where nothing is said. */
  public static final String DEFAULT = "byte";

  /** By name. */
  public static final Registry<TokenizerType> REGISTRY =
      Registry.of(
          "tokenizer",
          tokenizer(DEFAULT, "the bytes of UTF-8, 256 tokens", separated -> new ByteSegmenter()),
          tokenizer(
              "character",
              "the characters of the training part, and one for all others",
              separated -> new CharacterSegmenter()),
          tokenizer(
              "word",
              "words and marks that the training part has twice at least (all, where it writes"
                  + " <unk> itself), <unk> for all others, <eos> at line ends",
              WordSegmenter::new),
          tokenizer(
              "bpe",
              "GPT-2's byte pair encoding, of which the pieces that the training part has and all"
                  + " bytes are kept",
              separated -> BytePairSegmenter.gpt2()));

  private Tokenizers() {}

  private static Map.Entry<String, TokenizerType> tokenizer(
      String name, String description, Function<Boolean, Segmenter> segmenter) {
    return entry(
        name,
        new TokenizerType() {
          @Override
          public String description() {
            return description;
          }

          @Override
          public Segmenter segmenter(boolean separated) {
            return segmenter.apply(separated);
          }
        });
  }
}
