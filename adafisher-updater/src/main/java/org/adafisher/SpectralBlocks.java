package org.adafisher;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Which rows of a layer's matrix are taken together in its polar factor: the units, or its columns,
 * the inputs and then the bias, if they are fewer.
 *
 * @param byUnit whether they are units
 * @param all runs of rows, of one size but for the last, which may be smaller
 */
record SpectralBlocks(boolean byUnit, List<Rows> all) {

  /**
   * @param units of the matrix
   * @param columns its inputs and the bias, if there is one
   * @param largest the most rows that are taken together
   */
  static SpectralBlocks of(int units, int columns, int largest) {
    int rows = Math.min(units, columns);
    int count = (rows - 1) / largest + 1;
    int size = (rows - 1) / count + 1;
    return new SpectralBlocks(
        units <= columns,
        IntStream.iterate(0, from -> from < rows, from -> from + size)
            .mapToObj(from -> new Rows(from, Math.min(from + size, rows)))
            .toList());
  }

  /**
   * @param from the first one
   * @param to the one after the last
   */
  record Rows(int from, int to) {

    int count() {
      return to - from;
    }
  }
}
