package org.adafisher.bench.report.chart;

import java.util.List;

/**
 * A scale from its end to its start: the rows of a matrix, which begin at the top.
 *
 * @param scale the scale that is turned around
 */
public record ReversedScale(Scale scale) implements Scale {

  @Override
  public double position(double value) {
    return 1 - scale.position(value);
  }

  @Override
  public List<Tick> ticks() {
    return scale.ticks();
  }
}
