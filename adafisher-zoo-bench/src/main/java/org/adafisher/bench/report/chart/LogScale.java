package org.adafisher.bench.report.chart;

import java.util.ArrayList;
import java.util.List;
import org.adafisher.bench.report.text.Numbers;

/**
 * Equal distances for equal ratios.
 *
 * @param low the value at the start, above zero
 * @param high the value at the end
 */
public record LogScale(double low, double high) implements Scale {

  private static final double MARGIN = 1.08;
  private static final double FEW_DECADES = 3.2;
  private static final int MOST_TICKS = 8;
  private static final int FEWEST_TICKS = 3;
  private static final int LABEL_DIGITS = 3;

  /** A little further than from one value to another. */
  public static LogScale around(double low, double high) {
    return new LogScale(low / MARGIN, high * MARGIN);
  }

  @Override
  public double position(double value) {
    return Math.log(value / low) / Math.log(high / low);
  }

  @Override
  public List<Tick> ticks() {
    double decades = Math.log10(high / low);
    List<Tick> ticks =
        decades <= FEW_DECADES
            ? ticks(List.of(1, 2, 5), 1)
            : ticks(List.of(1), (int) Math.ceil(decades / MOST_TICKS));
    return ticks.size() >= FEWEST_TICKS ? ticks : LinearScale.exact(low, high).ticks();
  }

  private List<Tick> ticks(List<Integer> mantissas, int everyDecades) {
    List<Tick> ticks = new ArrayList<>();
    int last = (int) Math.ceil(Math.log10(high));
    for (int exponent = (int) Math.floor(Math.log10(low)); exponent <= last; exponent++) {
      if (Math.floorMod(exponent, everyDecades) != 0) {
        continue;
      }
      for (int mantissa : mantissas) {
        double value = mantissa * Math.pow(10, exponent);
        if (value >= low && value <= high) {
          ticks.add(new Tick(value, Numbers.compact(value, LABEL_DIGITS)));
        }
      }
    }
    return ticks;
  }
}
