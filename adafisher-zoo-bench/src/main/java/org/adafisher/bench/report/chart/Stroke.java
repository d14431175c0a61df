package org.adafisher.bench.report.chart;

import java.util.List;

/**
 * How a line is drawn.
 *
 * @param rgb its colour
 * @param width its width
 * @param dashes lengths of dashes and gaps in turn; empty for an unbroken line
 */
public record Stroke(int rgb, double width, List<Double> dashes) {

  /** Copies the list. */
  public Stroke {
    dashes = List.copyOf(dashes);
  }

  /** An unbroken line. */
  public static Stroke solid(int rgb, double width) {
    return new Stroke(rgb, width, List.of());
  }
}
