package org.adafisher.bench.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The 1797 handwritten digits of 8x8 pixels that travel inside this jar (digits-LICENSE.txt, next
 * to the data, says where they come from). Pixels are scaled from 0..16 to [0, 1].
 *
 * <p>The split is stratified and fixed by {@link #SPLIT_SEED}: in an order shuffled with that seed,
 * the first 50 images of every digit are the test part (500), the others the training part (1297).
 * The source does not tell the 13 writers apart, so a writer's digits are in both parts.
 */
public final class Digits {

  /** The seed of the order from which the parts are taken. Changing it makes another data set. */
  public static final long SPLIT_SEED = 20260101L;

  private static final String RESOURCE = "digits.csv.gz";
  private static final int CLASSES = 10;
  private static final int SIDE = 8;
  private static final int PIXELS = SIDE * SIDE;
  private static final float WHITE_TO_BLACK = 16f;
  private static final int TEST_PER_CLASS = 50;
  private static final int VALIDATION_PER_CLASS = 30;

  private Digits() {}

  /**
   * 1297 training and 500 test images.
   *
   * @throws UncheckedIOException if the embedded file cannot be read
   */
  public static Dataset load() {
    Pool pool = new Pool(read());
    int[] test = pool.take(TEST_PER_CLASS);
    return pool.dataset(pool.rest(), test);
  }

  /**
   * The training part of {@link #load}, split again: 997 images to train on and 300 (30 of every
   * digit) to choose learning rates with, so that nothing is ever chosen on the test part.
   *
   * @throws UncheckedIOException if the embedded file cannot be read
   */
  public static Dataset loadForTuning() {
    Pool pool = new Pool(read());
    pool.take(TEST_PER_CLASS);
    int[] validation = pool.take(VALIDATION_PER_CLASS);
    return pool.dataset(pool.rest(), validation);
  }

  private static List<int[]> read() {
    try (InputStream file = Digits.class.getResourceAsStream(RESOURCE)) {
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

  /** The images in split order, from which parts are taken class by class. */
  private static final class Pool {

    private final List<int[]> rows;
    private int[] remaining;

    Pool(List<int[]> rows) {
      this.rows = rows;
      this.remaining = Permutations.random(rows.size(), new Random(SPLIT_SEED));
    }

    /** Takes the first {@code perClass} remaining images of every digit out of the pool. */
    int[] take(int perClass) {
      int[] seen = new int[CLASSES];
      boolean[] taken = new boolean[rows.size()];
      for (int index : remaining) {
        taken[index] = seen[label(index)]++ < perClass;
      }
      int[] part = IntStream.of(remaining).filter(i -> taken[i]).toArray();
      remaining = IntStream.of(remaining).filter(i -> !taken[i]).toArray();
      return part;
    }

    int[] rest() {
      return remaining;
    }

    Dataset dataset(int[] train, int[] test) {
      // Flat rows: InputType.convolutionalFlat feeds convolutions and dense layers alike.
      InputType inputType = InputType.convolutionalFlat(SIDE, SIDE, 1);
      return new InMemoryDataset(matrices(train), matrices(test), inputType, CLASSES);
    }

    private int label(int index) {
      return rows.get(index)[PIXELS];
    }

    private DataSet matrices(int[] indices) {
      float[][] features = new float[indices.length][PIXELS];
      float[][] labels = new float[indices.length][CLASSES];
      for (int i = 0; i < indices.length; i++) {
        int[] row = rows.get(indices[i]);
        for (int p = 0; p < PIXELS; p++) {
          features[i][p] = row[p] / WHITE_TO_BLACK;
        }
        labels[i][label(indices[i])] = 1f;
      }
      INDArray x = Nd4j.create(features);
      INDArray y = Nd4j.create(labels);
      return new DataSet(x, y);
    }
  }
}
