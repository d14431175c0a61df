package org.adafisher.bench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

  @TempDir private Path directory;

  @Test
  void replacesWhatWasThereAndLeavesNothingElse() throws Exception {
    Path file = directory.resolve("a.csv");
    AtomicFile.write(file, "a long first version");
    AtomicFile.write(file, "second");

    assertThat(file).hasContent("second");
    assertThat(directory).isDirectoryContaining(p -> p.equals(file));
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void aFailureLeavesTheTargetAsItWas() throws Exception {
    Path target = Files.createDirectories(directory.resolve("a.csv")); // cannot be replaced
    Path inside = Files.writeString(target.resolve("kept"), "kept");

    assertThatThrownBy(() -> AtomicFile.write(target, "new")).isInstanceOf(IOException.class);

    assertThat(inside).hasContent("kept");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(target);
    }
  }
}
