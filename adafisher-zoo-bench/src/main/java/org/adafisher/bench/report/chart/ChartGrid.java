package org.adafisher.bench.report.chart;

import java.util.List;

/**
 * Several charts in one picture, row by row.
 *
 * @param title its heading
 * @param columns how many are side by side, at least 1
 * @param charts at least one
 */
public record ChartGrid(String title, int columns, List<Chart> charts) implements Chart {

  private static final double TOP = 38;
  private static final double MARGIN = 10;

  private static final TextStyle TITLE =
      new TextStyle(17, true, Palette.INK, TextStyle.Anchor.START);

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if there are no columns or no charts
   */
  public ChartGrid {
    charts = List.copyOf(charts);
    if (columns < 1 || charts.isEmpty()) {
      throw new IllegalArgumentException(
          "A grid has at least one column and one chart, not " + columns + " and " + charts.size());
    }
  }

  @Override
  public double width() {
    return Math.min(columns, charts.size()) * cellWidth() + MARGIN;
  }

  @Override
  public double height() {
    double height = TOP + MARGIN;
    for (int row = 0; row * columns < charts.size(); row++) {
      height += rowHeight(row);
    }
    return height;
  }

  @Override
  public void draw(Canvas canvas) {
    canvas.rectangle(0, 0, width(), height(), Palette.PAPER);
    canvas.text(MARGIN, 25, TextWidth.fit(title, 17 * 1.1, width() - 2 * MARGIN), TITLE);
    double y = TOP;
    for (int i = 0; i < charts.size(); i++) {
      charts.get(i).draw(new OffsetCanvas(canvas, i % columns * cellWidth(), y));
      if (i % columns == columns - 1) {
        y += rowHeight(i / columns);
      }
    }
  }

  private double cellWidth() {
    return charts.stream().mapToDouble(Chart::width).max().orElseThrow();
  }

  private double rowHeight(int row) {
    return charts.stream()
        .skip((long) row * columns)
        .limit(columns)
        .mapToDouble(Chart::height)
        .max()
        .orElseThrow();
  }
}
