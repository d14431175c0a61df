package org.adafisher.bench;

/**
 * Says how to go on, if the program is stopped by Ctrl-C or {@code kill} before this is closed. How
 * it ends stays the system's: with status 130 or 143.
 */
public final class StopNotice implements AutoCloseable {

  private final Thread hook;

  private StopNotice(Thread hook) {
    this.hook = hook;
  }

  /**
   * A notice that counts from now on.
   *
   * @param howToGoOn a clause, to go after "Stopped; "
   */
  public static StopNotice of(String howToGoOn) {
    Thread hook = new Thread(() -> System.err.printf("%nStopped; %s.%n", howToGoOn), "stop notice");
    Runtime.getRuntime().addShutdownHook(hook);
    return new StopNotice(hook);
  }

  /** From now on there is nothing to go on with. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The program is being stopped, and the notice has been given.
    }
  }
}
