package org.adafisher.bench.report.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.adafisher.bench.report.Xml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CanvasTest {

  private static final int BLUE = 0x0072B2;
  private static final int VERMILION = 0xD55E00;

  private static final String AWKWARD = "<b> & \"\u00E9\" \u0000";

  static Stream<Chart> charts() {
    return Stream.of(
        lines(),
        new LineChart(
            "empty", "x", LinearScale.whole(1, 1), LogScale.around(1, 1), List.of(series(0))),
        new BarChart(
            AWKWARD,
            List.of(
                new Bar(AWKWARD, 0, 3, 2, 4, "3"),
                new Bar("b", 1, Double.NaN, Double.NaN, Double.NaN, "never"))),
        new BarChart("zero", List.of(new Bar("b", 0, 0, 0, 0, "0"))),
        new HeatMap(
            AWKWARD,
            "x",
            List.of("1", "2"),
            "y",
            List.of("3"),
            List.of(
                List.of(
                    new HeatMap.Cell(90, "90", AWKWARD, false),
                    new HeatMap.Cell(Double.NaN, "diverged", "", true))),
            90,
            90),
        scatter(),
        raster(),
        Histogram.of(
            AWKWARD, "x", LogScale.around(1, 100), new double[] {1, 10, 10, 1000, -1}, 4, 0),
        new ChartGrid(AWKWARD, 2, List.of(lines(), raster(), scatter())));
  }

  private static Chart scatter() {
    return ScatterChart.ofPlane(
        AWKWARD,
        "x",
        "y",
        LinearScale.exact(-1e-9, 1e-9),
        1e-9,
        List.of(
            new ScatterChart.Group(AWKWARD, 0, List.of(new Dot(0, 0, 5e-10), Dot.at(0, 0))),
            new ScatterChart.Group("none", 1, List.of())));
  }

  private static Chart raster() {
    return new RasterChart(
        AWKWARD,
        "x",
        "y",
        LinearScale.exact(0, 2),
        LinearScale.exact(0, 2),
        new Raster(
            new double[][] {{0, 1}, {Double.NaN, 2}}, LinearScale.exact(0, 2), "z", List.of(1.5)),
        List.of(
            new RasterChart.Path(AWKWARD, 1, List.of(new Point(0.5, 0.5), new Point(1.5, 0.5))),
            new RasterChart.Path("nowhere", 2, List.of())),
        100,
        100);
  }

  private static Series series(int index, Series.Sample... samples) {
    return new Series(AWKWARD, index, List.of(samples), index == 1);
  }

  private static Chart lines() {
    return new LineChart(
        AWKWARD,
        "epoch",
        LinearScale.whole(1, 3),
        LinearScale.round(0, 3),
        List.of(
            series(0, sample(1, 3), sample(2, 2), sample(3, 1)),
            series(1, sample(1, 2), sample(2, 2.5))));
  }

  private static Series.Sample sample(double x, double y) {
    return new Series.Sample(x, y, y - 0.2, y + 0.2);
  }

  @ParameterizedTest
  @MethodSource("charts")
  void svgIsWellFormedAndAsLargeAsTheChart(Chart chart) throws Exception {
    String svg = SvgCanvas.file(chart);

    assertThat(Xml.parse(svg).getDocumentElement().getAttribute("viewBox"))
        .isEqualTo("0 0 " + (long) chart.width() + " " + (long) chart.height());
    assertThat(svg).doesNotContain("NaN", "Infinity");
  }

  @ParameterizedTest
  @MethodSource("charts")
  void pngIsAnImageThatIsNotBlank(Chart chart) throws Exception {
    BufferedImage image = read(chart);

    assertThat(image.getWidth()).isEqualTo((int) Math.ceil(2 * chart.width()));
    assertThat(pixels(image, 0xFFFFFF)).isLessThan(image.getWidth() * image.getHeight() - 100);
  }

  @Test
  void everyLineIsDrawnInItsColourAlsoOneThatBroke() throws Exception {
    BufferedImage image = read(lines());

    assertThat(pixels(image, BLUE)).isGreaterThan(500);
    assertThat(pixels(image, VERMILION)).isGreaterThan(200);
  }

  @Test
  void everyPictureIsTheSameTwice() {
    assertThat(SvgCanvas.file(lines())).isEqualTo(SvgCanvas.file(lines()));
    assertThat(PngCanvas.file(lines())).isEqualTo(PngCanvas.file(lines()));
  }

  private static BufferedImage read(Chart chart) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(PngCanvas.file(chart)));
  }

  private static int pixels(BufferedImage image, int color) {
    int count = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        count += (image.getRGB(x, y) & 0xFFFFFF) == color ? 1 : 0;
      }
    }
    return count;
  }
}
