package org.adafisher.bench.report.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * Values on a grid as colours, with a colour bar, perhaps contour lines, and paths upon them.
 *
 * @param title its heading
 * @param xLabel what the columns are
 * @param yLabel what the rows are
 * @param x the horizontal axis: from the left edge of the first column to the right edge of the
 *     last
 * @param y the vertical axis, likewise; a {@link ReversedScale} has the first row at the top
 * @param raster what is drawn
 * @param paths drawn upon it
 * @param plotWidth of the drawing area
 * @param plotHeight of the drawing area
 */
public record RasterChart(
    String title,
    String xLabel,
    String yLabel,
    Scale x,
    Scale y,
    Raster raster,
    List<Path> paths,
    double plotWidth,
    double plotHeight)
    implements Chart {

  private static final double LEFT = 66;
  private static final double TOP = 58;
  private static final double BOTTOM = 52;
  private static final double BAR = 14;
  private static final double BAR_GAP = 14;
  private static final double BAR_TEXT = 66;
  private static final int BAR_STEPS = 128;
  private static final double PATH_WIDTH = 2;
  private static final double HALO = 4.5;
  private static final double MARK = 4;
  private static final double MATRIX_SIZE = 300;

  /** Copies the list. */
  public RasterChart {
    paths = List.copyOf(paths);
  }

  /**
   * A way over the plane, from its start, a ring, to its end, a dot.
   *
   * @param name in the legend
   * @param index decides the colour
   * @param points values on both axes
   */
  public record Path(String name, int index, List<Point> points) {

    /** Copies the list. */
    public Path {
      points = List.copyOf(points);
    }
  }

  /**
   * A matrix, its first row at the top, indices from 0.
   *
   * @param title its heading
   * @param raster its entries; not empty
   * @param xLabel what the columns are
   * @param yLabel what the rows are
   */
  public static RasterChart ofMatrix(String title, Raster raster, String xLabel, String yLabel) {
    int rows = raster.values().length;
    int columns = raster.values()[0].length;
    return new RasterChart(
        title,
        xLabel,
        yLabel,
        LinearScale.whole(0, columns),
        new ReversedScale(LinearScale.whole(0, rows)),
        raster,
        List.of(),
        MATRIX_SIZE,
        MATRIX_SIZE);
  }

  @Override
  public double width() {
    return LEFT + plotWidth + BAR_GAP + BAR + BAR_TEXT;
  }

  @Override
  public double height() {
    return Math.ceil(TOP + plotHeight + BOTTOM + legend().height());
  }

  @Override
  public void draw(Canvas canvas) {
    PlotArea.drawHeading(canvas, this);
    canvas.text(10, TOP - 14, yLabel, PlotArea.NOTE);
    PlotArea area = new PlotArea(LEFT, TOP, plotWidth, plotHeight, x, y);
    canvas.image(area.left(), area.top(), area.width(), area.height(), colors());
    area.clipped(canvas, () -> drawContours(canvas, area));
    area.clipped(canvas, () -> paths.forEach(path -> drawPath(canvas, area, path)));
    area.drawNumbers(canvas, xLabel);
    drawBar(canvas, area);
    legend().draw(canvas, LEFT, TOP + plotHeight + BOTTOM - 4);
  }

  /** From the top of the picture down. */
  private int[][] colors() {
    double[][] values = raster.values();
    int[][] colors = new int[values.length][];
    for (int row = 0; row < values.length; row++) {
      double[] from = values[y instanceof ReversedScale ? row : values.length - 1 - row];
      colors[row] = new int[from.length];
      for (int column = 0; column < from.length; column++) {
        double share = raster.color().position(from[column]);
        colors[row][column] = Double.isNaN(share) ? Palette.MISSING : Palette.shade(share);
      }
    }
    return colors;
  }

  private void drawContours(Canvas canvas, PlotArea area) {
    double[][] values = raster.values();
    for (double level : raster.contours()) {
      for (Contours.Segment segment : Contours.of(values, level)) {
        canvas.polyline(
            List.of(onGrid(area, segment.from(), values), onGrid(area, segment.to(), values)),
            Stroke.solid(Palette.GREY, 0.6));
      }
    }
  }

  /** Of a place between the middles of the cells, counted from the first one. */
  private Point onGrid(PlotArea area, Point cell, double[][] values) {
    double right = (cell.x() + 0.5) / values[0].length;
    double along = (cell.y() + 0.5) / values.length;
    return new Point(
        area.left() + area.width() * right,
        area.top() + area.height() * (y instanceof ReversedScale ? along : 1 - along));
  }

  private static void drawPath(Canvas canvas, PlotArea area, Path path) {
    if (path.points().isEmpty()) {
      return;
    }
    List<Point> points = path.points().stream().map(area::place).toList();
    int rgb = Palette.color(path.index());
    canvas.polyline(points, Stroke.solid(Palette.PAPER, HALO));
    canvas.polyline(points, Stroke.solid(rgb, PATH_WIDTH));
    Point start = points.get(0);
    Point end = points.get(points.size() - 1);
    List<Point> ring = new ArrayList<>(ScatterChart.ellipse(start, MARK, MARK));
    canvas.polygon(ring, Palette.PAPER, 1);
    ring.add(ring.get(0));
    canvas.polyline(ring, Stroke.solid(rgb, PATH_WIDTH));
    canvas.polygon(ScatterChart.ellipse(end, MARK + 2, MARK + 2), Palette.PAPER, 1);
    canvas.polygon(ScatterChart.ellipse(end, MARK + 1, MARK + 1), rgb, 1);
  }

  private void drawBar(Canvas canvas, PlotArea area) {
    double left = area.right() + BAR_GAP;
    int[][] bar = new int[BAR_STEPS][1];
    for (int i = 0; i < BAR_STEPS; i++) {
      bar[i][0] = Palette.shade(1 - (i + 0.5) / BAR_STEPS);
    }
    canvas.image(left, area.top(), BAR, area.height(), bar);
    for (Tick tick : raster.color().ticks()) {
      double share = raster.color().position(tick.value());
      double at = area.top() + area.height() * (1 - share);
      PlotArea.line(canvas, left + BAR, at, left + BAR + 4, at, Stroke.solid(Palette.GREY, 1));
      canvas.text(left + BAR + 7, at + 4.5, tick.label(), PlotArea.NOTE);
    }
    canvas.text(
        width() - 8,
        TOP - 14,
        raster.label(),
        new TextStyle(PlotArea.TEXT_SIZE, false, Palette.GREY, TextStyle.Anchor.END));
  }

  private Legend legend() {
    return new Legend(
        paths.stream()
            .map(
                path -> new Legend.Entry(path.name(), Stroke.solid(Palette.color(path.index()), 4)))
            .toList(),
        plotWidth + BAR_GAP + BAR + BAR_TEXT);
  }
}
