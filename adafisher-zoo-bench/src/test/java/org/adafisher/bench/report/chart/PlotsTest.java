package org.adafisher.bench.report.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Where the plots put things. */
class PlotsTest {

  private static final int LIGHTEST = 0xF1EEF6;
  private static final int DARKEST = 0x034E7B;

  @Test
  void contourOfAPlaneIsAStraightLine() {
    double[][] plane = new double[4][5];
    for (int row = 0; row < 4; row++) {
      for (int column = 0; column < 5; column++) {
        plane[row][column] = column + 2 * row;
      }
    }
    List<Contours.Segment> segments = Contours.of(plane, 3.5);
    assertThat(segments).isNotEmpty();
    for (Contours.Segment segment : segments) {
      for (Point end : List.of(segment.from(), segment.to())) {
        assertThat(end.x() + 2 * end.y()).isCloseTo(3.5, within(1e-12));
      }
    }
    // One piece in every square that the line enters.
    assertThat(segments).hasSize(5);
    assertThat(Contours.of(plane, 100)).isEmpty();
    plane[1][1] = Double.NaN;
    assertThat(Contours.of(plane, 3.5)).hasSizeLessThan(5);
  }

  @Test
  void shadesMixTheRamp() {
    assertThat(Palette.shade(-1)).isEqualTo(Palette.shade(0)).isEqualTo(LIGHTEST);
    assertThat(Palette.shade(2)).isEqualTo(Palette.shade(1)).isEqualTo(DARKEST);
    assertThat(Palette.shade(0.5)).isEqualTo(0x74A9CF); // a step of the ramp
    assertThat(Palette.shade(0.5 / 6)).isEqualTo(0xE1E0EE); // between the first two
  }

  @Test
  void rowsOfAMatrixBeginAtTheTopAndThoseOfAPlaneBelow() throws Exception {
    double[][] values = {{0, 0}, {0, 1}};
    Raster raster = new Raster(values, LinearScale.exact(0, 1), "", List.of());
    RasterChart matrix = RasterChart.ofMatrix("m", raster, "column", "row");
    BufferedImage image = read(matrix);
    // The middle of the last cell, at two pixels a unit.
    assertThat(rgb(image, 66 + 225, 58 + 225)).isEqualTo(DARKEST);
    assertThat(rgb(image, 66 + 225, 58 + 75)).isEqualTo(LIGHTEST);

    RasterChart plane =
        new RasterChart(
            "p",
            "x",
            "y",
            LinearScale.exact(0, 2),
            LinearScale.exact(0, 2),
            raster,
            List.of(),
            300,
            300);
    image = read(plane);
    assertThat(rgb(image, 66 + 225, 58 + 75)).isEqualTo(DARKEST);
    assertThat(rgb(image, 66 + 225, 58 + 225)).isEqualTo(LIGHTEST);
  }

  /** A name without a line says why. */
  @Test
  void linesThatAreNotSeenAreSaidToBe() {
    LineChart chart =
        new LineChart(
            "losses",
            "epoch",
            LinearScale.exact(1, 2),
            LogScale.around(0.1, 1),
            List.of(
                line("seen", 0.5, 20),
                line("high", 20, 30),
                line("a name that is much longer than a label may be", 20, 30),
                line("low", 0.01, 0.02),
                line("missing"),
                new Series("dead", 5, List.of(), true)));

    assertThat(SvgCanvas.inline(chart).toString())
        .contains(">seen<", ">high (above)<", "\u2026 (above)<", ">low (below)<")
        .contains(">missing (no values)<", ">dead<");
  }

  private static Series line(String name, double... values) {
    List<Series.Sample> samples = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      samples.add(new Series.Sample(i + 1, values[i], values[i], values[i]));
    }
    return new Series(name, 0, samples, false);
  }

  @Test
  void histogramCountsWhatIsOnItsAxis() {
    double[] values = {0, 0.5, 1, 2.5, 4, 4.1, -0.1, Double.NaN};
    Histogram histogram = Histogram.of("h", "x", LinearScale.exact(0, 4), values, 4, 0);
    assertThat(histogram.counts()).containsExactly(2L, 1L, 1L, 1L);
  }

  @Test
  void aGridNeedsCharts() {
    assertThatThrownBy(() -> new ChartGrid("g", 1, List.of()))
        .hasMessageContaining("at least one column and one chart");
  }

  @Test
  void tinyNumbersAreShort() {
    assertThat(LinearScale.exact(0, 4e-7).ticks())
        .extracting(Tick::label)
        .containsExactly("0", "1e-7", "2e-7", "3e-7", "4e-7");
  }

  private static BufferedImage read(Chart chart) throws Exception {
    return ImageIO.read(new ByteArrayInputStream(PngCanvas.file(chart)));
  }

  private static int rgb(BufferedImage image, int x, int y) {
    return image.getRGB(2 * x, 2 * y) & 0xFFFFFF;
  }
}
