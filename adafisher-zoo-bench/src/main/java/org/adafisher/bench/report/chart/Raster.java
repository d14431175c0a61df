package org.adafisher.bench.report.chart;

import java.util.List;

/**
 * Values on a grid, as colours.
 *
 * @param values by row and column, both in the direction of the axis; NaN where there is none
 * @param color the value of the lightest colour at its start, of the darkest at its end
 * @param label what a value is
 * @param contours values at which lines are drawn; may be empty
 */
public record Raster(double[][] values, Scale color, String label, List<Double> contours) {

  /** Copies the list, and keeps the array. */
  public Raster {
    contours = List.copyOf(contours);
  }
}
