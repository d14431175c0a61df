package org.adafisher.bench.rival.kfac;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The factors of a layer and their inverses, where the updater's state has them.
 *
 * @param counts refreshes of the factors, and whether there are inverses (1) or not yet (0): [2]
 * @param input A, [inputs, inputs]
 * @param gradient G, [units, units]
 * @param inputInverse of the damped A
 * @param gradientInverse of the damped G
 */
record FactorState(
    INDArray counts,
    INDArray input,
    INDArray gradient,
    INDArray inputInverse,
    INDArray gradientInverse) {

  private static final int COUNTS = 2;

  /** How many values it has for such weights. */
  static long size(WeightMatrix weights) {
    long inputs = weights.inputs();
    long units = weights.units();
    return COUNTS + 2 * (inputs * inputs + units * units);
  }

  /**
   * Finds it in a state.
   *
   * @param state {@link #size} values
   */
  static FactorState in(INDArray state, WeightMatrix weights) {
    long inputs = weights.inputs();
    long units = weights.units();
    long square = inputs * inputs;
    return new FactorState(
        state.get(NDArrayIndex.interval(0, COUNTS)),
        matrix(state, COUNTS, inputs),
        matrix(state, COUNTS + square, units),
        matrix(state, COUNTS + square + units * units, inputs),
        matrix(state, COUNTS + 2 * square + units * units, units));
  }

  private static INDArray matrix(INDArray state, long offset, long size) {
    return state.get(NDArrayIndex.interval(offset, offset + size * size)).reshape('c', size, size);
  }

  boolean hasInverses() {
    return counts.getDouble(1) > 0;
  }

  boolean hasFactors() {
    return counts.getDouble(0) > 0;
  }

  /**
   * Takes new statistics into the averages: the first ones alone, then all alike until {@code
   * statDecay} is the weight of the old ones (Martens and Grosse, section 5).
   */
  void refresh(KroneckerMoments moments, double statDecay) {
    double refreshes = counts.getDouble(0) + 1;
    double old = Math.min(1 - 1 / refreshes, statDecay);
    average(input, moments.input(), old);
    average(gradient, moments.gradient(), old);
    counts.putScalar(0, refreshes);
  }

  private static void average(INDArray average, INDArray value, double old) {
    average.muli(old).addi(value.mul(1 - old));
  }

  /**
   * Inverts the damped factors.
   *
   * @return whether both could be inverted; if not, the old inverses stay
   */
  boolean invert(double damping) {
    FactorDamping each = FactorDamping.of(input, gradient, damping);
    Optional<INDArray> a = DampedInverse.of(input, each.input());
    Optional<INDArray> g = DampedInverse.of(gradient, each.gradient());
    if (a.isEmpty() || g.isEmpty()) {
      return false;
    }
    inputInverse.assign(a.get());
    gradientInverse.assign(g.get());
    counts.putScalar(1, 1);
    return true;
  }

  /**
   * The gradient between the inverses.
   *
   * @param matrix [units, inputs]
   * @return another array
   */
  INDArray precondition(INDArray matrix) {
    INDArray left = Nd4j.createUninitialized(matrix.dataType(), matrix.shape(), 'f');
    INDArray result = Nd4j.createUninitialized(matrix.dataType(), matrix.shape(), 'f');
    gradientInverse.mmuli(matrix, left);
    left.mmuli(inputInverse, result);
    return result;
  }
}
