package org.adafisher.capture;

import java.util.function.Supplier;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/** DL4J runs its passes inside memory workspaces whose arrays die with the pass. */
public final class Workspaces {

  private Workspaces() {}

  /**
   * Runs an action whose arrays shall outlive the pass.
   *
   * @param <T> type of the result
   * @param action creates arrays outside all workspaces
   * @return its result
   */
  @SuppressWarnings("try") // closing the scope is all that it is for
  public static <T> T outside(Supplier<T> action) {
    try (MemoryWorkspace scope = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      return action.get();
    }
  }

  /**
   * As {@link #outside(Supplier)}, for an action without a result.
   *
   * @param action creates arrays outside all workspaces
   */
  public static void outside(Runnable action) {
    outside(
        () -> {
          action.run();
          return null;
        });
  }
}
