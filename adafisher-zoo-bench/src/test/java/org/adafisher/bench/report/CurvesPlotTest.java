package org.adafisher.bench.report;

import static org.adafisher.bench.report.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.adafisher.bench.run.RunResult;
import org.junit.jupiter.api.Test;

class CurvesPlotTest {

  private static final int BLUE = 0x0072B2;
  private static final int ORANGE = 0xE69F00;

  private final List<RunResult> runs =
      List.of(
          run("cnn", "AdaFisher", 1, 0.9, 0.3, 0.01),
          run("cnn", "AdaFisher", 2, 0.8, 0.2, 0.03),
          run("cnn", "Adam", 1, 0.9, 0.6, 0.4),
          run("cnn", "Adam", 2, 0.8, Double.NaN, Double.NaN));

  @Test
  void everyArmIsDrawnInItsColourAlsoOneThatDiverged() throws Exception {
    BufferedImage image = draw(runs);

    assertThat(pixels(image, BLUE)).isGreaterThan(1000);
    assertThat(pixels(image, ORANGE)).isGreaterThan(100);
  }

  @Test
  void everyModelHasItsRow() throws Exception {
    List<RunResult> two = List.of(runs.get(0), run("mlp", "AdaFisher", 1, 0.9, 0.3, 0.2));

    BufferedImage one = draw(runs.subList(0, 1));
    assertThat(draw(two).getHeight()).isGreaterThan(one.getHeight() * 3 / 2);
    assertThat(draw(two).getWidth()).isEqualTo(one.getWidth());
  }

  @Test
  void anArmWithoutAnyFiniteLossIsLeftOut() throws Exception {
    List<RunResult> withNothing = List.of(runs.get(0), run("cnn", "Wild", 1, Double.NaN));

    assertThat(pixels(draw(withNothing), ORANGE)).isZero();
  }

  private static BufferedImage draw(List<RunResult> runs) throws IOException {
    byte[] png = CurvesPlot.png("title", "subtitle", runs);
    return ImageIO.read(new ByteArrayInputStream(png));
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
