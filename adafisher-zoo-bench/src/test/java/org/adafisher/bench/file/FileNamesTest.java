package org.adafisher.bench.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.adafisher.bench.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileNamesTest {

  private static final String REASON =
      "has letters that this system's encoding of file names, ANSI_X3.4-1968, cannot express; set"
          + " LC_ALL=C.UTF-8 or rename it";

  @TempDir private Path folder;

  @Test
  void aNameThatNoSystemHasKeepsItsReason() {
    assertThatThrownBy(() -> FileNames.path("a\u0000b"))
        .isInstanceOf(InvalidPathException.class)
        .hasMessageContaining("Nul character not allowed");
    assertThat(FileNames.isExpressible(folder)).isTrue();
  }

  @Test
  void withoutALocaleNamesThatCannotBeExpressedAreNamedWithTheReason() throws Exception {
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("sun.jnu.encoding").equals("UTF-8"),
        "the test has to write such a name itself, and other systems have no such locale");
    Path images = folder.resolve("images");
    for (String name : List.of("gr\u00FC\u00DFe", "gr\u00F6\u00DFe")) {
      Files.createDirectories(images.resolve(name));
    }
    Path config = Files.writeString(folder.resolve("a.yaml"), config(images.toString()));
    Path named = Files.writeString(folder.resolve("b.yaml"), config("/tmp/gr\u00FC\u00DFe"));
    Path odd = Files.writeString(folder.resolve("gr\u00FC\u00DFe.yaml"), config("/tmp/a"));

    assertThat(outputWithoutLocale(config)).contains(REASON).doesNotContain("\tat ");
    assertThat(outputWithoutLocale(named))
        .contains("b.yaml:4: 'directory' cannot be")
        .contains(REASON)
        .doesNotContain("\tat ");
    assertThat(outputWithoutLocale(odd)).contains(REASON).doesNotContain("\tat ");
  }

  private String config(String images) {
    return """
    name: a
    data:
      name: images
      directory: %s
    models: [lenet]
    batchSize: 2
    epochs: 1
    seeds: [1]
    schedule: constant
    reference: Adam
    output: %s
    optimizers:
      - {name: Adam, type: adam, learningRate: 0.001}
    """
        .formatted(images, folder.resolve("out"));
  }

  private static String outputWithoutLocale(Path config) throws Exception {
    ProcessBuilder program =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "run",
            config.toString());
    program.environment().put("LC_ALL", "C");
    Process process = program.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isEqualTo(2);
    return output;
  }
}
