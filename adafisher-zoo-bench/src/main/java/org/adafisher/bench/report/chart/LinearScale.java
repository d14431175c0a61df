package org.adafisher.bench.report.chart;

import java.util.ArrayList;
import java.util.List;
import org.adafisher.bench.report.text.Numbers;

/**
 * Equal distances for equal differences.
 *
 * @param low the value at the start
 * @param high the value at the end
 * @param step from tick to tick
 */
public record LinearScale(double low, double high, double step) implements Scale {

  private static final int TICKS = 5;
  private static final double[] ROUND = {1, 2, 2.5, 5, 10};
  private static final double TOLERANCE = 1e-9;

  /** Longer numbers would not fit beside an axis. */
  private static final int MOST_DECIMALS = 5;

  private static final int LABEL_DIGITS = 3;

  /** From one value to another and no further. */
  public static LinearScale exact(double low, double high) {
    double end = high > low ? high : low + Math.max(1, Math.abs(low));
    return new LinearScale(low, end, roundStep(end - low, 0));
  }

  /** For counts: ticks at whole numbers only. */
  public static LinearScale whole(double low, double high) {
    double end = Math.max(high, low + 1);
    return new LinearScale(low, end, roundStep(end - low, 1));
  }

  /** From the round value below one to the round value above the other. */
  public static LinearScale round(double low, double high) {
    LinearScale exact = exact(low, high);
    double step = exact.step;
    return new LinearScale(
        step * Math.floor(low / step + TOLERANCE),
        step * Math.ceil(exact.high / step - TOLERANCE),
        step);
  }

  @Override
  public double position(double value) {
    return (value - low) / (high - low);
  }

  @Override
  public List<Tick> ticks() {
    List<Tick> ticks = new ArrayList<>();
    int decimals = decimals(step);
    for (long i = (long) Math.ceil(low / step - TOLERANCE);
        i * step <= high + step * TOLERANCE;
        i++) {
      ticks.add(
          new Tick(
              i * step,
              decimals > MOST_DECIMALS
                  ? Numbers.compact(i * step, LABEL_DIGITS)
                  : Numbers.fixed(i * step, decimals)));
    }
    return ticks;
  }

  private static double roundStep(double range, double least) {
    double raw = Math.max(least, range / TICKS);
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    for (double factor : ROUND) {
      double step = factor * power;
      if (step >= raw * (1 - TOLERANCE) && (least == 0 || step == Math.rint(step))) {
        return step;
      }
    }
    return 10 * power;
  }

  private static int decimals(double step) {
    int decimals = 0;
    double shifted = step;
    while (Math.abs(shifted - Math.rint(shifted)) > TOLERANCE * shifted && decimals < 12) {
      shifted *= 10;
      decimals++;
    }
    return decimals;
  }
}
