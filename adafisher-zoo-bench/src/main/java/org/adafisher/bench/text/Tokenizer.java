package org.adafisher.bench.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Text as numbers from 0 to {@link #vocabularySize} - 1, and back. The vocabulary is made of the
 * training text: first the pieces that every vocabulary has, then the others, frequent ones first.
 */
public final class Tokenizer {

  private final Segmenter segmenter;
  private final int[] pieces;
  private final Map<Integer, Integer> tokens = new HashMap<>();

  private Tokenizer(Segmenter segmenter, List<Integer> vocabulary) {
    this.segmenter = segmenter;
    this.pieces = vocabulary.stream().mapToInt(Integer::intValue).toArray();
    for (int token = 0; token < pieces.length; token++) {
      tokens.put(pieces[token], token);
    }
  }

  /**
   * The tokenizer of a training text.
   *
   * @param training the text's pieces, as the segmenter gave them
   * @param most how many tokens the vocabulary may have; all that the text has if empty
   * @throws IllegalArgumentException if so many are less than every vocabulary has
   */
  public static Tokenizer of(Segmenter segmenter, int[] training, OptionalInt most) {
    List<Integer> vocabulary = new ArrayList<>(IntStream.of(segmenter.always()).boxed().toList());
    if (most.isPresent() && most.getAsInt() < vocabulary.size()) {
      throw new IllegalArgumentException(
          "vocabulary has to be at least %d, not %d".formatted(vocabulary.size(), most.getAsInt()));
    }
    Map<Integer, Integer> counts = new LinkedHashMap<>();
    IntStream.of(training).forEach(piece -> counts.merge(piece, 1, Integer::sum));
    vocabulary.forEach(counts::remove);
    int least = segmenter.leastCount(training);
    // Of equals the first in the text: the sort is stable.
    counts.entrySet().stream()
        .filter(piece -> piece.getValue() >= least)
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(most.orElse(Integer.MAX_VALUE) - vocabulary.size())
        .forEach(piece -> vocabulary.add(piece.getKey()));
    return new Tokenizer(segmenter, vocabulary);
  }

  /** How many different tokens there are. */
  public int vocabularySize() {
    return pieces.length;
  }

  /**
   * The piece that a token stands for, as the segmenter numbers them.
   *
   * @throws IndexOutOfBoundsException if the number is none of the vocabulary's
   */
  public int piece(int token) {
    return pieces[token];
  }

  /** The token of what is in no vocabulary; empty if nothing is. */
  public OptionalInt unknown() {
    OptionalInt piece = segmenter.unknown();
    return piece.isEmpty() ? piece : OptionalInt.of(tokens.get(piece.getAsInt()));
  }

  /** The tokens of a text. */
  public int[] encode(String text) {
    return encode(segmenter.split(text));
  }

  /** The tokens of a text that goes on: unlike a whole one it has no end. */
  public int[] encodePrompt(String prompt) {
    return encode(segmenter.splitPrompt(prompt));
  }

  /** The tokens of a text's pieces, more than these where one has to be put together. */
  public int[] encode(int[] textPieces) {
    return IntStream.of(textPieces).flatMap(this::tokensOf).toArray();
  }

  private IntStream tokensOf(int piece) {
    Integer token = tokens.get(piece);
    return token == null
        ? unknown().stream().count() > 0
            ? unknown().stream()
            : IntStream.of(segmenter.parts(piece)).map(tokens::get)
        : IntStream.of(token);
  }

  /**
   * The text of tokens.
   *
   * @throws IndexOutOfBoundsException if a number is none of the vocabulary's
   */
  public String decode(int[] numbers) {
    return segmenter.join(IntStream.of(numbers).map(token -> pieces[token]).toArray());
  }
}
