package org.adafisher.bench.model;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** A few real examples of every task, in minibatches. */
final class Samples {

  static final int DIGITS = 10;

  private static final int SIDE = 8;
  private static final float BLACK = 16f;
  private static final String TEXT =
      """
      In the beginning God created the heaven and the earth. And the earth was without form, and
      void; and darkness was upon the face of the deep. And the Spirit of God moved upon the face
      of the waters. And God said, Let there be light: and there was light. And God saw the light,
      that it was good: and God divided the light from the darkness. And God called the light Day,
      and the darkness he called Night. And the evening and the morning were the first day.
      """;

  /** How many different characters {@link #text} has. */
  static final int CHARACTERS = (int) TEXT.chars().distinct().count();

  private Samples() {}

  /**
   * The first digits, resized to squares: [batchSize, channels, size, size], one-hot labels.
   *
   * @param below only digits that are less than this
   */
  static List<DataSet> digits(int size, int channels, int batchSize, int batches, int below) {
    List<int[]> rows = rows(batchSize * batches, below);
    List<DataSet> result = new ArrayList<>();
    for (int b = 0; b < batches; b++) {
      INDArray x = Nd4j.create(batchSize, channels, size, size);
      INDArray y = Nd4j.create(batchSize, DIGITS);
      for (int i = 0; i < batchSize; i++) {
        int[] row = rows.get(b * batchSize + i);
        for (int r = 0; r < size; r++) {
          for (int c = 0; c < size; c++) {
            for (int channel = 0; channel < channels; channel++) {
              x.putScalar(new int[] {i, channel, r, c}, ink(row, r, c, size));
            }
          }
        }
        y.putScalar(i, row[SIDE * SIDE], 1);
      }
      result.add(new DataSet(x, y));
    }
    return result;
  }

  /** The same digits in grey under noise, and where their ink is: [batchSize, 1, size, size]. */
  static List<DataSet> digitsInk(int size, int batchSize, int batches) {
    Random random = new Random(1);
    List<DataSet> result = digits(size, 1, batchSize, batches, DIGITS);
    for (DataSet batch : result) {
      INDArray clean = batch.getFeatures();
      batch.setLabels(clean.gt(0.5).castTo(clean.dataType()));
      INDArray noise = Nd4j.createUninitialized(clean.shape());
      for (long i = 0; i < noise.length(); i++) {
        noise.putScalar(i, 0.2 * random.nextGaussian());
      }
      batch.setFeatures(clean.add(noise));
    }
    return result;
  }

  /** The same digits as they are, and again as answers: [batchSize, size * size]. */
  static List<DataSet> digitsPixels(int size, int batchSize, int batches) {
    List<DataSet> result = digits(size, 1, batchSize, batches, DIGITS);
    for (DataSet batch : result) {
      batch.setFeatures(batch.getFeatures().reshape(batchSize, (long) size * size));
      batch.setLabels(batch.getFeatures().dup());
    }
    return result;
  }

  /** Pieces of a text, one-hot, and their next characters: [batchSize, characters, steps]. */
  static List<DataSet> text(int steps, int batchSize, int batches) {
    int[] alphabet = TEXT.chars().distinct().sorted().toArray();
    List<DataSet> result = new ArrayList<>();
    int start = 0;
    for (int b = 0; b < batches; b++) {
      INDArray x = Nd4j.create(batchSize, CHARACTERS, steps);
      INDArray y = Nd4j.create(batchSize, CHARACTERS, steps);
      for (int i = 0; i < batchSize; i++, start += steps / 4) {
        for (int t = 0; t < steps; t++) {
          x.putScalar(i, Arrays.binarySearch(alphabet, TEXT.charAt(start + t)), t, 1);
          y.putScalar(i, Arrays.binarySearch(alphabet, TEXT.charAt(start + t + 1)), t, 1);
        }
      }
      result.add(new DataSet(x, y));
    }
    return result;
  }

  /** The same, as numbers: tokens [batchSize, steps] and the next ones [batchSize, 1, steps]. */
  static List<DataSet> tokens(int steps, int batchSize, int batches) {
    List<DataSet> result = text(steps, batchSize, batches);
    for (DataSet batch : result) {
      DataType type = batch.getFeatures().dataType();
      batch.setFeatures(batch.getFeatures().argMax(1).castTo(type));
      batch.setLabels(batch.getLabels().argMax(1).castTo(type).reshape(batchSize, 1, steps));
    }
    return result;
  }

  private static float ink(int[] row, int r, int c, int size) {
    double y = Math.min(Math.max((r + 0.5) * SIDE / size - 0.5, 0), SIDE - 1);
    double x = Math.min(Math.max((c + 0.5) * SIDE / size - 0.5, 0), SIDE - 1);
    int top = (int) Math.min(y, SIDE - 2);
    int left = (int) Math.min(x, SIDE - 2);
    double upper = between(row, top * SIDE + left, x - left);
    double lower = between(row, (top + 1) * SIDE + left, x - left);
    return (float) ((upper + (lower - upper) * (y - top)) / BLACK);
  }

  private static double between(int[] row, int pixel, double share) {
    return row[pixel] + (row[pixel + 1] - row[pixel]) * share;
  }

  private static List<int[]> rows(int count, int below) {
    try (InputStream file =
        Samples.class.getResourceAsStream("/org/adafisher/bench/data/digits.csv.gz")) {
      return new BufferedReader(
              new InputStreamReader(new GZIPInputStream(file), StandardCharsets.US_ASCII))
          .lines()
          .map(line -> Arrays.stream(line.split(",")).mapToInt(Integer::parseInt).toArray())
          .filter(row -> row[SIDE * SIDE] < below)
          .limit(count)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
