package org.adafisher.curvature;

import java.util.Arrays;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * One minibatch's statistics for a {@link FactorPart}, before any normalising or averaging. They
 * are short vectors, so they are kept on the host, in double precision whatever the network's type.
 *
 * @param input mean over rows of the squared inputs, and 1 for a bias: [inputs] of the part
 * @param gradient mean over rows of the squared pre-activation gradients of the loss that is
 *     minimised: [outputs] of the part
 * @param inputMean mean over rows of the inputs, and 1 for a bias: [inputs] of the part; empty for
 *     a {@link FactorPart.Kind#NORMALIZATION}, whose H is no mean over rows
 */
public record RawFactors(double[] input, double[] gradient, double[] inputMean) {

  /** Two averages of values below this, and the square of their difference, are finite too. */
  private static final double GREATEST_FLOAT = Float.MAX_VALUE / 8;

  private static final double GREATEST_DOUBLE = Double.MAX_VALUE / 8;

  /**
   * Of a normalization's scale and shift.
   *
   * @param input see above
   * @param gradient see above
   */
  public RawFactors(double[] input, double[] gradient) {
    this(input, gradient, new double[0]);
  }

  /**
   * With another minibatch's statistics, as if both had been one minibatch. The mean loss over both
   * divides by more examples, which makes its gradients smaller.
   *
   * @param other of the same part
   * @param examples how many these are of
   * @param others how many the other ones are of
   * @param averaged whether the loss that is minimised is the mean over the examples
   * @return the statistics of all
   */
  public RawFactors and(RawFactors other, double examples, double others, boolean averaged) {
    double own = examples / (examples + others);
    double rest = others / (examples + others);
    return new RawFactors(
        sum(own, input, rest, other.input),
        averaged
            ? sum(own * own * own, gradient, rest * rest * rest, other.gradient)
            : sum(own, gradient, rest, other.gradient),
        sum(own, inputMean, rest, other.inputMean));
  }

  private static double[] sum(double a, double[] x, double b, double[] y) {
    double[] result = new double[x.length];
    Arrays.setAll(result, i -> a * x[i] + b * y[i]);
    return result;
  }

  /**
   * @return whether every value is a number: an infinite or undefined activation or gradient, or a
   *     square beyond the data type's range, makes it false
   */
  public boolean isFinite() {
    return areBelow(Double.MAX_VALUE);
  }

  /**
   * @param type the data type of the updater's state
   * @return whether every value is a number and averages of such values fit the type
   */
  public boolean fit(DataType type) {
    return areBelow(type == DataType.FLOAT ? GREATEST_FLOAT : GREATEST_DOUBLE);
  }

  private boolean areBelow(double limit) {
    return Stream.of(input, gradient, inputMean)
        .flatMapToDouble(Arrays::stream)
        .allMatch(value -> Math.abs(value) <= limit);
  }
}
