package org.adafisher.bench.optimizer;

import java.util.Arrays;

/** The running average of one layer's mean input, and how far it is. */
final class InputMean {

  private static final int COUNTS = 2;

  private final double[] average;
  private long steps;
  private long refreshes;

  /** Before the first step. */
  InputMean(int inputs) {
    average = new double[inputs];
  }

  /** As {@link #state} gave it. */
  InputMean(double[] state) {
    steps = (long) state[0];
    refreshes = (long) state[1];
    average = Arrays.copyOfRange(state, COUNTS, state.length);
  }

  double[] state() {
    double[] state = new double[COUNTS + average.length];
    state[0] = steps;
    state[1] = refreshes;
    System.arraycopy(average, 0, state, COUNTS, average.length);
    return state;
  }

  long steps() {
    return steps;
  }

  void stepDone() {
    steps++;
  }

  /**
   * Takes a minibatch in.
   *
   * @param mean as long as the layer has inputs, or longer: what follows is left out
   * @param rho weight of the old value
   */
  void refresh(double[] mean, double rho) {
    for (int j = 0; j < average.length; j++) {
      average[j] = rho * average[j] + (1 - rho) * mean[j];
    }
    refreshes++;
  }

  /** mu, corrected for the start at zero; zeros before the first refresh. */
  double[] value(double rho) {
    double seen = refreshes == 0 ? 1 : 1 - Math.pow(rho, refreshes);
    return Arrays.stream(average).map(value -> value / seen).toArray();
  }
}
