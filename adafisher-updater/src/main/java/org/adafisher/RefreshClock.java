package org.adafisher;

/**
 * How long refreshes of one network's factors take: the statistics and what is made of them, not
 * the passes that they are taken from.
 */
final class RefreshClock {

  private long refreshes;
  private long totalNanos;
  private long lastNanos;

  /** A pass that refreshes has begun. */
  synchronized void begin() {
    refreshes++;
    lastNanos = 0;
  }

  /** Some of the refresh is done. */
  synchronized void add(long nanos) {
    lastNanos += nanos;
    totalNanos += nanos;
  }

  synchronized long refreshes() {
    return refreshes;
  }

  synchronized long totalNanos() {
    return totalNanos;
  }

  synchronized long lastNanos() {
    return lastNanos;
  }
}
