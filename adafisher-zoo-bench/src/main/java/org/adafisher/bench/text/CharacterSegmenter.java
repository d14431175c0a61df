package org.adafisher.bench.text;

import java.util.OptionalInt;

/** A piece is a character, as its code point in Unicode. */
final class CharacterSegmenter implements Segmenter {

  /** Unicode's replacement character. */
  private static final int UNKNOWN = 0xFFFD;

  @Override
  public int[] split(String text) {
    return text.codePoints().toArray();
  }

  @Override
  public String join(int[] pieces) {
    return new String(pieces, 0, pieces.length);
  }

  @Override
  public int[] always() {
    return new int[] {UNKNOWN};
  }

  @Override
  public OptionalInt unknown() {
    return OptionalInt.of(UNKNOWN);
  }

  @Override
  public int[] parts(int piece) {
    return new int[0];
  }

  @Override
  public int leastCount(int[] training) {
    return 1;
  }
}
