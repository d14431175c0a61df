package org.adafisher.bench.data;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.adafisher.bench.text.Tokenizer;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Text as windows of tokens that follow each other; the answer to each token is the next. What is
 * left at the end is one shorter window in validation and test, the rest of it masked, so that
 * every token but the first is asked for once; training leaves it out.
 */
public final class TokenDataset implements Dataset {

  /** What a decoder makes of the bytes of a character in part, at the ends of a text. */
  private static final Pattern PARTIAL = Pattern.compile("\\A\uFFFD++|\uFFFD++\\z");

  private final Tokenizer tokenizer;
  private final int context;
  private final Map<Part, int[]> parts;

  /**
   * A data set.
   *
   * @param context the length of a window
   * @param parts tokens of each part: for training a whole window and one more at least, for the
   *     others two
   */
  TokenDataset(Tokenizer tokenizer, int context, Map<Part, int[]> parts) {
    this.tokenizer = tokenizer;
    this.context = context;
    this.parts = Map.copyOf(parts);
  }

  /** Between text and the numbers in the examples. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** How many tokens an example has. */
  public int context() {
    return context;
  }

  @Override
  public Shape shape() {
    int tokens = tokenizer.vocabularySize();
    return new Shape(Task.LANGUAGE, InputType.recurrent(tokens, context), tokens);
  }

  /** The tokens and what they mean: other letters in the same order are the same numbers. */
  @Override
  public String sha256() {
    ContentHash hash = new ContentHash().add(context, tokenizer.vocabularySize());
    for (int token = 0; token < tokenizer.vocabularySize(); token++) {
      hash.add(tokenizer.piece(token)).add(tokenizer.decode(new int[] {token}));
    }
    for (Part part : Part.values()) {
      hash.add(parts.get(part));
    }
    return hash.hex();
  }

  /**
   * The text that a part begins with. Tokens can be bytes, and a part can begin inside a character:
   * what is there of a character in part is left out.
   *
   * @param count how many tokens; more if those are of one character in part
   */
  public String beginning(Part part, int count) {
    int[] tokens = parts.get(part);
    String text = "";
    for (int n = Math.min(count, tokens.length); n <= tokens.length && text.isEmpty(); n++) {
      text = PARTIAL.matcher(tokenizer.decode(Arrays.copyOf(tokens, n))).replaceAll("");
    }
    return text;
  }

  @Override
  public int size(Part part) {
    int answers = parts.get(part).length - 1;
    return part == Part.TRAIN ? answers / context : (answers + context - 1) / context;
  }

  @Override
  public DataSetIterator inOrder(Part part, int batchSize) {
    return pass(part, IntStream.range(0, size(part)).toArray(), batchSize);
  }

  @Override
  public DataSetIterator train(int batchSize, long orderSeed) {
    int[] order = Permutations.random(size(Part.TRAIN), new Random(orderSeed));
    return pass(Part.TRAIN, order, batchSize);
  }

  private DataSetIterator pass(Part part, int[] order, int batchSize) {
    int[] tokens = parts.get(part);
    return new Pass(
        (windows, augmentation) -> batch(tokens, windows),
        order,
        batchSize,
        tokenizer.vocabularySize(),
        Optional::empty);
  }

  private DataSet batch(int[] tokens, int[] windows) {
    float[] features = new float[windows.length * context];
    float[] labels = new float[features.length];
    float[] mask = new float[features.length];
    for (int i = 0; i < windows.length; i++) {
      int from = windows[i] * context;
      int length = Math.min(context, tokens.length - 1 - from);
      for (int t = 0; t < length; t++) {
        features[i * context + t] = tokens[from + t];
        labels[i * context + t] = tokens[from + t + 1];
      }
      Arrays.fill(mask, i * context, i * context + length, 1);
    }
    long[] shape = {windows.length, context};
    INDArray answers = Nd4j.create(labels, new long[] {windows.length, 1, context}, 'c');
    boolean whole = mask[mask.length - 1] == 1; // the shorter window is the part's last
    return new DataSet(
        Nd4j.create(features, shape, 'c'),
        answers,
        null,
        whole ? null : Nd4j.create(mask, shape, 'c'));
  }
}
