package org.adafisher.bench.report.chart;

import java.util.List;

/** A surface to draw on: x to the right, y down, one unit a pixel of a plain screen. */
public interface Canvas {

  /** Fills a rectangle, given by its upper left corner. */
  void rectangle(double x, double y, double width, double height, int rgb);

  /** Draws a line through points. */
  void polyline(List<Point> points, Stroke stroke);

  /** Fills an area. */
  void polygon(List<Point> points, int rgb, double opacity);

  /**
   * Fills a rectangle with cells of equal size.
   *
   * @param rgb colours by row, from the top, and column; not empty
   */
  void image(double x, double y, double width, double height, int[][] rgb);

  /** Writes a line of text whose baseline is at y. */
  void text(double x, double y, String text, TextStyle style);

  /** Draws something and leaves out what is outside of a rectangle. */
  void clipped(double x, double y, double width, double height, Runnable content);

  /** Draws something that explains itself with a title where the medium allows to point at it. */
  void titled(String title, Runnable content);
}
