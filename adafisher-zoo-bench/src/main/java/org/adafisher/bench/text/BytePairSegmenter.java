package org.adafisher.bench.text;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * A piece is one of a byte pair encoding that was learnt elsewhere, on far more text. The first 256
 * are the single bytes, so that no text is unknown.
 */
final class BytePairSegmenter implements Segmenter {

  private final Encoding encoding;
  private final int[] pieceOfByte = new int[ByteSegmenter.BYTES];

  private BytePairSegmenter(Encoding encoding) {
    this.encoding = encoding;
    for (int piece = 0; piece < ByteSegmenter.BYTES; piece++) {
      pieceOfByte[bytes(piece)[0] & 0xFF] = piece;
    }
  }

  /** GPT-2's, 50257 pieces, which the library's jar has in it. */
  static BytePairSegmenter gpt2() {
    return new BytePairSegmenter(
        Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.R50K_BASE));
  }

  @Override
  public int[] split(String text) {
    return encoding.encodeOrdinary(text).toArray();
  }

  @Override
  public String join(int[] pieces) {
    return new String(bytes(pieces), StandardCharsets.UTF_8);
  }

  @Override
  public int[] always() {
    return IntStream.range(0, ByteSegmenter.BYTES).toArray();
  }

  @Override
  public OptionalInt unknown() {
    return OptionalInt.empty();
  }

  @Override
  public int[] parts(int piece) {
    byte[] bytes = bytes(piece);
    return IntStream.range(0, bytes.length).map(i -> pieceOfByte[bytes[i] & 0xFF]).toArray();
  }

  @Override
  public int leastCount(int[] training) {
    return 1;
  }

  private byte[] bytes(int... pieces) {
    IntArrayList list = new IntArrayList(pieces.length);
    for (int piece : pieces) {
      list.add(piece);
    }
    return encoding.decodeBytes(list);
  }
}
