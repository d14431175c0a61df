package org.adafisher;

import java.util.Arrays;
import org.adafisher.curvature.HostVectors;
import org.adafisher.curvature.RawFactors;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The running averages of a layer's statistics: the mean and variance of its inputs (frequencies
 * alone if they are one-hot), and the mean squares of its gradients.
 *
 * <p>They are the averages of {@link Centred} with their start at 0 already corrected, and the
 * variance is averaged as such (West's update) rather than as E[x^2]: in a FLOAT state E[x^2] -
 * mu^2 would lose what little a saturated unit varies.
 *
 * <p>State: count of refreshes [1], mean [inputs], variance [inputs] unless one-hot, squares of the
 * gradients [outputs].
 */
final class CentredMoments {

  private final int inputs;
  private final boolean oneHot;
  private final double rho;
  private final StateValue refreshes;
  private final INDArray mean;
  private final INDArray averages;

  /** On a device: the averages as they were last read or written, and their sum there. */
  private double[] known;

  private double knownSum = Double.NaN;

  /**
   * @param centring what kind of inputs they are
   * @param inputs how many, without a bias
   * @param rho weight of the old value
   * @param state {@link #stateSize} values
   */
  CentredMoments(Centring centring, long inputs, double rho, INDArray state) {
    this.inputs = Math.toIntExact(inputs);
    this.oneHot = centring == Centring.NONE;
    this.rho = rho;
    this.refreshes = new StateValue(state.get(NDArrayIndex.interval(0, 1)));
    this.mean = state.get(NDArrayIndex.interval(1, 1 + inputs));
    this.averages = state.get(NDArrayIndex.interval(1, state.length()));
  }

  static long stateSize(Centring centring, long inputs, long outputs) {
    return 1 + (centring == Centring.NONE ? inputs : 2 * inputs) + outputs;
  }

  /** The mean of the inputs, as a view of the state. */
  INDArray mean() {
    return mean;
  }

  void refresh(RawFactors raw) {
    forget();
    long count = refreshes.count() + 1;
    double weight = (1 - rho) / (1 - Math.pow(rho, count));
    double[] values = values().clone();
    for (int j = 0; j < inputs; j++) {
      double difference = raw.inputMean()[j] - values[j];
      values[j] += weight * difference;
      if (!oneHot) {
        double rawVariance = Math.max(0, raw.input()[j] - raw.inputMean()[j] * raw.inputMean()[j]);
        double between = (1 - weight) * difference * difference;
        values[inputs + j] += weight * (rawVariance + between - values[inputs + j]);
      }
    }
    int gradients = gradientOffset();
    for (int k = gradients; k < values.length; k++) {
      values[k] += weight * (raw.gradient()[k - gradients] - values[k]);
    }
    HostVectors.assign(values, averages);
    forget();
    refreshes.set(count);
  }

  private double[] values() {
    if (HostVectors.areAtHand()) {
      return HostVectors.copyOf(averages);
    }
    if (known == null) {
      known = averages.toDoubleVector();
    }
    return known;
  }

  /** They are to be read again. */
  private void forget() {
    known = null;
    knownSum = Double.NaN;
    refreshes.forget();
  }

  /** Their sum, not yet read: it tells whether Deeplearning4j has overwritten them. [1]. */
  INDArray sum() {
    return averages.sum().reshape(1);
  }

  /**
   * @param sum what {@link #sum} gave
   * @return whether the averages were still those known; if not, they are read again
   */
  boolean areAsKnown(double sum) {
    if (Double.isNaN(knownSum) || knownSum == sum) {
      knownSum = sum;
      return true;
    }
    forget();
    return false;
  }

  /**
   * Copies of the averages. Before the first refresh, or where every one was dropped, inputs count
   * as white and gradients as equal.
   */
  Averages read() {
    double[] values = values();
    int gradients = gradientOffset();
    double[] means = new double[inputs];
    double[] variances = new double[inputs];
    double[] squares = new double[values.length - gradients];
    if (refreshes.count() == 0) {
      Arrays.fill(variances, 1);
      Arrays.fill(squares, 1);
    } else {
      System.arraycopy(values, 0, means, 0, inputs);
      System.arraycopy(values, oneHot ? 0 : inputs, variances, 0, inputs);
      System.arraycopy(values, gradients, squares, 0, squares.length);
    }
    return new Averages(means, variances, squares);
  }

  private int gradientOffset() {
    return oneHot ? inputs : 2 * inputs;
  }

  /**
   * @param mean of the inputs
   * @param variance of the inputs; of one-hot ones the frequency
   * @param gradientSquare mean squares of the gradients
   */
  record Averages(double[] mean, double[] variance, double[] gradientSquare) {}
}
