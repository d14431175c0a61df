package org.adafisher.curvature;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The steps of a recurrent layer that got a gradient, in the order in which the layer takes them. A
 * row is an example's step; masked ones are left out.
 *
 * @param inputs of each step, [batch, inputs]
 * @param counts 1 where a row counts and 0 where not, of each step, [batch, 1]
 */
record RecurrentSteps(List<INDArray> inputs, List<INDArray> counts) {

  /** The name of the part of the weights from the previous step's activations. */
  static final String RECURRENT = "recurrent";

  /**
   * @param layer without wrappers around it
   * @param log of its backward pass
   * @param forwards whether it goes from the first step to the last
   * @param taken how many of the steps, counted from the last taken, got a gradient
   */
  static RecurrentSteps of(Layer layer, CallLog log, boolean forwards, int taken) {
    boolean stepsInTheMiddle =
        ((BaseRecurrentLayer) layer.conf().getLayer()).getRnnDataFormat() == RNNFormat.NWC;
    INDArray input = stepsInTheMiddle ? log.input().permute(0, 2, 1) : log.input();
    INDArray weights = layer.params();
    int all = (int) input.size(2);
    List<INDArray> inputs = new ArrayList<>();
    List<INDArray> counts = new ArrayList<>();
    for (int step = all - taken; step < all; step++) {
      int time = forwards ? step : all - 1 - step;
      inputs.add(
          input
              .get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(time))
              .dup('c')
              .reshape(input.size(0), input.size(1))
              .castTo(weights.dataType()));
      counts.add(counts(log, weights, time));
    }
    return new RecurrentSteps(inputs, counts);
  }

  /** 1 where an example's step is not masked, [batch, 1]. */
  static INDArray counts(CallLog log, INDArray like, int time) {
    return log.mask() == null
        ? Nd4j.ones(like.dataType(), log.input().size(0), 1)
        : log.mask().getColumn(time, true).neq(0).castTo(like.dataType());
  }

  /** The layer inside wrappers that only pass its own methods on. */
  static Layer unwrapped(Layer layer) {
    return layer instanceof BaseWrapperLayer wrapper ? unwrapped(wrapper.getUnderlying()) : layer;
  }

  /**
   * DL4J tells some layers of no mask. The steps after the last one on which the loss depends, at
   * which the gradient is 0 throughout, are taken for an example's padding.
   *
   * @param gradients of each step, [batch, units]
   * @return the same steps without their padding
   */
  RecurrentSteps withoutTrailing(List<INDArray> gradients) {
    List<INDArray> result = new ArrayList<>();
    boolean[] open = new boolean[(int) gradients.get(0).size(0)];
    for (int step = gradients.size() - 1; step >= 0; step--) {
      double[] norms = gradients.get(step).norm2(1).reshape(-1).toDoubleVector();
      double[] own = new double[open.length];
      for (int example = 0; example < open.length; example++) {
        open[example] |= norms[example] != 0;
        own[example] = open[example] ? 1 : 0;
      }
      INDArray count = counts.get(step);
      result.add(0, count.mul(Nd4j.create(own, new long[] {own.length, 1}, count.dataType())));
    }
    return new RecurrentSteps(inputs, result);
  }

  /** How many rows count. */
  double rows() {
    return counts.stream().mapToDouble(count -> count.sumNumber().doubleValue()).sum();
  }

  /** Of each step [batch, k], as rows step by step; those that do not count are 0. */
  INDArray rowsOf(List<INDArray> steps) {
    return Nd4j.concat(
        0,
        IntStream.range(0, steps.size())
            .mapToObj(step -> steps.get(step).mulColumnVector(counts.get(step)))
            .toArray(INDArray[]::new));
  }

  /** Raw factors of weights that meet these inputs, rows as {@link #rowsOf} gives them. */
  static RawFactors linear(
      INDArray input, INDArray gradient, boolean bias, double rows, double lossScale) {
    double[] mean = Moments.mean(input, rows, 0);
    double[] square = Moments.meanSquare(input, 1, rows, 0);
    double[] s = Moments.meanSquare(gradient, lossScale, rows, 0);
    return bias
        ? new RawFactors(Moments.withBias(square), s, Moments.withBias(mean))
        : new RawFactors(square, s, mean);
  }

  /** What a backward pass that nothing was seen of gives. */
  static Map<String, RawFactors> nothing() {
    return Map.of();
  }
}
