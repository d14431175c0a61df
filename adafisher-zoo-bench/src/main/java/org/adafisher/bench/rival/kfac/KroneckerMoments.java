package org.adafisher.bench.rival.kfac;

import org.adafisher.bench.rival.SignalRows;
import org.adafisher.capture.LayerSignal;
import org.adafisher.capture.Minibatch;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The factors as one minibatch has them.
 *
 * @param input A: sum over rows of a a^T / examples
 * @param gradient G: mean over rows of s s^T
 */
record KroneckerMoments(INDArray input, INDArray gradient) {

  /**
   * Of a layer's pass.
   *
   * @param signal what the layer showed; all of it may be masked, which gives zeros
   * @param weights of the layer
   */
  static KroneckerMoments of(LayerSignal signal, Minibatch minibatch, WeightMatrix weights) {
    SignalRows rows = SignalRows.of(signal);
    INDArray inputs = sumOfProducts(rows.inputs());
    return new KroneckerMoments(
        (weights.hasBias() ? withBias(inputs, rows) : inputs).divi(minibatch.examples()),
        sumOfProducts(rows.gradients()).divi(Math.max(1, rows.count())));
  }

  private static INDArray sumOfProducts(INDArray rows) {
    return rows.transpose().mmul(rows);
  }

  /** As if every counting row had a 1 behind its inputs: patches are too large to be copied. */
  private static INDArray withBias(INDArray products, SignalRows rows) {
    long n = products.size(0);
    INDArray sums = rows.inputs().sum(0);
    INDArray result = Nd4j.createUninitialized(products.dataType(), new long[] {n + 1, n + 1}, 'c');
    result.get(NDArrayIndex.interval(0, n), NDArrayIndex.interval(0, n)).assign(products);
    result.get(NDArrayIndex.point(n), NDArrayIndex.interval(0, n)).assign(sums.reshape(n));
    result.get(NDArrayIndex.interval(0, n), NDArrayIndex.point(n)).assign(sums.reshape(n));
    result.putScalar(n, n, rows.count());
    return result;
  }

  /** Whether all numbers are: no entry of such a matrix is larger than its largest diagonal one. */
  boolean isFinite() {
    return Double.isFinite(trace(input)) && Double.isFinite(trace(gradient));
  }

  private static double trace(INDArray matrix) {
    return Nd4j.diag(matrix).sumNumber().doubleValue();
  }
}
