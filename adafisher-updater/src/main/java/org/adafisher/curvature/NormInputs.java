package org.adafisher.curvature;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The two entries of a layer normalisation's H, for its scale and its shift, as the authors' code
 * makes them of the normalisation's input x [batch, features] or [batch, tokens, features]: it
 * keeps the second axis and sums the rest.
 */
final class NormInputs {

  private NormInputs() {}

  /**
   * In two dimensions the sums over the batch are squared and added over the features.
   *
   * @param sums of x over the batch
   * @param batch number of examples
   * @return H
   */
  static double[] ofFeatures(INDArray sums, long batch) {
    double squaredBatch = (double) batch * batch;
    return new double[] {Moments.sumOfSquares(sums) / squaredBatch, sums.length() / squaredBatch};
  }

  /**
   * In three the sums are over batch and features, divided by features^2, squared and added over
   * the tokens.
   *
   * @param sums of x over batch and features, by token; masked values left out
   * @param present how many tokens any example has
   * @param features number of features
   * @param batch number of examples
   * @return H
   */
  static double[] ofTokens(INDArray sums, double present, long features, long batch) {
    double squaredBatch = (double) batch * batch;
    double divisor = (double) features * features;
    return new double[] {
      Moments.sumOfSquares(sums) / (divisor * divisor * squaredBatch), present / squaredBatch
    };
  }

  /**
   * @param counts 1 where a token of an example counts, else 0; {@code null} if all do
   * @param tokens number of tokens
   * @param batch number of examples
   * @param batchAxis whether the rows of {@code counts} come by example (0) or by token (1) first
   * @return how many tokens count in any example
   */
  static double present(INDArray counts, long tokens, long batch, int batchAxis) {
    if (counts == null) {
      return tokens;
    }
    long[] shape = batchAxis == 0 ? new long[] {batch, tokens} : new long[] {tokens, batch};
    return counts.reshape('c', shape).max(batchAxis).sumNumber().doubleValue();
  }
}
