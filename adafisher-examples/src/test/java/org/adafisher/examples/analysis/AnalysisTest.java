package org.adafisher.examples.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnalysisTest {

  @TempDir private Path out;

  @Test
  void everyCommandWritesPictures() throws Exception {
    int status =
        Analysis.execute(
            "all",
            "--model",
            "digits-mlp",
            "--steps",
            "6",
            "--probe",
            "40",
            "--grid",
            "9",
            "--out",
            out.toString());

    assertThat(status).isZero();
    List<String> pictures =
        List.of(
            "fourier",
            "gershgorin",
            "heatmap-diagonals",
            "heatmap-matrices",
            "histogram",
            "landscape",
            "spectrum");
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              pictures.stream().flatMap(p -> Stream.of(p + ".png", p + ".svg")).toList());
    }
    for (String picture : pictures) {
      BufferedImage png = ImageIO.read(out.resolve(picture + ".png").toFile());
      var svg =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(out.resolve(picture + ".svg").toFile())
              .getDocumentElement();
      assertThat(png.getWidth()).isEqualTo(2 * Integer.parseInt(svg.getAttribute("width")));
      assertThat(Files.readString(out.resolve(picture + ".svg"))).doesNotContain("NaN", "Infinity");
    }
  }

  @Test
  void mistakesAreExplained() {
    assertThat(error("gershgorin", "--model", "nothing")).contains("no model 'nothing'");
    assertThat(error("spectrum", "--layer", "nowhere", "--model", "digits-mlp"))
        .contains("no layer 'nowhere'");
    assertThat(error("spectrum", "--layer", "layer2")).contains("BatchNormalization");
    assertThat(error("fourier", "--steps", "0")).contains("--steps has to be at least 1, not 0");
    assertThat(error("fourier", "--probe", "998")).contains("997");
    assertThat(error("fourier", "--noise", "-1")).contains("--noise");
  }

  private String error(String... arguments) {
    PrintStream before = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      assertThat(
              Analysis.execute(
                  Stream.concat(Stream.of(arguments), Stream.of("--out", out.toString()))
                      .toArray(String[]::new)))
          .isEqualTo(2);
    } finally {
      System.setErr(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
