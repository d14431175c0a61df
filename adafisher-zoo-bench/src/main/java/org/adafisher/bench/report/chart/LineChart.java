package org.adafisher.bench.report.chart;

import java.util.ArrayList;
import java.util.List;
import org.adafisher.bench.report.chart.Series.Sample;

/**
 * Lines with bands, each named at its right end.
 *
 * @param title its heading, which also says what the vertical axis is
 * @param xLabel what the horizontal axis is
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param series the lines
 */
public record LineChart(String title, String xLabel, Scale x, Scale y, List<Series> series)
    implements Chart {

  private static final double WIDTH = 640;
  private static final double LEFT = 62;
  private static final double TOP = 42;
  private static final double PLOT_HEIGHT = 270;
  private static final double BOTTOM = 50;

  private static final double TITLE_SIZE = PlotArea.TITLE_SIZE;
  private static final double TEXT_SIZE = PlotArea.TEXT_SIZE;
  private static final double LABEL_GAP = 17;
  private static final double LABEL_OFFSET = 42;
  private static final double SWATCH = 16;
  private static final double MOST_LABEL = 200;
  private static final double LINE_WIDTH = 2.2;
  private static final double BAND_OPACITY = 0.15;

  /** Many bands upon each other would be one grey. */
  private static final double ALL_BANDS_OPACITY = 0.7;

  private static final double CROSS = 4.5;

  /** Copies the list. */
  public LineChart {
    series = List.copyOf(series);
  }

  @Override
  public double width() {
    return WIDTH;
  }

  /** Grows with the number of names at its side. */
  @Override
  public double height() {
    return TOP + plotHeight() + BOTTOM;
  }

  @Override
  public void draw(Canvas canvas) {
    canvas.rectangle(0, 0, width(), height(), Palette.PAPER);
    canvas.text(
        LEFT, TOP - 20, TextWidth.fit(title, TITLE_SIZE * 1.1, WIDTH - LEFT - 6), PlotArea.TITLE);
    area().drawAxes(canvas, xLabel);
    canvas.clipped(
        LEFT,
        TOP - LINE_WIDTH,
        plotWidth() + LINE_WIDTH,
        plotHeight() + 2 * LINE_WIDTH,
        () -> {
          series.forEach(one -> drawBand(canvas, one)); // no band hides a line
          series.forEach(one -> drawLine(canvas, one));
        });
    drawLabels(canvas);
  }

  private double plotHeight() {
    return Math.max(PLOT_HEIGHT, series.size() * LABEL_GAP);
  }

  private double plotWidth() {
    double widest =
        series.stream()
            .mapToDouble(one -> TextWidth.of(one.name() + hidden(one), TEXT_SIZE, false))
            .max()
            .orElse(0);
    return WIDTH - LEFT - LABEL_OFFSET - Math.min(MOST_LABEL, widest) - 4;
  }

  private PlotArea area() {
    return new PlotArea(LEFT, TOP, plotWidth(), plotHeight(), x, y);
  }

  private double placeX(double value) {
    return area().x(value);
  }

  private double placeY(double value) {
    return area().y(value);
  }

  private void drawBand(Canvas canvas, Series one) {
    List<Point> outline = new ArrayList<>();
    for (Sample sample : one.samples()) {
      outline.add(new Point(placeX(sample.x()), placeY(sample.high())));
    }
    for (int i = one.samples().size() - 1; i >= 0; i--) {
      Sample sample = one.samples().get(i);
      outline.add(new Point(placeX(sample.x()), placeY(sample.low())));
    }
    boolean flat = one.samples().stream().allMatch(s -> s.low() == s.high());
    if (!flat && one.samples().size() > 1) {
      double opacity = Math.min(BAND_OPACITY, ALL_BANDS_OPACITY / series.size());
      canvas.polygon(outline, Palette.color(one.index()), opacity);
    }
  }

  private void drawLine(Canvas canvas, Series one) {
    if (one.samples().isEmpty()) {
      return;
    }
    List<Point> points =
        one.samples().stream().map(s -> new Point(placeX(s.x()), placeY(s.mean()))).toList();
    canvas.polyline(points, Palette.stroke(one.index(), LINE_WIDTH));
    Point end = points.get(points.size() - 1);
    Stroke mark = Stroke.solid(Palette.color(one.index()), LINE_WIDTH);
    if (one.broken()) {
      drawCross(canvas, end, mark);
    } else if (points.size() == 1) { // a line of one point is not seen
      PlotArea.line(canvas, end.x() - CROSS, end.y(), end.x() + CROSS, end.y(), mark);
    }
  }

  private void drawLabels(Canvas canvas) {
    double bottom = TOP + plotHeight();
    List<Double> wished =
        series.stream()
            .map(
                one -> Math.max(TOP, Math.min(bottom, one.samples().isEmpty() ? bottom : end(one))))
            .toList();
    List<Double> placed = LabelLayout.spread(wished, LABEL_GAP, bottom);
    double right = LEFT + plotWidth();
    for (int i = 0; i < series.size(); i++) {
      Series one = series.get(i);
      double at = placed.get(i);
      double swatch = right + LABEL_OFFSET - SWATCH - 5;
      canvas.polyline(
          List.of(new Point(swatch, at), new Point(swatch + SWATCH, at)),
          Palette.stroke(one.index(), LINE_WIDTH));
      if (one.broken()) {
        drawCross(
            canvas,
            new Point(swatch + SWATCH / 2, at),
            Stroke.solid(Palette.color(one.index()), LINE_WIDTH));
      } else if (!one.samples().isEmpty()) {
        PlotArea.line(
            canvas, right + 3, wished.get(i), swatch - 2, at, Stroke.solid(Palette.GRID, 1));
      }
      canvas.text(
          right + LABEL_OFFSET,
          at + 4.5,
          TextWidth.fit(
                  one.name(), TEXT_SIZE, MOST_LABEL - TextWidth.of(hidden(one), TEXT_SIZE, false))
              + hidden(one),
          PlotArea.LABEL);
    }
  }

  /** Why a line that has a name is not seen; empty if it is, or if a cross says that it broke. */
  private String hidden(Series one) {
    if (one.samples().isEmpty()) {
      return one.broken() ? "" : " (no values)";
    }
    if (one.samples().stream().allMatch(sample -> y.position(sample.mean()) > 1)) {
      return " (above)";
    }
    return one.samples().stream().allMatch(sample -> y.position(sample.mean()) < 0)
        ? " (below)"
        : "";
  }

  private double end(Series one) {
    return placeY(one.samples().get(one.samples().size() - 1).mean());
  }

  private static void drawCross(Canvas canvas, Point at, Stroke stroke) {
    PlotArea.line(canvas, at.x() - CROSS, at.y() - CROSS, at.x() + CROSS, at.y() + CROSS, stroke);
    PlotArea.line(canvas, at.x() - CROSS, at.y() + CROSS, at.x() + CROSS, at.y() - CROSS, stroke);
  }
}
