package org.adafisher.bench.report.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * Names with their colours, in rows below a chart.
 *
 * @param entries from left to right
 * @param width that they have
 */
record Legend(List<Entry> entries, double width) {

  private static final double ROW = 19;
  private static final double SWATCH = 18;
  private static final double GAP = 16;

  /**
   * A name.
   *
   * @param name what is written
   * @param stroke what it is drawn with
   */
  record Entry(String name, Stroke stroke) {

    private double width() {
      return SWATCH + 6 + TextWidth.of(name, PlotArea.TEXT_SIZE, false) + GAP;
    }
  }

  double height() {
    return rows().size() * ROW;
  }

  void draw(Canvas canvas, double left, double top) {
    double y = top + ROW / 2;
    for (List<Entry> row : rows()) {
      double x = left;
      for (Entry entry : row) {
        PlotArea.line(canvas, x, y, x + SWATCH, y, entry.stroke());
        canvas.text(x + SWATCH + 6, y + 4.5, entry.name(), PlotArea.LABEL);
        x += entry.width();
      }
      y += ROW;
    }
  }

  private List<List<Entry>> rows() {
    List<List<Entry>> rows = new ArrayList<>();
    double free = 0;
    for (Entry entry : entries) {
      if (rows.isEmpty() || entry.width() > free) {
        rows.add(new ArrayList<>());
        free = width;
      }
      rows.get(rows.size() - 1).add(entry);
      free -= entry.width();
    }
    return rows;
  }
}
