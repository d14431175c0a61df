package org.adafisher.bench.text;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * A piece is a byte of UTF-8, from 0 to 255: no text is unknown, and no vocabulary is to choose.
 */
final class ByteSegmenter implements Segmenter {

  static final int BYTES = 256;

  @Override
  public int[] split(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] pieces = new int[bytes.length];
    for (int i = 0; i < pieces.length; i++) {
      pieces[i] = bytes[i] & 0xFF;
    }
    return pieces;
  }

  /** A network may write bytes that are no UTF-8; each such place becomes U+FFFD. */
  @Override
  public String join(int[] pieces) {
    byte[] bytes = new byte[pieces.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) pieces[i];
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public int[] always() {
    return IntStream.range(0, BYTES).toArray();
  }

  @Override
  public OptionalInt unknown() {
    return OptionalInt.empty();
  }

  @Override
  public int[] parts(int piece) {
    return new int[] {piece};
  }

  @Override
  public int leastCount(int[] training) {
    return 1;
  }
}
