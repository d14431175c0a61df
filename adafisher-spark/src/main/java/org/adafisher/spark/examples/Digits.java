package org.adafisher.spark.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The 1797 handwritten digits of 8x8 pixels that travel inside this jar (digits-LICENSE.txt, next
 * to the data, says where they come from), in an order of their own: 1497 to train on, then 300 to
 * test on.
 */
final class Digits {

  static final int PIXELS = 64;
  static final int CLASSES = 10;

  private static final String RESOURCE = "digits.csv.gz";
  private static final int TRAINING = 1497;
  private static final float WHITE = 16;

  private final List<int[]> rows;

  private Digits(List<int[]> rows) {
    this.rows = rows;
  }

  /**
   * @throws IOException if the jar is damaged
   */
  static Digits read() throws IOException {
    try (InputStream file = Digits.class.getResourceAsStream(RESOURCE)) {
      if (file == null) {
        throw new IOException("the embedded file " + RESOURCE + " is missing from the jar");
      }
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(new GZIPInputStream(file), StandardCharsets.US_ASCII));
      List<int[]> rows = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        rows.add(Arrays.stream(line.split(",")).mapToInt(Integer::parseInt).toArray());
      }
      Collections.shuffle(rows, new Random(1));
      return new Digits(rows);
    }
  }

  /**
   * What to train on.
   *
   * @param size digits in each minibatch; the last one may have fewer
   */
  List<DataSet> training(int size) {
    return minibatches(rows.subList(0, TRAINING), size);
  }

  /**
   * What to test on.
   *
   * @param size digits in each minibatch; the last one may have fewer
   */
  List<DataSet> test(int size) {
    return minibatches(rows.subList(TRAINING, rows.size()), size);
  }

  private static List<DataSet> minibatches(List<int[]> rows, int size) {
    List<DataSet> result = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += size) {
      result.add(minibatch(rows.subList(from, Math.min(from + size, rows.size()))));
    }
    return result;
  }

  /** Rows of pixels from 0 to 1, and one-hot labels. */
  private static DataSet minibatch(List<int[]> rows) {
    float[][] pixels = new float[rows.size()][PIXELS];
    float[][] labels = new float[rows.size()][CLASSES];
    for (int i = 0; i < rows.size(); i++) {
      for (int p = 0; p < PIXELS; p++) {
        pixels[i][p] = rows.get(i)[p] / WHITE;
      }
      labels[i][rows.get(i)[PIXELS]] = 1;
    }
    return new DataSet(Nd4j.createFromArray(pixels), Nd4j.createFromArray(labels));
  }
}
