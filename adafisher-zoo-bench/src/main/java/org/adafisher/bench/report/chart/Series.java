package org.adafisher.bench.report.chart;

import java.util.List;

/**
 * A line with a band around it.
 *
 * @param name what it is called
 * @param index decides its colour and pattern
 * @param samples from left to right
 * @param broken whether it ended before its time
 */
public record Series(String name, int index, List<Sample> samples, boolean broken) {

  /** Copies the list. */
  public Series {
    samples = List.copyOf(samples);
  }

  /**
   * A place on the line.
   *
   * @param x to the right
   * @param mean where the line is
   * @param low where the band begins
   * @param high where the band ends
   */
  public record Sample(double x, double mean, double low, double high) {}
}
