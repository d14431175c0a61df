package org.adafisher.bench.report.chart;

import java.util.Arrays;
import java.util.List;

/**
 * How many values lie in each of equally wide parts of an axis.
 *
 * @param title its heading
 * @param xLabel what a value is
 * @param x the axis; on a {@link LogScale} the parts are equally wide in the logarithm
 * @param counts of each part, from left to right; not empty
 * @param index decides the colour
 */
public record Histogram(String title, String xLabel, Scale x, List<Long> counts, int index)
    implements Chart {

  private static final double WIDTH = 380;
  private static final double LEFT = 66;
  private static final double RIGHT = 18;
  private static final double TOP = 42;
  private static final double PLOT_HEIGHT = 150;
  private static final double BOTTOM = 50;

  /** Copies the list. */
  public Histogram {
    counts = List.copyOf(counts);
  }

  /**
   * Counts values.
   *
   * @param title see above
   * @param xLabel see above
   * @param x see above; values beyond it are not counted
   * @param values what is counted
   * @param bins how many parts, at least 1
   * @param index see above
   */
  public static Histogram of(
      String title, String xLabel, Scale x, double[] values, int bins, int index) {
    Long[] counts = new Long[bins];
    Arrays.fill(counts, 0L);
    for (double value : values) {
      double position = x.position(value);
      if (position >= 0 && position <= 1) {
        counts[(int) Math.min(bins - 1, Math.floor(position * bins))]++;
      }
    }
    return new Histogram(title, xLabel, x, List.of(counts), index);
  }

  @Override
  public double width() {
    return WIDTH;
  }

  @Override
  public double height() {
    return TOP + PLOT_HEIGHT + BOTTOM;
  }

  @Override
  public void draw(Canvas canvas) {
    PlotArea.drawHeading(canvas, this);
    long most = counts.stream().mapToLong(Long::longValue).max().orElseThrow();
    PlotArea area =
        new PlotArea(LEFT, TOP, WIDTH - LEFT - RIGHT, PLOT_HEIGHT, x, LinearScale.whole(0, most));
    area.drawAxes(canvas, xLabel);
    double bar = area.width() / counts.size();
    for (int i = 0; i < counts.size(); i++) {
      double top = area.y(counts.get(i));
      if (counts.get(i) > 0) {
        canvas.rectangle(
            area.left() + i * bar,
            top,
            Math.max(bar - 0.5, 0.5),
            area.bottom() - top,
            Palette.color(index));
      }
    }
  }
}
