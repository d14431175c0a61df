package org.adafisher.examples.notebook.kernel;

import java.lang.reflect.Method;
import jdk.jshell.execution.DirectExecutionControl;

/**
 * Runs snippets in this process, on the thread that asks for it: native libraries load once, and
 * the kernel gets the value itself, not its text.
 */
final class CellControl extends DirectExecutionControl {

  private Object value;
  private Thread running;

  /** The value of the last snippet that ran since the last call; null for none. */
  Object takeValue() {
    Object taken = value;
    value = null;
    return taken;
  }

  /** Interrupts the thread that runs a snippet, if one does. */
  @Override
  public synchronized void stop() {
    if (running != null) {
      running.interrupt();
    }
  }

  @Override
  protected String invoke(Method method) throws Exception {
    start();
    try {
      value = method.invoke(null);
    } finally {
      end();
    }
    return ""; // the text of a value, which nobody reads here and an array takes long to make
  }

  private synchronized void start() {
    running = Thread.currentThread();
  }

  /** An interrupt that came too late would stop whatever the thread does next. */
  private synchronized void end() {
    running = null;
    Thread.interrupted();
  }
}
