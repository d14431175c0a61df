package org.adafisher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/** A short soak, and that a soak can fail. */
class SoakTest {

  @Test
  void memoryDoesNotGrow() {
    ByteArrayOutputStream looks = new ByteArrayOutputStream();
    Optional<String> complaint =
        new Soak(90, 3, new PrintStream(looks, true, StandardCharsets.UTF_8)).run();
    assertThat(complaint).as(looks.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void whatGrowsIsSaid() {
    MemoryUse first = new MemoryUse(1 << 20, 50, 0, 1 << 20, List.of("A"), List.of());
    MemoryUse last = new MemoryUse(3 << 20, 400, 1 << 20, 90 << 20, List.of("A", "B"), List.of());
    assertThat(Soak.complaint(first, first, 10)).isEmpty();
    assertThat(Soak.complaint(first, last, 10))
        .contains(
            "In 10 iterations of each network grew the heap by 2,097,152 bytes, the arrays by 350,"
                + " off-heap memory by 1,048,576 bytes, the workspaces by [B].");
  }

  @Test
  void heldArraysAndOpenWorkspacesAreSeen() {
    MemoryUse before = MemoryUse.now();
    var held = new org.nd4j.linalg.api.ndarray.INDArray[200];
    try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace("LEAK")) {
      assertThat(MemoryUse.now().open()).containsExactly(workspace.getId());
    }
    for (int i = 0; i < held.length; i++) {
      held[i] = Nd4j.zeros(1 << 10);
    }
    MemoryUse after = MemoryUse.now();
    assertThat(after.open()).isEmpty();
    assertThat(after.workspaces()).contains("LEAK");
    assertThat(after.buffers() - before.buffers()).isGreaterThanOrEqualTo(held.length);
    Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
  }
}
