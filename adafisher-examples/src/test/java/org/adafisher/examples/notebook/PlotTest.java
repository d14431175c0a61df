package org.adafisher.examples.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.image.BufferedImage;
import java.util.List;
import org.adafisher.bench.report.chart.LineChart;
import org.adafisher.bench.report.chart.Series.Sample;
import org.junit.jupiter.api.Test;

class PlotTest {

  @Test
  void linesAreDrawnInTheirOrderOverAllThatTheyCover() {
    Plot empty = Plot.of("loss", "step");
    Plot plot = empty.line("Adam", List.of(3, 2.5)).line("SGD", List.of(2, 8), List.of(4.0f, 1.0f));

    LineChart chart = (LineChart) plot.chart();
    assertThat(chart.series()).extracting(one -> one.name()).containsExactly("Adam", "SGD");
    assertThat(chart.series()).extracting(one -> one.index()).containsExactly(0, 1);
    assertThat(chart.series().get(0).samples())
        .containsExactly(new Sample(1, 3, 3, 3), new Sample(2, 2.5, 2.5, 2.5));
    assertThat(chart.x().position(1)).isZero();
    assertThat(chart.x().position(8)).isEqualTo(1);
    assertThat(chart.y().position(1)).isBetween(0.0, 0.5);
    assertThat(((LineChart) empty.chart()).series()).isEmpty(); // plots do not change
  }

  @Test
  void aLogScaleHasEqualDistancesForEqualRatios() {
    LineChart chart =
        (LineChart) Plot.of("loss", "step").line("Adam", List.of(100, 10, 1)).logScale().chart();

    assertThat(chart.y().position(100) - chart.y().position(10))
        .isCloseTo(
            chart.y().position(10) - chart.y().position(1),
            org.assertj.core.data.Offset.offset(1e-12));
  }

  @Test
  void thePictureHasTheLinesColour() {
    BufferedImage picture = Plot.of("loss", "step").line("Adam", List.of(3, 2, 1)).image();

    int blue = 0xFF0072B2;
    long pixels = 0;
    for (int x = 0; x < picture.getWidth(); x++) {
      for (int y = 0; y < picture.getHeight(); y++) {
        pixels += picture.getRGB(x, y) == blue ? 1 : 0;
      }
    }
    assertThat(pixels).isGreaterThan(picture.getWidth() / 2);
    int white = 0xFFFFFFFF; // to the last pixel, of which the chart has a part
    assertThat(picture.getRGB(picture.getWidth() - 1, picture.getHeight() - 1)).isEqualTo(white);
  }

  @Test
  void refusesALineOfUnequalLengths() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Plot.of("loss", "step").line("Adam", List.of(1, 2), List.of(1)))
        .withMessageContaining("Adam")
        .withMessageContaining("not 2 and 1");
  }
}
