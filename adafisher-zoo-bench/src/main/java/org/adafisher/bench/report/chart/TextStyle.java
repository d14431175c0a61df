package org.adafisher.bench.report.chart;

/**
 * How text is written.
 *
 * @param size height of the font
 * @param bold whether bold
 * @param rgb its colour
 * @param anchor where the given place is in the text
 */
public record TextStyle(double size, boolean bold, int rgb, Anchor anchor) {

  /** What of a text is at the place that is given for it. */
  public enum Anchor {
    /** Its left end. */
    START,
    /** Its middle. */
    MIDDLE,
    /** Its right end. */
    END
  }
}
