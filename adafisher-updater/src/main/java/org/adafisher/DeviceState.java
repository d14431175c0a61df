package org.adafisher;

import java.util.ArrayList;
import java.util.List;
import org.adafisher.curvature.HostVectors;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.floating.SquaredNorm;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a step on a device has to know of its state on the host. The normaliser is read together
 * with the numbers that a step reads anyway, and so is the sum of the averages: had Deeplearning4j
 * overwritten them, as it does where it averages replicas, it would be another one.
 *
 * <p>On the CPU the state itself is read, and nothing of this happens.
 *
 * @param normaliser of the piece
 * @param moments of the piece; {@code null} if it has none
 */
record DeviceState(Normaliser normaliser, CentredMoments moments) {

  /**
   * @param sums the numbers of a step
   * @return those and, on a device, these, not yet read, each [1]
   */
  List<INDArray> with(List<INDArray> sums) {
    List<INDArray> all = new ArrayList<>(sums);
    if (!HostVectors.areAtHand()) {
      all.add(normaliser.root().array());
      if (moments != null) {
        all.add(moments.sum());
      }
    }
    return all;
  }

  /**
   * @param numbers what {@link #with} gave, read
   * @return whether the step was worked out with the averages that the state has
   */
  boolean isAsKnown(double[] numbers) {
    if (HostVectors.areAtHand()) {
      return true;
    }
    int last = numbers.length - 1;
    normaliser.root().learn(numbers[moments == null ? last : last - 1]);
    return moments == null || moments.areAsKnown(numbers[last]);
  }

  /** Reads numbers, all at once. */
  static double[] read(List<INDArray> numbers) {
    return Nd4j.concat(0, numbers.toArray(INDArray[]::new)).toDoubleVector();
  }

  /** [1], on a device not yet read. */
  static INDArray sumOfSquares(INDArray x) {
    if (HostVectors.areAtHand() && x.rank() == 1) { // BLAS is several times faster
      double sum = Nd4j.getBlasWrapper().level1().dot(x.length(), 1, x, x);
      return Nd4j.create(new double[] {sum}, new long[] {1}, x.dataType());
    }
    return Nd4j.getExecutioner().exec(new SquaredNorm(x)).reshape(1);
  }
}
