package org.adafisher.bench.report.chart;

import java.util.List;

/**
 * A part of another canvas.
 *
 * @param canvas the other one
 * @param dx how far to the right
 * @param dy how far down
 */
record OffsetCanvas(Canvas canvas, double dx, double dy) implements Canvas {

  @Override
  public void rectangle(double x, double y, double width, double height, int rgb) {
    canvas.rectangle(x + dx, y + dy, width, height, rgb);
  }

  @Override
  public void polyline(List<Point> points, Stroke stroke) {
    canvas.polyline(moved(points), stroke);
  }

  @Override
  public void polygon(List<Point> points, int rgb, double opacity) {
    canvas.polygon(moved(points), rgb, opacity);
  }

  @Override
  public void image(double x, double y, double width, double height, int[][] rgb) {
    canvas.image(x + dx, y + dy, width, height, rgb);
  }

  @Override
  public void text(double x, double y, String text, TextStyle style) {
    canvas.text(x + dx, y + dy, text, style);
  }

  @Override
  public void clipped(double x, double y, double width, double height, Runnable content) {
    canvas.clipped(x + dx, y + dy, width, height, content);
  }

  @Override
  public void titled(String title, Runnable content) {
    canvas.titled(title, content);
  }

  private List<Point> moved(List<Point> points) {
    return points.stream().map(point -> new Point(point.x() + dx, point.y() + dy)).toList();
  }
}
