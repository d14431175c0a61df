package org.adafisher.bench.report.html;

/**
 * A cell of a table.
 *
 * @param text its content
 * @param note small print below it; may be empty
 * @param style a class of the style sheet; may be empty
 */
public record Cell(String text, String note, String style) {

  /** A plain cell. */
  public static Cell of(String text) {
    return new Cell(text, "", "");
  }

  /** The cell with small print. */
  public Cell withNote(String small) {
    return new Cell(text, small, style);
  }

  /** The cell in a style, or as it is. */
  public Cell styled(String name, boolean applies) {
    return applies ? new Cell(text, note, (style + " " + name).strip()) : this;
  }
}
