package org.adafisher.examples.notebook.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelFilesTest {

  @Test
  void whatIsWrittenStartsTheKernel(@TempDir Path folder) throws Exception {
    Path directory = folder.resolve("with a blank").resolve("adafisher");
    KernelFiles files =
        new KernelFiles(
            Path.of(System.getProperty("java.home"), "bin", "java"),
            List.of("-Xmx64m", "-Dblank=a \"b\" \\c"),
            System.getProperty("java.class.path") + File.pathSeparator + folder.resolve("a b"));
    files.write(directory);
    files.write(directory); // again, over what is there

    JsonNode spec = new ObjectMapper().readTree(directory.resolve("kernel.json").toFile());
    assertThat(spec.path("display_name").asText()).isEqualTo("Java (AdaFisher)");
    assertThat(spec.path("language").asText()).isEqualTo("java");
    assertThat(spec.path("interrupt_mode").asText()).isEqualTo("message");
    assertThat(spec.path("env").path("OMP_WAIT_POLICY").asText()).isEqualTo("PASSIVE");
    List<String> command = new ArrayList<>();
    spec.path("argv").forEach(one -> command.add(one.asText()));
    assertThat(command).endsWith("{connection_file}");

    // Without a connection file the kernel says what is missing: it is that class which runs.
    Process process =
        new ProcessBuilder(command.subList(0, command.size() - 1))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(output).contains("one argument, the path of a connection file");
    assertThat(directory).isDirectoryContaining("glob:**/java.args");
    assertThat(Files.list(directory)).hasSize(2);
  }

  @Test
  void aDirectoryThatCannotBeMadeIsAnError(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    org.assertj.core.api.Assertions.assertThatIOException()
        .isThrownBy(
            () ->
                new KernelFiles(Path.of("java"), List.of(), "x").write(file.resolve("adafisher")));
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, '', '', /home/me/.local/share/jupyter",
    "Linux, XDG_DATA_HOME, /data, /data/jupyter",
    "Linux, JUPYTER_DATA_DIR, /mine, /mine",
    "Mac OS X, XDG_DATA_HOME, /data, /home/me/Library/Jupyter",
    "Mac OS X, JUPYTER_DATA_DIR, /mine, /mine",
    "Windows 11, APPDATA, /roaming, /roaming/jupyter",
    "Windows 11, '', '', /home/me/.jupyter/data"
  })
  void jupytersDirectoryIsTheSystems(String system, String name, String value, Path expected) {
    assertThat(JupyterDirectory.data(Map.of(name, value), system, Path.of("/home/me")))
        .isEqualTo(expected);
  }
}
