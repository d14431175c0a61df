package org.adafisher.examples.notebook.kernel;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A thread that runs snippets one after the other and can be made to end one that computes. Nothing
 * in Deeplearning4j looks whether its thread was interrupted, so what does not end by itself is
 * stopped with {@link Thread#stop()}, as JShell does it; the thread is of no use then.
 */
final class CellThread {

  /** What waits or looks for interrupts has so long to end in its own way. */
  private static final long GRACE_MILLIS = 500;

  /** Code that catches everything is stopped again, for so long in all. */
  private static final long PATIENCE_MILLIS = 5000;

  private static final long POLL_MILLIS = 100;

  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "cells");
            made.setDaemon(true);
            return made;
          });

  private Thread thread;
  private long runs;
  private boolean busy;
  private boolean stopped;

  /**
   * Runs a snippet and waits for it.
   *
   * @throws InterruptedException if it was stopped
   * @throws Exception what it throws
   */
  Object run(Callable<Object> snippet) throws Exception {
    FutureTask<Object> task = new FutureTask<>(() -> whileBusy(snippet));
    executor.execute(task);
    while (true) {
      try {
        return task.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (diedAside()) {
          throw new InterruptedException("the cell was interrupted");
        }
      } catch (ExecutionException e) {
        if (isStopped()) {
          throw new InterruptedException("the cell was interrupted");
        }
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw (Exception) e.getCause();
      }
    }
  }

  private Object whileBusy(Callable<Object> snippet) throws Exception {
    synchronized (this) {
      thread = Thread.currentThread();
      runs++;
      busy = true;
    }
    try {
      return snippet.call();
    } finally {
      synchronized (this) {
        busy = false;
        Thread.interrupted(); // one that came too late would hit what runs next
        notifyAll();
      }
    }
  }

  /** Whether a stop hit the thread outside the snippet, which then never tells of its end. */
  private synchronized boolean diedAside() {
    if (stopped && !thread.isAlive()) {
      busy = false;
      notifyAll();
      return true;
    }
    return false;
  }

  /** Whether a snippet was stopped, so that another thread is needed. */
  synchronized boolean isStopped() {
    return stopped;
  }

  /** Interrupts the snippet that runs, if one does, and stops it if it goes on. */
  synchronized void interrupt() {
    if (!busy) {
      return;
    }
    long run = runs;
    thread.interrupt();
    try {
      waitFor(run, GRACE_MILLIS);
      for (long spent = 0; runs(run) && spent < PATIENCE_MILLIS; spent += POLL_MILLIS) {
        stopped = true;
        stop(thread);
        waitFor(run, POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void waitFor(long run, long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = millis; runs(run) && left > 0; ) {
      wait(left);
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
  }

  private boolean runs(long run) {
    return busy && runs == run;
  }

  /** Java 20 and newer cannot: there what computes goes on until the kernel is restarted. */
  @SuppressWarnings({"deprecation", "removal"})
  private static void stop(Thread thread) {
    try {
      thread.stop();
    } catch (UnsupportedOperationException e) {
      System.err.println(
          "This Java cannot stop what computes (Java 17 can); restart the kernel to end it.");
    }
  }

  void close() {
    executor.shutdownNow();
  }
}
