package org.adafisher.bench.report.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Dots and disks in a plane, and lines across it.
 *
 * @param title its heading
 * @param xLabel what the horizontal axis is
 * @param yLabel what the vertical axis is; may be empty
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param groups what is drawn, later ones upon earlier ones
 * @param lines levels with names
 * @param plotWidth of the drawing area
 * @param plotHeight of the drawing area
 */
public record ScatterChart(
    String title,
    String xLabel,
    String yLabel,
    Scale x,
    Scale y,
    List<Group> groups,
    List<Level> lines,
    double plotWidth,
    double plotHeight)
    implements Chart {

  private static final double LEFT = 66;
  private static final double TOP = 58;
  private static final double BOTTOM = 52;
  private static final double RIGHT = 24;
  private static final double DOT = 2.6;
  private static final double DISK_OPACITY = 0.07;
  private static final int CORNERS = 64;
  private static final double PLANE_WIDTH = 460;
  private static final double LEAST_HEIGHT = 90;
  private static final double USUAL_WIDTH = 520;
  private static final double USUAL_HEIGHT = 280;

  /** Copies the lists. */
  public ScatterChart {
    groups = List.copyOf(groups);
    lines = List.copyOf(lines);
  }

  /**
   * Of the usual size.
   *
   * @param title see above
   * @param xLabel see above
   * @param yLabel see above
   * @param x see above
   * @param y see above
   * @param groups see above
   * @param lines see above
   */
  public ScatterChart(
      String title,
      String xLabel,
      String yLabel,
      Scale x,
      Scale y,
      List<Group> groups,
      List<Level> lines) {
    this(title, xLabel, yLabel, x, y, groups, lines, USUAL_WIDTH, USUAL_HEIGHT);
  }

  /**
   * Dots and disks of one kind.
   *
   * @param name in the legend
   * @param index decides the colour
   * @param dots what is drawn
   */
  public record Group(String name, int index, List<Dot> dots) {

    /** Copies the list. */
    public Group {
      dots = List.copyOf(dots);
    }
  }

  /**
   * A level line.
   *
   * @param name in the legend
   * @param index decides the colour; it is dashed
   * @param value on the vertical axis
   */
  public record Level(String name, int index, double value) {}

  /**
   * With one unit as long upwards as to the right, so that disks are round.
   *
   * @param title see above
   * @param xLabel see above
   * @param yLabel see above
   * @param x the horizontal axis
   * @param reach how far up and down from 0
   * @param groups see above
   */
  public static ScatterChart ofPlane(
      String title, String xLabel, String yLabel, LinearScale x, double reach, List<Group> groups) {
    double unit = PLANE_WIDTH / (x.high() - x.low());
    double height = Math.max(LEAST_HEIGHT, 2 * reach * unit);
    double shown = height / unit / 2;
    return new ScatterChart(
        title,
        xLabel,
        yLabel,
        x,
        LinearScale.exact(-shown, shown),
        groups,
        List.of(),
        PLANE_WIDTH,
        height);
  }

  @Override
  public double width() {
    return LEFT + plotWidth + RIGHT;
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
    area.drawAxes(canvas, xLabel);
    area.clipped(
        canvas,
        () -> {
          groups.forEach(group -> drawGroup(canvas, area, group));
          for (Level line : lines) {
            double at = area.y(line.value());
            PlotArea.line(canvas, area.left(), at, area.right(), at, dashed(line.index()));
          }
        });
    legend().draw(canvas, LEFT, TOP + plotHeight + BOTTOM - 4);
  }

  private static void drawGroup(Canvas canvas, PlotArea area, Group group) {
    int rgb = Palette.color(group.index());
    for (Dot dot : group.dots()) {
      boolean disk = dot.radius() > 0;
      Point centre = area.place(new Point(dot.x(), dot.y()));
      double width = disk ? area.x(dot.x() + dot.radius()) - centre.x() : DOT;
      double height = disk ? centre.y() - area.y(dot.y() + dot.radius()) : DOT;
      List<Point> outline = ellipse(centre, width, height);
      canvas.polygon(outline, rgb, disk ? DISK_OPACITY : 1);
      if (disk) {
        List<Point> closed = new ArrayList<>(outline);
        closed.add(outline.get(0));
        canvas.polyline(closed, Stroke.solid(rgb, 0.5));
      }
    }
  }

  static List<Point> ellipse(Point centre, double width, double height) {
    return IntStream.range(0, CORNERS)
        .mapToDouble(i -> 2 * Math.PI * i / CORNERS)
        .mapToObj(
            angle ->
                new Point(
                    centre.x() + width * Math.cos(angle), centre.y() + height * Math.sin(angle)))
        .toList();
  }

  private Legend legend() {
    List<Legend.Entry> entries = new ArrayList<>();
    groups.forEach(
        group ->
            entries.add(
                new Legend.Entry(group.name(), Stroke.solid(Palette.color(group.index()), 4))));
    lines.forEach(line -> entries.add(new Legend.Entry(line.name(), dashed(line.index()))));
    return new Legend(entries, plotWidth);
  }

  private static Stroke dashed(int index) {
    return new Stroke(Palette.color(index), 1.6, List.of(6.0, 3.0));
  }
}
