package org.adafisher.bench.report.html;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table whose first column names its rows. */
public final class Table {

  private final List<String> headings;
  private final List<List<Cell>> rows = new ArrayList<>();
  private final String style;

  private Table(String style, List<String> headings) {
    this.style = style;
    this.headings = headings;
  }

  /** A table of numbers, which are aligned to the right. */
  public static Table ofNumbers(List<String> headings) {
    return new Table("numbers", headings);
  }

  /** A table of words without headings. */
  public static Table ofWords() {
    return new Table("words", List.of());
  }

  /** Adds a row. */
  public Table row(Cell... cells) {
    return row(Arrays.asList(cells));
  }

  /** Adds a row. */
  public Table row(List<Cell> cells) {
    rows.add(List.copyOf(cells));
    return this;
  }

  /** Writes the table; it can be scrolled where it is wider than the page. */
  public void write(Html html) {
    html.open("div", "class", "scroll", "tabindex", "0").open("table", "class", style);
    if (!headings.isEmpty()) {
      html.open("thead").open("tr");
      headings.forEach(heading -> html.element("th", heading, "scope", "col"));
      html.close().close();
    }
    html.open("tbody");
    for (List<Cell> row : rows) {
      html.open("tr");
      for (int c = 0; c < row.size(); c++) {
        write(html, row.get(c), c == 0);
      }
      html.close();
    }
    html.close().close().close();
  }

  private static void write(Html html, Cell cell, boolean first) {
    List<String> attributes = new ArrayList<>();
    if (first) {
      attributes.addAll(List.of("scope", "row"));
    }
    if (!cell.style().isEmpty()) {
      attributes.addAll(List.of("class", cell.style()));
    }
    html.open(first ? "th" : "td", attributes.toArray(String[]::new)).text(cell.text());
    if (!cell.note().isEmpty()) {
      html.empty("br").element("small", cell.note());
    }
    html.close();
  }
}
