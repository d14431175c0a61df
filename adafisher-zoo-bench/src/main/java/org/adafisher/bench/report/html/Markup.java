package org.adafisher.bench.report.html;

/** Text within HTML and SVG. */
public final class Markup {

  private static final char REPLACEMENT = '\uFFFD';

  private Markup() {}

  /** The text as content or attribute value; characters that XML does not allow are replaced. */
  public static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.codePoints().forEach(character -> append(escaped, character));
    return escaped.toString();
  }

  private static void append(StringBuilder escaped, int character) {
    switch (character) {
      case '&' -> escaped.append("&amp;");
      case '<' -> escaped.append("&lt;");
      case '>' -> escaped.append("&gt;");
      case '"' -> escaped.append("&quot;");
      default -> escaped.appendCodePoint(allowed(character) ? character : REPLACEMENT);
    }
  }

  private static boolean allowed(int character) {
    return character == '\t'
        || character == '\n'
        || character == '\r'
        || character >= 0x20 && character <= 0xD7FF
        || character >= 0xE000 && character <= 0xFFFD
        || character >= 0x10000;
  }
}
