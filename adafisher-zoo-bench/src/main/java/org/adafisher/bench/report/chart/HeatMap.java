package org.adafisher.bench.report.chart;

import java.util.List;
import org.adafisher.bench.report.chart.TextStyle.Anchor;
import org.adafisher.bench.report.text.Numbers;

/**
 * A table whose cells are coloured by their value.
 *
 * @param title its heading
 * @param xLabel what the columns are
 * @param columns their names
 * @param yLabel what the rows are
 * @param rows their names
 * @param cells by row and column
 * @param low the value of the lightest colour
 * @param high the value of the darkest colour
 */
public record HeatMap(
    String title,
    String xLabel,
    List<String> columns,
    String yLabel,
    List<String> rows,
    List<List<Cell>> cells,
    double low,
    double high)
    implements Chart {

  private static final double TOP = 66;
  private static final double MARGIN = 10;
  private static final double CELL_WIDTH = 66;
  private static final double CELL_HEIGHT = 36;
  private static final double BOTTOM = 92;
  private static final double LEAST_WIDTH = 330;
  private static final double TITLE_SIZE = 15;
  private static final double TEXT_SIZE = 12.5;
  private static final double SMALL_SIZE = 11;
  private static final double KEY_STEP = 22;
  private static final double KEY_HEIGHT = 10;

  private static final TextStyle TITLE = new TextStyle(TITLE_SIZE, true, Palette.INK, Anchor.START);
  private static final TextStyle AXIS = new TextStyle(TEXT_SIZE, false, Palette.GREY, Anchor.START);
  private static final TextStyle X_TICK =
      new TextStyle(TEXT_SIZE, false, Palette.INK, Anchor.MIDDLE);
  private static final TextStyle Y_TICK = new TextStyle(TEXT_SIZE, false, Palette.INK, Anchor.END);
  private static final TextStyle WRONG =
      new TextStyle(SMALL_SIZE, true, Palette.WRONG, Anchor.MIDDLE);

  /** Copies the lists. */
  public HeatMap {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    cells = cells.stream().map(List::copyOf).toList();
  }

  /**
   * A cell.
   *
   * @param value decides its colour; NaN where there is no value
   * @param text what is written in it
   * @param title what is said when it is pointed at
   * @param wrong whether there is no value because something went wrong
   */
  public record Cell(double value, String text, String title, boolean wrong) {}

  @Override
  public double width() {
    double title = MARGIN + TextWidth.of(this.title, TITLE_SIZE, true);
    double key = left() + Palette.rampSize() * KEY_STEP + 2 * 60;
    double table = left() + columns.size() * CELL_WIDTH + MARGIN;
    return Math.ceil(Math.max(Math.max(LEAST_WIDTH, title), Math.max(key, table)));
  }

  @Override
  public double height() {
    return TOP + rows.size() * CELL_HEIGHT + BOTTOM;
  }

  @Override
  public void draw(Canvas canvas) {
    canvas.rectangle(0, 0, width(), height(), Palette.PAPER);
    canvas.text(MARGIN, 22, title, TITLE);
    canvas.text(MARGIN, TOP - 12, yLabel, AXIS);
    for (int r = 0; r < rows.size(); r++) {
      double y = TOP + r * CELL_HEIGHT;
      canvas.text(left() - 8, y + CELL_HEIGHT / 2 + 4.5, rows.get(r), Y_TICK);
      for (int c = 0; c < columns.size(); c++) {
        Cell cell = cells.get(r).get(c);
        double x = left() + c * CELL_WIDTH;
        canvas.titled(cell.title(), () -> drawCell(canvas, cell, x, y));
      }
    }
    double bottom = TOP + rows.size() * CELL_HEIGHT;
    for (int c = 0; c < columns.size(); c++) {
      canvas.text(left() + (c + 0.5) * CELL_WIDTH, bottom + 18, columns.get(c), X_TICK);
    }
    canvas.text(left(), bottom + 38, xLabel, AXIS);
    drawKey(canvas, bottom + 58);
  }

  private double left() {
    double widest =
        rows.stream().mapToDouble(row -> TextWidth.of(row, TEXT_SIZE, false)).max().orElse(0);
    return MARGIN + widest + 8;
  }

  private void drawCell(Canvas canvas, Cell cell, double x, double y) {
    double centre = x + CELL_WIDTH / 2;
    double baseline = y + CELL_HEIGHT / 2 + 4.5;
    boolean known = Double.isFinite(cell.value());
    double share = high > low ? (cell.value() - low) / (high - low) : 1;
    canvas.rectangle(
        x,
        y,
        CELL_WIDTH - 1.5, // a gap, so that neighbours of one colour are seen as two
        CELL_HEIGHT - 1.5,
        known ? Palette.ramp(share) : Palette.MISSING);
    canvas.text(
        centre,
        baseline,
        cell.text(),
        cell.wrong()
            ? WRONG
            : new TextStyle(
                TEXT_SIZE, false, known ? Palette.onRamp(share) : Palette.GREY, Anchor.MIDDLE));
  }

  private void drawKey(Canvas canvas, double y) {
    String least = Numbers.fixed(low, 1);
    double start = left() + TextWidth.of(least, TEXT_SIZE, false) + 8;
    canvas.text(start - 8, y + KEY_HEIGHT, least, Y_TICK);
    int steps = Palette.rampSize();
    for (int i = 0; i < steps; i++) {
      canvas.rectangle(
          start + i * KEY_STEP, y, KEY_STEP, KEY_HEIGHT, Palette.ramp((i + 0.5) / steps));
    }
    canvas.text(start + steps * KEY_STEP + 8, y + KEY_HEIGHT, Numbers.fixed(high, 1), AXIS);
  }
}
