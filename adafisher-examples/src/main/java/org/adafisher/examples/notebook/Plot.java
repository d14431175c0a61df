package org.adafisher.examples.notebook;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.adafisher.bench.report.chart.Chart;
import org.adafisher.bench.report.chart.LineChart;
import org.adafisher.bench.report.chart.LinearScale;
import org.adafisher.bench.report.chart.LogScale;
import org.adafisher.bench.report.chart.PngCanvas;
import org.adafisher.bench.report.chart.Scale;
import org.adafisher.bench.report.chart.Series;
import org.adafisher.bench.report.chart.Series.Sample;

/** Lines over steps, for a cell of a notebook. */
public final class Plot {

  /** A notebook shows a pixel as a pixel. */
  private static final double PIXELS_A_UNIT = 1.25;

  private final String title;
  private final String xLabel;
  private final boolean log;
  private final List<Series> lines;

  private Plot(String title, String xLabel, boolean log, List<Series> lines) {
    this.title = title;
    this.xLabel = xLabel;
    this.log = log;
    this.lines = List.copyOf(lines);
  }

  /**
   * A plot without lines as yet.
   *
   * @param title also says what goes up
   * @param xLabel what goes to the right
   */
  public static Plot of(String title, String xLabel) {
    return new Plot(title, xLabel, false, List.of());
  }

  /** The same with equal distances for equal ratios upwards; all values have to be above zero. */
  public Plot logScale() {
    return new Plot(title, xLabel, true, lines);
  }

  /** The same with another line, of one value for each of the steps 1, 2, 3 ... */
  public Plot line(String name, List<? extends Number> values) {
    List<Integer> steps = IntStream.rangeClosed(1, values.size()).boxed().toList();
    return line(name, steps, values);
  }

  /**
   * The same with another line.
   *
   * @param name stands at its end
   * @param x in rising order
   * @param y as many
   * @throws IllegalArgumentException if there are none, or not as many of one as of the other
   */
  public Plot line(String name, List<? extends Number> x, List<? extends Number> y) {
    if (x.isEmpty() || x.size() != y.size()) {
      throw new IllegalArgumentException(
          "The line %s needs as many values to the right as up, at least one, not %d and %d"
              .formatted(name, x.size(), y.size()));
    }
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      double value = y.get(i).doubleValue();
      samples.add(new Sample(x.get(i).doubleValue(), value, value, value));
    }
    List<Series> more = new ArrayList<>(lines);
    more.add(new Series(name, lines.size(), samples, false));
    return new Plot(title, xLabel, log, more);
  }

  /** As a chart, which the kernel of this project shows. */
  public Chart chart() {
    Scale up =
        log
            ? LogScale.around(up().min().orElse(1), up().max().orElse(1))
            : LinearScale.round(up().min().orElse(0), up().max().orElse(1));
    double left = right().min().orElse(0);
    return new LineChart(
        title, xLabel, LinearScale.exact(left, right().max().orElse(left)), up, lines);
  }

  /** As a picture, which every Java kernel shows. */
  public BufferedImage image() {
    return image(chart());
  }

  /** Any chart as a picture, which every Java kernel shows. */
  public static BufferedImage image(Chart chart) {
    return PngCanvas.image(chart, PIXELS_A_UNIT);
  }

  private DoubleStream up() {
    return lines.stream().flatMap(one -> one.samples().stream()).mapToDouble(Sample::mean);
  }

  private DoubleStream right() {
    return lines.stream().flatMap(one -> one.samples().stream()).mapToDouble(Sample::x);
  }
}
