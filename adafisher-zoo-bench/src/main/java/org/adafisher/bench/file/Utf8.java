package org.adafisher.bench.file;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Text in UTF-8, and nothing that could be taken for it. */
public final class Utf8 {

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private Utf8() {}

  /**
   * The text in a file's bytes, without a byte order mark.
   *
   * @throws NotUtf8Exception if they are another encoding, or no text
   */
  public static String decode(byte[] bytes) throws NotUtf8Exception {
    if (bytes.length > 1 && isUtf16Mark(bytes[0] & 0xFF, bytes[1] & 0xFF)) {
      throw new NotUtf8Exception("is UTF-16, not UTF-8", 1);
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length); // never more characters than bytes
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      throw new NotUtf8Exception("is not UTF-8", line(bytes, in.position()));
    }
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        throw new NotUtf8Exception("has NUL characters, so it is not UTF-8 text", line(bytes, i));
      }
    }
    String text = out.flip().toString();
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }

  private static boolean isUtf16Mark(int first, int second) {
    return first == 0xFE && second == 0xFF || first == 0xFF && second == 0xFE;
  }

  private static int line(byte[] bytes, int position) {
    int line = 1;
    for (int i = 0; i < position; i++) {
      line += bytes[i] == '\n' ? 1 : 0;
    }
    return line;
  }
}
