package org.adafisher.examples.notebook.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunNotebookTest {

  @TempDir private Path folder;

  @Test
  void cellsSeeWhatWasBeforeThem() throws IOException {
    assertThat(RunNotebook.run(notebook("int x = 6;", "display(x); x * 7"))).isZero();
  }

  @Test
  void theCellThatFailsIsTold() throws IOException {
    assertThat(RunNotebook.run(notebook("int x = 0;", "1 / x", "x"))).isEqualTo(2);
    assertThat(RunNotebook.run(notebook("int x = \\\"no number\\\";"))).isEqualTo(1);
  }

  @Test
  void aFileThatIsNoNotebookIsRefused() throws IOException {
    File file = Files.writeString(folder.resolve("a.ipynb"), "{}").toFile();

    assertThatThrownBy(() -> RunNotebook.run(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a.ipynb has no code cells");
  }

  private File notebook(String... cells) throws IOException {
    StringBuilder json =
        new StringBuilder("{\"cells\": [{\"cell_type\": \"markdown\", \"source\": [\"# Words\"]}");
    for (String cell : cells) {
      json.append(", {\"cell_type\": \"code\", \"source\": [\"").append(cell).append("\"]}");
    }
    return Files.writeString(folder.resolve("made-up.ipynb"), json + "]}").toFile();
  }

  @Test
  void aCellInOnePieceIsExecuted() throws IOException {
    Path file = folder.resolve("one.ipynb");
    Files.writeString(
        file, "{\"cells\": [{\"cell_type\": \"code\", \"source\": \"int x = 0;\\n1 / x\"}]}");
    assertThat(RunNotebook.run(file.toFile())).isOne();
    Files.writeString(file, "{\"cells\": [{\"cell_type\": \"code\"}]}");
    assertThatThrownBy(() -> RunNotebook.run(file.toFile()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("one.ipynb has a code cell without a source");
  }
}
