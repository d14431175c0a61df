package org.adafisher.bench.data;

/**
 * Examples in memory, as bytes: what a byte means (a pixel, a character) is known to the {@link
 * Minibatches} that makes arrays of them.
 *
 * @param rows the bytes of every example
 * @param classes the class of every example; all 0 where an example has none of its own
 */
record Examples(byte[][] rows, int[] classes) {

  /** A pair for every example. */
  Examples {
    if (rows.length != classes.length) {
      throw new IllegalArgumentException(rows.length + " rows, " + classes.length + " classes");
    }
  }

  int size() {
    return rows.length;
  }
}
