package org.adafisher.bench.report.chart;

import java.util.List;

/** Colours that people with colour-blindness can tell apart, too, and that print. */
public final class Palette {

  /** The page. */
  static final int PAPER = 0xFFFFFF;

  /** Text and axes. */
  static final int INK = 0x222222;

  /** Text of less weight. */
  static final int GREY = 0x5F5F5F;

  /** Grid lines. */
  static final int GRID = 0xE3E3E3;

  /** Where something is missing. */
  static final int MISSING = 0xF0F0F0;

  /** Where something went wrong. */
  static final int WRONG = 0xB03A00;

  /** Okabe and Ito's, without the yellow, which is too light for a line on white. */
  private static final List<Integer> SERIES =
      List.of(0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x4D4D4D);

  /** Lines that lie on top of each other stay visible if they differ in pattern. */
  private static final List<List<Double>> DASHES =
      List.of(List.of(), List.of(8.0, 4.0), List.of(2.0, 3.0), List.of(10.0, 3.0, 2.0, 3.0));

  /** ColorBrewer's PuBu from light to dark: stays in order in greys. */
  private static final List<Integer> RAMP =
      List.of(0xF1EEF6, 0xD0D1E6, 0xA6BDDB, 0x74A9CF, 0x3690C0, 0x0570B0, 0x034E7B);

  private static final int DARK_FROM = 4;

  private static final int BITS = 8;
  private static final int CHANNEL = 0xFF;

  private Palette() {}

  /** The colour of a series. */
  static int color(int series) {
    return SERIES.get(series % SERIES.size());
  }

  /** The line of a series. */
  static Stroke stroke(int series, double width) {
    return new Stroke(color(series), width, DASHES.get(series % DASHES.size()));
  }

  /** The step of the ramp for a share of its range. */
  static int ramp(double share) {
    return RAMP.get(rampIndex(share));
  }

  /** The colour for a share of the ramp's range, between two steps a mixture of them. */
  static int shade(double share) {
    double place = Math.max(0, Math.min(1, share)) * (RAMP.size() - 1);
    int step = Math.min(RAMP.size() - 2, (int) place);
    double rest = place - step;
    int from = RAMP.get(step);
    int to = RAMP.get(step + 1);
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= BITS) {
      double mixed = (from >> shift & CHANNEL) * (1 - rest) + (to >> shift & CHANNEL) * rest;
      rgb |= (int) Math.round(mixed) << shift;
    }
    return rgb;
  }

  /** What is legible on that step of the ramp. */
  static int onRamp(double share) {
    return rampIndex(share) >= DARK_FROM ? PAPER : INK;
  }

  static int rampSize() {
    return RAMP.size();
  }

  private static int rampIndex(double share) {
    return (int) Math.max(0, Math.min(RAMP.size() - 1, Math.floor(share * RAMP.size())));
  }
}
