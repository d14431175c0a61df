package org.adafisher.bench.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Sees whether files are whole where their format tells and ImageIO's readers do not look. */
final class Completeness {

  private static final int PNG_SIGNATURE = 8;
  private static final int NAME = 4;

  /** A RIFF file's first name and length, which do not count in the length. */
  private static final int RIFF_HEADER = 8;

  private Completeness() {}

  /**
   * Checks a file.
   *
   * @param format ImageIO's name of the format
   * @throws DamagedImageException if something is missing or was changed
   */
  static void check(String format, byte[] content) throws DamagedImageException {
    switch (format) {
      case "png" -> checkPng(content);
      case "webp" -> checkWebp(content);
      default -> {} // the reader notices
    }
  }

  /** Every chunk has a checksum, and the last one is called IEND. */
  private static void checkPng(byte[] content) throws DamagedImageException {
    ByteBuffer chunks = ByteBuffer.wrap(content).position(PNG_SIGNATURE);
    String name = "";
    while (!name.equals("IEND")) {
      if (chunks.remaining() < Integer.BYTES + NAME) {
        throw new DamagedImageException("it ends too early");
      }
      long length = chunks.getInt() & 0xFFFFFFFFL;
      int start = chunks.position();
      if (chunks.remaining() < NAME + length + Integer.BYTES) {
        throw new DamagedImageException("it ends too early");
      }
      int end = start + NAME + (int) length;
      CRC32 checksum = new CRC32();
      checksum.update(content, start, end - start);
      if ((int) checksum.getValue() != chunks.getInt(end)) {
        throw new DamagedImageException("a checksum is wrong");
      }
      name = new String(content, start, NAME, StandardCharsets.ISO_8859_1);
      chunks.position(end + Integer.BYTES);
    }
  }

  /** The header has the length of all that follows. */
  private static void checkWebp(byte[] content) throws DamagedImageException {
    long length =
        ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getInt(NAME) & 0xFFFFFFFFL;
    if (content.length < RIFF_HEADER + length) {
      throw new DamagedImageException("it ends too early");
    }
  }
}
