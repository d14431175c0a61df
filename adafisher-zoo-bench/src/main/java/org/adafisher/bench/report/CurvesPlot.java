package org.adafisher.bench.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import org.adafisher.bench.run.EpochResult;
import org.adafisher.bench.run.RunResult;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The learning curves as a picture: a row for each model, training loss (logarithmic) to the left,
 * test accuracy to the right; lines are means over the seeds, bands reach from the lowest to the
 * highest seed.
 */
public final class CurvesPlot {

  private static final int WIDTH = 700;
  private static final int HEIGHT = 430;
  private static final int HEADER = 64;
  private static final int MARGIN = 20;

  /** Two pixels a unit: sharp on today's screens and in print. */
  private static final int SCALE = 2;

  private static final int BAND_OPACITY = 40;

  /** Okabe and Ito's colours, which people with colour-blindness can tell apart as well. */
  private static final List<Color> COLORS =
      List.of(
          new Color(0x0072B2),
          new Color(0xE69F00),
          new Color(0xD55E00),
          new Color(0x009E73),
          new Color(0xCC79A7),
          new Color(0x56B4E9));

  /** Lines that lie on top of each other stay visible if they differ in pattern. */
  private static final List<float[]> DASHES =
      List.of(new float[] {1, 0}, new float[] {7, 5}, new float[] {1, 0}, new float[] {2, 4});

  private static final Color INK = new Color(0x333333);
  private static final Color GRID = new Color(0xE4E4E4);

  private CurvesPlot() {}

  /**
   * The picture as PNG.
   *
   * @param title its heading
   * @param subtitle a line below that
   * @param runs complete: every optimizer has a run for every model and seed
   * @throws IOException never in practice: it writes to memory
   */
  public static byte[] png(String title, String subtitle, List<RunResult> runs) throws IOException {
    Map<String, List<RunResult>> models = Summary.byModel(runs);
    BufferedImage image =
        new BufferedImage(
            SCALE * 2 * WIDTH,
            SCALE * (HEADER + models.size() * HEIGHT),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = image.createGraphics();
    canvas.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    canvas.scale(SCALE, SCALE);
    canvas.setColor(Color.WHITE);
    canvas.fillRect(0, 0, image.getWidth(), image.getHeight());
    canvas.setColor(INK);
    canvas.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 20));
    canvas.drawString(title, MARGIN, 30);
    canvas.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    canvas.drawString(subtitle, MARGIN, 52);
    canvas.translate(0, HEADER);
    for (Map.Entry<String, List<RunResult>> model : models.entrySet()) {
      lossChart(model.getKey(), model.getValue()).paint(canvas, WIDTH, HEIGHT);
      canvas.translate(WIDTH, 0);
      accuracyChart(model.getKey(), model.getValue()).paint(canvas, WIDTH, HEIGHT);
      canvas.translate(-WIDTH, HEIGHT);
    }
    canvas.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  private static XYChart lossChart(String model, List<RunResult> runs) {
    XYChart chart = chart(model + ": training loss", "loss (log scale)");
    chart.getStyler().setYAxisLogarithmic(true);
    addCurves(chart, runs, EpochResult::trainLoss);
    return chart;
  }

  private static XYChart accuracyChart(String model, List<RunResult> runs) {
    XYChart chart = chart(model + ": test accuracy", "correct, %");
    ToDoubleFunction<EpochResult> percent = epoch -> 100 * epoch.testAccuracy();
    addCurves(chart, runs, percent);
    chart.getStyler().setYAxisMin(accuracyFloor(runs, percent)).setYAxisMax(100.0);
    return chart;
  }

  /**
   * Cuts the steep start off, which would leave a line's width for all the differences later on.
   */
  private static double accuracyFloor(List<RunResult> runs, ToDoubleFunction<EpochResult> percent) {
    double worstLater =
        runs.stream()
            .flatMap(run -> run.epochs().stream().skip(run.epochs().size() / 2))
            .mapToDouble(percent)
            .filter(Double::isFinite)
            .min()
            .orElse(0);
    return Math.max(0, 100 - 3 * (100 - worstLater));
  }

  private static XYChart chart(String title, String yAxis) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("epoch")
            .yAxisTitle(yAxis)
            .build();
    XYStyler style = chart.getStyler();
    style.setChartBackgroundColor(Color.WHITE);
    style.setPlotBackgroundColor(Color.WHITE);
    style.setPlotBorderVisible(false);
    style.setPlotGridLinesColor(GRID);
    style.setChartFontColor(INK);
    style.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    style.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    style.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    style.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    style.setLegendPosition(Styler.LegendPosition.OutsideS);
    style.setLegendLayout(Styler.LegendLayout.Horizontal);
    style.setLegendBorderColor(Color.WHITE);
    style.setLegendSeriesLineLength(30);
    return chart;
  }

  private static void addCurves(
      XYChart chart, List<RunResult> runs, ToDoubleFunction<EpochResult> measure) {
    List<Map.Entry<String, List<RunResult>>> arms =
        List.copyOf(Summary.byOptimizer(runs).entrySet());
    for (int i = 0; i < arms.size(); i++) { // bands first: no band hides a line
      addBand(chart, arms.get(i).getKey(), Curve.of(arms.get(i).getValue(), measure), color(i));
    }
    for (int i = 0; i < arms.size(); i++) {
      List<Spread> points = finite(Curve.of(arms.get(i).getValue(), measure));
      if (points.isEmpty()) {
        continue;
      }
      double[] means = points.stream().mapToDouble(Spread::mean).toArray();
      XYSeries line = chart.addSeries(arms.get(i).getKey(), epochs(points.size()), means);
      line.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
      line.setMarker(SeriesMarkers.NONE);
      line.setLineColor(color(i));
      line.setLineStyle(stroke(i));
    }
  }

  private static void addBand(XYChart chart, String name, Curve curve, Color color) {
    List<Spread> points = finite(curve);
    int n = points.size();
    if (n == 0) {
      return;
    }
    double[] x = new double[2 * n];
    double[] y = new double[2 * n];
    for (int i = 0; i < n; i++) { // along the upper edge and back along the lower one
      x[i] = i + 1;
      y[i] = points.get(i).high();
      x[2 * n - 1 - i] = i + 1;
      y[2 * n - 1 - i] = points.get(i).low();
    }
    XYSeries band = chart.addSeries(name + " (band)", x, y);
    band.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
    band.setShowInLegend(false);
    band.setMarker(SeriesMarkers.NONE);
    band.setFillColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), BAND_OPACITY));
    band.setLineColor(new Color(0, 0, 0, 0));
  }

  /** The curve up to where a seed diverged. */
  private static List<Spread> finite(Curve curve) {
    List<Spread> points = new ArrayList<>();
    for (Spread point : curve.points()) {
      if (!Double.isFinite(point.mean())) {
        break;
      }
      points.add(point);
    }
    return points;
  }

  private static double[] epochs(int count) {
    double[] x = new double[count];
    for (int i = 0; i < count; i++) {
      x[i] = i + 1;
    }
    return x;
  }

  private static Color color(int arm) {
    return COLORS.get(arm % COLORS.size());
  }

  private static BasicStroke stroke(int arm) {
    return new BasicStroke(
        2.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 1, DASHES.get(arm % DASHES.size()), 0);
  }
}
