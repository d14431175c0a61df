package org.adafisher.bench.report.chart;

import java.util.List;

/** From values to places on an axis. */
public sealed interface Scale permits LinearScale, LogScale, ReversedScale {

  /** Where a value is: 0 at the start of the axis, 1 at its end, outside of that beyond them. */
  double position(double value);

  /** Round values on the axis, in rising order. */
  List<Tick> ticks();
}
