package org.adafisher.bench.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.GZIPInputStream;

/**
 * The 1797 handwritten digits of 8x8 pixels that travel inside this jar (digits-LICENSE.txt, next
 * to the data, says where they come from).
 *
 * <p>The split is stratified and fixed by {@link Pool#SPLIT_SEED}: in an order shuffled with that
 * seed, the first 50 images of every digit are the test part (500), the next 30 of every digit the
 * default validation part (300), the others the training part (997). The source does not tell the
 * 13 writers apart, so a writer's digits are in all parts.
 */
final class DigitImages {

  static final int CLASSES = 10;

  /** The byte of full ink: the source's 16, times 15, which leaves resizing room between steps. */
  static final int WHITE = 240;

  static final OptionalInt VALIDATION = OptionalInt.of(30 * CLASSES);

  private static final String RESOURCE = "digits.csv.gz";
  private static final int SIDE = 8;
  private static final int PIXELS = SIDE * SIDE;
  private static final int STEP = 15;
  private static final int TEST = 50 * CLASSES;

  private DigitImages() {}

  /**
   * All of them.
   *
   * @throws UncheckedIOException if the embedded file cannot be read
   */
  static ImageParts read() {
    List<int[]> rows = rows();
    int[] labels = rows.stream().mapToInt(row -> row[PIXELS]).toArray();
    ImageList all = new ImageList(labels, i -> image(i, rows.get(i))).shuffled();
    Pool pool = new Pool(all.labels(), CLASSES);
    int[] test = pool.takeEqually(TEST);
    return new ImageParts(CLASSES, all.select(pool.rest()), Optional.empty(), all.select(test));
  }

  private static Image image(int index, int[] row) {
    byte[] pixels = new byte[PIXELS];
    for (int p = 0; p < PIXELS; p++) {
      pixels[p] = (byte) (STEP * row[p]);
    }
    return new Image("digit " + index, Channels.GREY, SIDE, SIDE, pixels);
  }

  private static List<int[]> rows() {
    try (InputStream file = DigitImages.class.getResourceAsStream(RESOURCE)) {
      if (file == null) {
        throw new IOException("the embedded file " + RESOURCE + " is missing from the jar");
      }
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(new GZIPInputStream(file), StandardCharsets.US_ASCII));
      return lines
          .lines()
          .map(line -> Arrays.stream(line.split(",")).mapToInt(Integer::parseInt).toArray())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
