package org.adafisher.bench.report.chart;

/** A picture that can be drawn on any canvas. */
public interface Chart {

  /** What it shows, for those who do not see it. */
  String title();

  /** How wide it is. */
  double width();

  /** How high it is. */
  double height();

  /** Draws it, background included, with its upper left corner at 0, 0. */
  void draw(Canvas canvas);
}
