package org.adafisher.bench.report.chart;

/**
 * About how wide text is. Which font a browser takes is not known here, so this errs on the wide
 * side.
 */
final class TextWidth {

  private static final String NARROW = " iljtfrI.,:;'|!()[]-";
  private static final String WIDE = "mwMW%@";
  private static final double NARROW_EM = 0.38;
  private static final double WIDE_EM = 0.98;
  private static final double CAPITAL_EM = 0.72;
  private static final double PLAIN_EM = 0.62;
  private static final double BOLD = 1.12;
  private static final String ELLIPSIS = "\u2026";

  private TextWidth() {}

  static double of(String text, double size, boolean bold) {
    double em = text.chars().mapToDouble(TextWidth::em).sum();
    return em * size * (bold ? BOLD : 1);
  }

  /** The text, or as much of it as fits. */
  static String fit(String text, double size, double width) {
    if (of(text, size, false) <= width) {
      return text;
    }
    int end = text.length() - 1;
    while (end > 1 && of(text.substring(0, end) + ELLIPSIS, size, false) > width) {
      end--;
    }
    return text.substring(0, Math.max(0, end)) + ELLIPSIS;
  }

  private static double em(int character) {
    if (NARROW.indexOf(character) >= 0) {
      return NARROW_EM;
    }
    if (WIDE.indexOf(character) >= 0) {
      return WIDE_EM;
    }
    return Character.isUpperCase(character) ? CAPITAL_EM : PLAIN_EM;
  }
}
