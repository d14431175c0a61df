package org.adafisher.curvature;

import java.util.Arrays;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The statistics of one part, summed over all the rows in which its weights are used in a pass:
 * graphs may use a weight several times.
 */
final class RowSums {

  private final int groups;
  private double[] counts;
  private double[] inputs;
  private double[] squares;
  private double[] gradients;

  /**
   * @param groups of inputs, side by side; a row counts for each or not
   */
  RowSums(int groups) {
    this.groups = groups;
  }

  /**
   * @param input [rows, inputs]
   * @param gradient dL/dz, [rows, units]
   * @param mask [rows, groups], not 0 where a row counts; {@code null} if all do
   */
  void add(INDArray input, INDArray gradient, INDArray mask) {
    INDArray x = input;
    INDArray s = gradient;
    double[] rows = new double[groups];
    if (mask == null) {
      Arrays.fill(rows, input.size(0));
    } else {
      INDArray present = mask.neq(0).castTo(gradient.dataType());
      rows = Moments.mean(present, 1, 0);
      x = masked(input, present);
      s = masked(gradient, present);
    }
    counts = sum(counts, rows);
    inputs = sum(inputs, Moments.mean(x, 1, 0));
    squares = sum(squares, Moments.meanSquare(x, 1, 1, 0));
    gradients = sum(gradients, Moments.meanSquare(s, 1, 1, 0));
  }

  private INDArray masked(INDArray matrix, INDArray present) {
    long rows = matrix.size(0);
    return matrix
        .dup('c')
        .reshape('c', rows, groups, matrix.size(1) / groups)
        .mul(present.reshape(rows, groups, 1))
        .reshape('c', matrix.shape());
  }

  /** Without a bias; empty if no row counts. */
  Optional<RawFactors> raw(double lossScale) {
    if (isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new RawFactors(
            overRows(squares, 1), overRows(gradients, lossScale * lossScale), overRows(inputs, 1)));
  }

  /** With the entries of a bias that all units of the one group have. */
  Optional<RawFactors> rawWithBias(double lossScale) {
    return raw(lossScale)
        .map(
            raw ->
                new RawFactors(
                    Moments.withBias(raw.input()),
                    raw.gradient(),
                    Moments.withBias(raw.inputMean())));
  }

  private boolean isEmpty() {
    return counts == null || Arrays.stream(counts).allMatch(count -> count == 0);
  }

  private double[] overRows(double[] sums, double scale) {
    double[] result = sums.clone();
    int perGroup = sums.length / groups;
    for (int i = 0; i < result.length; i++) {
      double rows = counts[i / perGroup];
      result[i] = rows == 0 ? 0 : result[i] * scale / rows;
    }
    return result;
  }

  private static double[] sum(double[] a, double[] b) {
    if (a == null) {
      return b;
    }
    for (int i = 0; i < a.length; i++) {
      a[i] += b[i];
    }
    return a;
  }
}
