package org.adafisher.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Ten patterns of 8x8 pixels in noise, as many of them as a test wants. */
final class SyntheticDigits {

  /** Pixels along a side of a picture. */
  static final int SIDE = 8;

  /** Pixels of a picture. */
  static final int PIXELS = SIDE * SIDE;

  /** Patterns. */
  static final int CLASSES = 10;

  private static final double NOISE = 0.5;

  private SyntheticDigits() {}

  /**
   * @param type data type of the arrays
   * @param count how many minibatches
   * @param size examples in each
   * @param seed other pictures of the same patterns
   * @return minibatches of rows of pixels and one-hot labels
   */
  static List<DataSet> batches(DataType type, int count, int size, long seed) {
    double[][] patterns = patterns();
    Random random = new Random(seed);
    List<DataSet> result = new ArrayList<>();
    for (int batch = 0; batch < count; batch++) {
      double[][] pixels = new double[size][PIXELS];
      double[][] labels = new double[size][CLASSES];
      for (int row = 0; row < size; row++) {
        int digit = random.nextInt(CLASSES);
        labels[row][digit] = 1;
        for (int i = 0; i < PIXELS; i++) {
          pixels[row][i] = patterns[digit][i] + NOISE * random.nextGaussian();
        }
      }
      result.add(new DataSet(array(type, pixels), array(type, labels)));
    }
    return result;
  }

  private static double[][] patterns() {
    Random random = new Random(8);
    double[][] result = new double[CLASSES][PIXELS];
    for (double[] pattern : result) {
      for (int i = 0; i < PIXELS; i++) {
        pattern[i] = random.nextBoolean() ? 1 : 0;
      }
    }
    return result;
  }

  private static INDArray array(DataType type, double[][] values) {
    return Nd4j.createFromArray(values).castTo(type);
  }
}
