package org.adafisher;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What the program holds at a moment, once all garbage is gone.
 *
 * @param heap bytes of live objects, but for the tables of concurrent maps
 * @param buffers how many of them stand for an array's memory off the heap
 * @param offHeap bytes that JavaCPP has given out
 * @param resident bytes of the whole process, to be read only: Java's heap takes what it likes
 * @param workspaces this thread's, by name
 * @param open those of them that somebody has not closed
 */
record MemoryUse(
    long heap,
    long buffers,
    long offHeap,
    long resident,
    List<String> workspaces,
    List<String> open) {

  /** ND4J's own threads free what the garbage collector has found: as long as they do, we wait. */
  private static final int MOST_COLLECTIONS = 100;

  /** On a busy machine those threads, and the one that tells of lost references, come late. */
  private static final int STILL = 5;

  private static final int PAUSE_MILLIS = 100;

  /** {@code 12: 345 6789 org.nd4j.linalg.cpu.nativecpu.buffer.FloatBuffer}. */
  private static final Pattern LINE = Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+).*");

  /** ND4J has a map of all buffers to be freed; its table stays as large as it ever was. */
  private static final String TABLES = "[Ljava.util.concurrent.ConcurrentHashMap$Node;";

  static MemoryUse now() {
    return now(() -> {});
  }

  /**
   * @param forget lets go of what is held until the next use, before each look
   */
  static MemoryUse now(Runnable forget) {
    forget.run();
    MemoryUse least = measure();
    int still = 0;
    for (int i = 0; i < MOST_COLLECTIONS && still < STILL; i++) {
      pause();
      forget.run();
      MemoryUse use = measure();
      still = use.isBelow(least) ? 0 : still + 1;
      least = use.isBelow(least) ? use : least;
    }
    return least;
  }

  private boolean isBelow(MemoryUse other) {
    return buffers < other.buffers || buffers == other.buffers && heap < other.heap;
  }

  private static MemoryUse measure() {
    long heap = 0;
    long buffers = 0;
    for (String line : liveObjects().split("\n")) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches()) {
        heap += matcher.group(3).equals(TABLES) ? 0 : Long.parseLong(matcher.group(2));
        if (matcher.group(3).equals("org.nd4j.nativeblas.OpaqueDataBuffer")) {
          buffers += Long.parseLong(matcher.group(1));
        }
      }
    }
    List<MemoryWorkspace> workspaces =
        Nd4j.getWorkspaceManager().getAllWorkspacesForCurrentThread();
    return new MemoryUse(
        heap,
        buffers,
        Pointer.totalBytes(),
        Pointer.physicalBytes(),
        List.copyOf(new TreeSet<>(workspaces.stream().map(MemoryWorkspace::getId).toList())),
        workspaces.stream()
            .filter(MemoryWorkspace::isScopeActive)
            .map(MemoryWorkspace::getId)
            .toList());
  }

  /** The virtual machine's own count, for which it collects all garbage first. */
  private static String liveObjects() {
    try {
      return (String)
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
    } catch (JMException e) {
      throw new IllegalStateException("This virtual machine does not count its objects.", e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "%,d KB heap, %,d buffers, %,d KB off heap, %,d MB resident, %d workspaces"
        .formatted(heap >> 10, buffers, offHeap >> 10, resident >> 20, workspaces.size());
  }
}
