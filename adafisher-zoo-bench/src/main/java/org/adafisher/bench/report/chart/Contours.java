package org.adafisher.bench.report.chart;

import java.util.ArrayList;
import java.util.List;

/** Where values on a grid cross a level: marching squares with linear interpolation. */
final class Contours {

  private Contours() {}

  /**
   * A piece of a line; x counts columns and y rows, from the middle of the first cell.
   *
   * @param from one end
   * @param to the other end
   */
  record Segment(Point from, Point to) {}

  /**
   * @param values by row and column; squares with a value that is not finite are left out
   * @param level of the line
   */
  static List<Segment> of(double[][] values, double level) {
    List<Segment> segments = new ArrayList<>();
    for (int row = 0; row + 1 < values.length; row++) {
      for (int column = 0; column + 1 < values[row].length; column++) {
        addSquare(segments, values, row, column, level);
      }
    }
    return segments;
  }

  private static void addSquare(
      List<Segment> segments, double[][] values, int row, int column, double level) {
    // Round the square: a crossing on each side whose ends are on different sides of the level.
    int[][] corners = {{0, 0}, {0, 1}, {1, 1}, {1, 0}};
    List<Point> crossings = new ArrayList<>();
    for (int i = 0; i < corners.length; i++) {
      int[] a = corners[i];
      int[] b = corners[(i + 1) % corners.length];
      double from = values[row + a[0]][column + a[1]] - level;
      double to = values[row + b[0]][column + b[1]] - level;
      if (!Double.isFinite(from) || !Double.isFinite(to)) {
        return;
      }
      if (from < 0 != to < 0) {
        double share = from / (from - to);
        crossings.add(
            new Point(column + a[1] + share * (b[1] - a[1]), row + a[0] + share * (b[0] - a[0])));
      }
    }
    for (int i = 0; i + 1 < crossings.size(); i += 2) {
      segments.add(new Segment(crossings.get(i), crossings.get(i + 1)));
    }
  }
}
