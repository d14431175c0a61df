package org.adafisher.bench.report.text;

import java.util.List;

/** A table in plain ASCII: the first column to the left, the others to the right. */
public final class AsciiTable {

  private static final String INDENT = "  ";
  private static final String GAP = "   ";

  private AsciiTable() {}

  /**
   * The table's lines, each with a line separator at its end.
   *
   * @param rows of equal length; the first holds the headings
   */
  public static String of(List<List<String>> rows) {
    int[] widths = widths(rows);
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      String line = line(rows.get(r), widths);
      text.append(line.stripTrailing()).append(System.lineSeparator());
      if (r == 0) {
        text.append(INDENT)
            .append("-".repeat(line.length() - INDENT.length()))
            .append(System.lineSeparator());
      }
    }
    return text.toString();
  }

  private static int[] widths(List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], row.get(c).length());
      }
    }
    return widths;
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder(INDENT);
    for (int c = 0; c < widths.length; c++) {
      String format = "%" + (c == 0 ? "-" : "") + widths[c] + "s";
      line.append(c == 0 ? "" : GAP).append(String.format(format, row.get(c)));
    }
    return line.toString();
  }
}
