package org.adafisher.bench.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A piece is a word or a mark, numbered as they first occur; {@code <eos>} ends every line, as is
 * usual with WikiText-2 and the Penn Treebank.
 */
final class WordSegmenter implements Segmenter {

  private static final String UNKNOWN = "<unk>";
  private static final String END_OF_LINE = "<eos>";

  /** Blanks of all widths, no-break ones too. */
  private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Z}\u0085\u001C-\u001F]++");

  /** Blanks without a width, byte order marks, directions of writing, control characters. */
  private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cf}\\p{Cc}]++");

  /**
   * Letters and digits, joined by apostrophes, hyphens and invisible joiners if any; or one mark
   * with its accents. Possessive, since otherwise Java's matcher calls itself for every hyphen.
   */
  private static final Pattern WORD_OR_MARK =
      Pattern.compile(
          "<unk>"
              + "|[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}]*+"
              + "(?:['\u2019\\-\u00AD\u200C\u200D][\\p{L}\\p{M}\\p{N}]++)*+"
              + "|[^\\s\\p{Z}\\p{Cc}\\p{Cf}\\p{Cs}\\p{L}\\p{N}]\\p{M}*+");

  /** Marks without a blank before them in print, and after them. */
  private static final String CLOSING = ",.;:!?)]}\u2019\u201D";

  private static final String OPENING = "([{\u2018\u201C";

  private final boolean separated;
  private final List<String> words = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();

  /**
   * A segmenter that has seen no text.
   *
   * @param separated whether words and marks have blanks between them already; if not, marks are
   *     taken off words
   */
  WordSegmenter(boolean separated) {
    this.separated = separated;
    number(UNKNOWN);
    number(END_OF_LINE);
  }

  @Override
  public int[] split(String text) {
    return text.lines()
        .flatMap(line -> Stream.concat(words(line), Stream.of(END_OF_LINE)))
        .mapToInt(this::number)
        .toArray();
  }

  /** The line that a text ends with has an end of its own, unlike that of a prompt. */
  @Override
  public int[] splitPrompt(String prompt) {
    int[] pieces = split(prompt);
    return prompt.isEmpty() || prompt.endsWith("\n") || prompt.endsWith("\r")
        ? pieces
        : Arrays.copyOf(pieces, pieces.length - 1);
  }

  private Stream<String> words(String line) {
    return separated
        ? BLANKS
            .splitAsStream(line)
            .filter(word -> !word.isEmpty() && !INVISIBLE.matcher(word).matches())
        : WORD_OR_MARK.matcher(line).results().map(MatchResult::group);
  }

  private int number(String word) {
    return numbers.computeIfAbsent(
        word,
        added -> {
          words.add(added);
          return words.size() - 1;
        });
  }

  @Override
  public String join(int[] pieces) {
    StringBuilder text = new StringBuilder();
    String before = END_OF_LINE;
    for (int piece : pieces) {
      String word = words.get(piece);
      if (word.equals(END_OF_LINE)) {
        text.append('\n');
      } else {
        text.append(blank(before, word) ? " " : "").append(word);
      }
      before = word;
    }
    return text.toString();
  }

  private boolean blank(String before, String word) {
    return !before.equals(END_OF_LINE)
        && (separated || !CLOSING.contains(word) && !OPENING.contains(before));
  }

  @Override
  public int[] always() {
    return new int[] {number(UNKNOWN)};
  }

  @Override
  public OptionalInt unknown() {
    return OptionalInt.of(number(UNKNOWN));
  }

  @Override
  public int[] parts(int piece) {
    return new int[0];
  }

  /**
   * Of a text with {@code <unk>} somebody has chosen the words already. Of any other, words that
   * occur once are left out: without an unknown word in training a network has no idea of them.
   */
  @Override
  public int leastCount(int[] training) {
    int unknown = number(UNKNOWN);
    return Arrays.stream(training).anyMatch(piece -> piece == unknown) ? 1 : 2;
  }
}
