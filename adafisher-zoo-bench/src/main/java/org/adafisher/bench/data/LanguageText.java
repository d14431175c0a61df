package org.adafisher.bench.data;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.adafisher.bench.text.Segmenter;
import org.adafisher.bench.text.Tokenizer;
import org.adafisher.bench.text.Tokenizers;

/**
 * Text to be continued token by token. If it is one text, the training part is its beginning, then
 * come validation and test, 5 % each unless their numbers of tokens are given; if it has a file for
 * each part, such numbers take the beginning of each. The vocabulary is that of the training part.
 */
final class LanguageText implements DatasetType {

  /** The data set of a user's own text. */
  static final String OWN = "text";

  /** The one that is built in. */
  static final String BUILT_IN = "genesis-tokens";

  private static final double SHARE = 0.05;

  private final String name;
  private final String description;

  private LanguageText(String name, String description) {
    this.name = name;
    this.description = description;
  }

  static LanguageText own() {
    return new LanguageText(
        OWN,
        "your own text, to be continued token by token; needs a UTF-8 file, or a directory with"
            + " WikiText-2, the Penn Treebank or train.txt, valid.txt, test.txt");
  }

  static LanguageText builtIn() {
    return new LanguageText(
        BUILT_IN,
        "87 kB of English text, Genesis in the King James Version, to be continued token by token;"
            + " built in");
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public boolean needsDirectory() {
    return name.equals(OWN);
  }

  @Override
  public boolean images() {
    return false;
  }

  @Override
  public Task task() {
    return Task.LANGUAGE;
  }

  @Override
  public TokenDataset load(DataRequest request) throws DataException {
    RequestRules.text(name, request);
    TextForm form = request.text();
    TextParts texts = texts(request);
    Segmenter segmenter = Tokenizers.REGISTRY.get(form.tokenizer()).segmenter(texts.separated());
    Map<Part, int[]> pieces =
        texts.others().isPresent()
            ? given(segmenter, texts, request)
            : cut(segmenter.split(texts.train()), request);
    Tokenizer tokenizer = tokenizer(segmenter, pieces.get(Part.TRAIN), form);
    Map<Part, int[]> tokens = new EnumMap<>(Part.class);
    for (Part part : Part.values()) {
      tokens.put(part, tokenizer.encode(pieces.get(part)));
    }
    requireTokens(Part.TRAIN, tokens, form.context() + 1);
    requireTokens(Part.VALIDATION, tokens, 2);
    requireTokens(Part.TEST, tokens, 2);
    return new TokenDataset(tokenizer, form.context(), tokens);
  }

  private TextParts texts(DataRequest request) throws DataException {
    if (needsDirectory()) {
      return TextFiles.read(
          name,
          request
              .directory()
              .orElseThrow(() -> new DataException(name + " needs a file or a directory")));
    }
    RequestRules.embedded(name, request);
    return TextParts.whole(Genesis.read());
  }

  private Tokenizer tokenizer(Segmenter segmenter, int[] training, TextForm form)
      throws DataException {
    try {
      return Tokenizer.of(segmenter, training, form.vocabulary());
    } catch (IllegalArgumentException e) {
      throw new DataException(
          "%s: %s, for the tokenizer %s".formatted(name, e.getMessage(), form.tokenizer()), e);
    }
  }

  private Map<Part, int[]> given(Segmenter segmenter, TextParts texts, DataRequest request)
      throws DataException {
    TextParts.Others others = texts.others().orElseThrow();
    Map<Part, int[]> pieces = new EnumMap<>(Part.class);
    pieces.put(Part.TRAIN, first(segmenter.split(texts.train()), request.train(), Part.TRAIN));
    pieces.put(
        Part.VALIDATION,
        first(segmenter.split(others.validation()), request.validation(), Part.VALIDATION));
    pieces.put(Part.TEST, first(segmenter.split(others.test()), request.test(), Part.TEST));
    return pieces;
  }

  private Map<Part, int[]> cut(int[] all, DataRequest request) throws DataException {
    int share = (int) Math.round(SHARE * all.length);
    int validation = request.validation().orElse(share);
    int test = request.test().orElse(share);
    long left = (long) all.length - validation - test;
    if (left < 1) {
      throw new DataException(
          "%s: validation and test ask for %d and %d of %d tokens, which leaves none to train on"
              .formatted(name, validation, test, all.length));
    }
    int beforeTest = all.length - test;
    Map<Part, int[]> pieces = new EnumMap<>(Part.class);
    pieces.put(Part.TRAIN, first(Arrays.copyOf(all, (int) left), request.train(), Part.TRAIN));
    pieces.put(Part.VALIDATION, Arrays.copyOfRange(all, (int) left, beforeTest));
    pieces.put(Part.TEST, Arrays.copyOfRange(all, beforeTest, all.length));
    return pieces;
  }

  private int[] first(int[] pieces, OptionalInt wanted, Part part) throws DataException {
    if (wanted.orElse(0) > pieces.length) {
      throw new DataException(
          "%s: %s asks for %d tokens, but there are %d"
              .formatted(name, word(part), wanted.getAsInt(), pieces.length));
    }
    return Arrays.copyOf(pieces, wanted.orElse(pieces.length));
  }

  private void requireTokens(Part part, Map<Part, int[]> tokens, int least) throws DataException {
    int count = tokens.get(part).length;
    if (count < least) {
      throw new DataException(
          "%s: the %s part has %d tokens, and it takes %d at least%s"
              .formatted(
                  name,
                  part == Part.TRAIN ? "training" : word(part),
                  count,
                  least,
                  part == Part.TRAIN
                      ? ", a context and the token after it; give more text or a shorter context"
                      : "; give more text"));
    }
  }

  private static String word(Part part) {
    return part.name().toLowerCase(Locale.ROOT);
  }
}
