package org.adafisher.curvature;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.common.util.ArrayUtil;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What the kernel of a convolution meets. A row is an output position of an example, an input one
 * of (channel, kernel element); zero padding counts as zeros.
 *
 * <p>No im2col: the inputs and their squares are summed over the batch first, [C, size...]; which
 * inputs of an axis a kernel element ever meets is a small 0/1 matrix, so the window sums are one
 * matrix product an axis (the idea of kfac-jax's {@code patches_second_moment}).
 *
 * @param axes the spatial axes, in the order of DL4J's arrays
 * @param channelsLast whether the channels follow them in the input
 */
record Windows(List<KernelAxis> axes, boolean channelsLast) {

  /** Means over rows of the inputs and of their squares: [C * kernel elements] each. */
  record InputMoments(double[] mean, double[] square) {}

  /** Number of output positions of an example. */
  long positions() {
    return axes.stream().mapToLong(KernelAxis::outputs).reduce(1, (a, b) -> a * b);
  }

  /**
   * @param input [batch, channels, size...], or with the channels last
   * @return its moments, without a bias
   */
  InputMoments moments(INDArray input) {
    double rows = (double) input.size(0) * positions();
    if (axes.stream().allMatch(KernelAxis::meetsEveryInputOnce)) {
      int[] allButChannels = allBut(channelsLast ? input.rank() - 1 : 1, input.rank());
      return new InputMoments(
          Moments.mean(input, rows, allButChannels),
          Moments.meanSquare(input, 1, rows, allButChannels));
    }
    INDArray root = input.norm2(0).divi(Math.sqrt(rows));
    INDArray mean = input.sum(0).divi(rows);
    // Over a batch of one, ND4J's reductions leave the shape as it was. Side by side as twice the
    // channels, the two images share the window sums' operations.
    long[] image = ArrayUtil.removeIndex(input.shape(), 0);
    INDArray both =
        Nd4j.concat(
            channelsLast ? axes.size() : 0, mean.reshape(image), root.muli(root).reshape(image));
    double[] sums =
        sums(channelsLast ? both.permute(lastFirst(axes.size() + 1)) : both).toDoubleVector();
    int half = sums.length / 2;
    return new InputMoments(Arrays.copyOf(sums, half), Arrays.copyOfRange(sums, half, sums.length));
  }

  /**
   * Sums an image over all positions that each kernel element meets.
   *
   * @param image [C, size...]
   * @return [C * kernel elements], 1-d
   */
  INDArray sums(INDArray image) {
    // [C, done..., sizes..., size] x [size, kernel], then the kernel moves behind the channels.
    INDArray result = image;
    for (int axis = axes.size() - 1; axis >= 0; axis--) {
      INDArray met = axes.get(axis).met(image.dataType());
      long[] shape = result.shape();
      long[] after = shape.clone();
      after[shape.length - 1] = met.size(1);
      long rows = LongStream.of(shape).limit(shape.length - 1L).reduce(1, (a, b) -> a * b);
      result =
          result
              .dup('c')
              .reshape('c', rows, shape[shape.length - 1])
              .mmul(met)
              .reshape(after)
              .permute(lastToSecond(shape.length));
    }
    return result.dup('c').reshape(result.length());
  }

  /** The dimensions over which a sum leaves one. */
  static int[] allBut(int axis, int rank) {
    return IntStream.range(0, rank).filter(i -> i != axis).toArray();
  }

  private static int[] lastFirst(int rank) {
    return IntStream.range(0, rank).map(i -> i == 0 ? rank - 1 : i - 1).toArray();
  }

  private static int[] lastToSecond(int rank) {
    return IntStream.range(0, rank).map(i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1).toArray();
  }
}
