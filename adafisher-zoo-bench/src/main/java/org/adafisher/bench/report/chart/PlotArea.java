package org.adafisher.bench.report.chart;

import java.util.List;
import org.adafisher.bench.report.chart.TextStyle.Anchor;

/**
 * Where a chart draws its values, with an axis below and one at the left.
 *
 * @param left edge on the canvas
 * @param top edge on the canvas
 * @param width on the canvas
 * @param height on the canvas
 * @param xScale to the right
 * @param yScale upwards
 */
record PlotArea(double left, double top, double width, double height, Scale xScale, Scale yScale) {

  static final double TITLE_SIZE = 15;
  static final double TEXT_SIZE = 12.5;

  static final TextStyle TITLE = new TextStyle(TITLE_SIZE, true, Palette.INK, Anchor.START);
  static final TextStyle LABEL = new TextStyle(TEXT_SIZE, false, Palette.INK, Anchor.START);
  static final TextStyle NOTE = new TextStyle(TEXT_SIZE, false, Palette.GREY, Anchor.START);
  static final TextStyle X_TICK = new TextStyle(TEXT_SIZE, false, Palette.GREY, Anchor.MIDDLE);
  static final TextStyle Y_TICK = new TextStyle(TEXT_SIZE, false, Palette.GREY, Anchor.END);

  double x(double value) {
    return left + width * xScale.position(value);
  }

  double y(double value) {
    return top + height * (1 - yScale.position(value));
  }

  Point place(Point values) {
    return new Point(x(values.x()), y(values.y()));
  }

  double right() {
    return left + width;
  }

  double bottom() {
    return top + height;
  }

  /** Background and title of a chart that draws from the top. */
  static void drawHeading(Canvas canvas, Chart chart) {
    canvas.rectangle(0, 0, chart.width(), chart.height(), Palette.PAPER);
    canvas.text(10, 22, TextWidth.fit(chart.title(), TITLE_SIZE * 1.1, chart.width() - 20), TITLE);
  }

  /** Grid lines with numbers at the left, ticks with numbers below. */
  void drawAxes(Canvas canvas, String xLabel) {
    for (Tick tick : yScale.ticks()) {
      double at = y(tick.value());
      line(canvas, left, at, right(), at, Stroke.solid(Palette.GRID, 1));
    }
    drawNumbers(canvas, xLabel);
    line(canvas, left, bottom(), right(), bottom(), Stroke.solid(Palette.GREY, 1));
  }

  /** The numbers and the label alone, for what fills its area. */
  void drawNumbers(Canvas canvas, String xLabel) {
    for (Tick tick : yScale.ticks()) {
      canvas.text(left - 7, y(tick.value()) + 4.5, tick.label(), Y_TICK);
    }
    double free = Double.NEGATIVE_INFINITY;
    for (Tick tick : xScale.ticks()) {
      double at = x(tick.value());
      line(canvas, at, bottom(), at, bottom() + 4, Stroke.solid(Palette.GREY, 1));
      double half = TextWidth.of(tick.label(), TEXT_SIZE, false) / 2;
      if (at - half > free) { // rather no number than one upon another
        canvas.text(at, bottom() + 18, tick.label(), X_TICK);
        free = at + half + 3;
      }
    }
    canvas.text((left + right()) / 2, bottom() + 38, xLabel, X_TICK);
  }

  /** Draws within the area and leaves out what is beyond it. */
  void clipped(Canvas canvas, Runnable content) {
    canvas.clipped(left, top, width, height, content);
  }

  static void line(Canvas canvas, double x1, double y1, double x2, double y2, Stroke stroke) {
    canvas.polyline(List.of(new Point(x1, y1), new Point(x2, y2)), stroke);
  }
}
