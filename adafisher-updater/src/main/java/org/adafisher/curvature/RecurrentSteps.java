package org.adafisher.curvature;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The steps of a recurrent layer that got a gradient, in the order in which the layer takes them. A
 * row is an example's step; masked ones are left out. Arrays have all steps in one: the fixed cost
 * of an operation for each step adds up to as much as the layer's own work.
 *
 * @param inputs [batch, inputs, steps], in the order of time
 * @param forwards whether time goes on from step to step
 * @param counts by step and example, whether a row counts
 * @param follows by step and example, whether the row before is not masked, or is none
 */
record RecurrentSteps(INDArray inputs, boolean forwards, boolean[][] counts, boolean[][] follows) {

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
    int all = (int) input.size(2);
    int first = all - taken;
    boolean[][] unmasked = unmasked(log.mask(), (int) input.size(0), all, forwards);
    boolean[][] follows = new boolean[taken][];
    for (int step = 0; step < taken; step++) {
      follows[step] =
          first + step == 0 ? all(true, unmasked[0].length) : unmasked[first + step - 1];
    }
    INDArrayIndex times =
        forwards ? NDArrayIndex.interval(first, all) : NDArrayIndex.interval(0, taken);
    return new RecurrentSteps(
        input.get(NDArrayIndex.all(), NDArrayIndex.all(), times).castTo(layer.params().dataType()),
        forwards,
        Arrays.copyOfRange(unmasked, first, all),
        follows);
  }

  private static boolean[][] unmasked(INDArray mask, int batch, int steps, boolean forwards) {
    boolean[][] result = new boolean[steps][];
    double[] values = mask == null ? null : mask.dup('c').reshape(-1).toDoubleVector();
    for (int step = 0; step < steps; step++) {
      result[step] = all(true, batch);
      int time = forwards ? step : steps - 1 - step;
      for (int example = 0; mask != null && example < batch; example++) {
        result[step][example] = values[example * steps + time] != 0;
      }
    }
    return result;
  }

  private static boolean[] all(boolean value, int examples) {
    boolean[] result = new boolean[examples];
    Arrays.fill(result, value);
    return result;
  }

  /** The layer inside wrappers that only pass its own methods on. */
  static Layer unwrapped(Layer layer) {
    return layer instanceof BaseWrapperLayer wrapper ? unwrapped(wrapper.getUnderlying()) : layer;
  }

  /**
   * DL4J tells some layers of no mask. The steps after the last one on which the loss depends, at
   * which the gradient is 0 throughout, are taken for an example's padding.
   *
   * @param gradient [steps, gates, units, batch], the last step first
   * @return the same steps without their padding
   */
  RecurrentSteps withoutTrailing(INDArray gradient) {
    double[] norms = gradient.norm2(1, 2).dup('c').reshape(-1).toDoubleVector();
    boolean[][] result = new boolean[counts.length][];
    boolean[] open = new boolean[counts[0].length];
    for (int back = 0; back < counts.length; back++) {
      int step = counts.length - 1 - back;
      result[step] = counts[step].clone();
      for (int example = 0; example < open.length; example++) {
        open[example] |= norms[back * open.length + example] != 0;
        result[step][example] &= open[example];
      }
    }
    return new RecurrentSteps(inputs, forwards, result, follows);
  }

  /** How many rows count. */
  int rows() {
    return Arrays.stream(counts).mapToInt(RecurrentSteps::number).sum();
  }

  private static int number(boolean[] step) {
    return (int) IntStream.range(0, step.length).filter(example -> step[example]).count();
  }

  /**
   * S of the weights.
   *
   * @param gradient [steps, gates, units, batch], the last step first
   * @return of each gate's units
   */
  double[] ofGradient(INDArray gradient, double lossScale) {
    boolean[][] lastFirst = reversed(counts);
    INDArray own = only(lastFirst, gradient, counts.length, 1, 1, counts[0].length);
    return Moments.meanSquare(own, lossScale, rows(), 0, 3);
  }

  /** The raw factors of W and b, which meet the inputs. */
  RawFactors ofInputs(double[] gradient) {
    boolean[][] inTime = forwards ? counts : reversed(counts);
    INDArray own = only(transposed(inTime), inputs, counts[0].length, 1, counts.length);
    return new RawFactors(
        Moments.withBias(Moments.meanSquare(own, 1, rows(), 0, 2)),
        gradient,
        Moments.withBias(Moments.mean(own, rows(), 0, 2)));
  }

  /**
   * The raw factors of weights that meet something that the layer made in the same step.
   *
   * @param made [steps, units, batch]
   */
  RawFactors ofOwn(INDArray made, double[] gradient) {
    return ofMade(made, counts, gradient);
  }

  /**
   * The raw factors of weights that meet something that the layer made in the step before: 0 if
   * that one was masked.
   *
   * @param made [steps, units, batch], in each step what comes from the one before
   */
  RawFactors ofPrevious(INDArray made, double[] gradient) {
    boolean[][] both = new boolean[counts.length][];
    for (int step = 0; step < both.length; step++) {
      both[step] = counts[step].clone();
      for (int example = 0; example < both[step].length; example++) {
        both[step][example] &= follows[step][example];
      }
    }
    return ofMade(made, both, gradient);
  }

  private RawFactors ofMade(INDArray made, boolean[][] which, double[] gradient) {
    INDArray own = only(which, made, which.length, 1, which[0].length);
    return new RawFactors(
        Moments.meanSquare(own, 1, rows(), 0, 2), gradient, Moments.mean(own, rows(), 0, 2));
  }

  /** The array with 0 in the other rows. */
  private static INDArray only(boolean[][] rows, INDArray array, long... shape) {
    if (Arrays.stream(rows).allMatch(row -> number(row) == row.length)) {
      return array;
    }
    return array.mul(zerosAndOnes(rows, array.dataType()).reshape(shape));
  }

  private static INDArray zerosAndOnes(boolean[][] rows, DataType type) {
    double[] values = new double[rows.length * rows[0].length];
    for (int i = 0; i < values.length; i++) {
      values[i] = rows[i / rows[0].length][i % rows[0].length] ? 1 : 0;
    }
    return Nd4j.create(values, new long[] {values.length}, type);
  }

  private static boolean[][] reversed(boolean[][] steps) {
    return IntStream.range(0, steps.length)
        .mapToObj(i -> steps[steps.length - 1 - i])
        .toArray(boolean[][]::new);
  }

  private static boolean[][] transposed(boolean[][] rows) {
    boolean[][] result = new boolean[rows[0].length][rows.length];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < result.length; j++) {
        result[j][i] = rows[i][j];
      }
    }
    return result;
  }

  /**
   * What each step gets from the one before.
   *
   * @param initial what the first one gets, [batch, units]
   * @param results of each step, [steps, units, batch]
   * @return [steps, units, batch]
   */
  static INDArray delayed(INDArray initial, INDArray results) {
    INDArray first = initial.transpose().dup('c').reshape(1, results.size(1), results.size(2));
    long steps = results.size(0);
    return steps == 1 ? first : Nd4j.concat(0, first, steps(results, 0, steps - 1));
  }

  /** One of the things [steps, things, units, batch] of each step. */
  static INDArray each(INDArray all, int thing) {
    return all.get(
        NDArrayIndex.all(), NDArrayIndex.point(thing), NDArrayIndex.all(), NDArrayIndex.all());
  }

  /** Some of the steps of an array [steps, units, batch], which is no view: ND4J mistakes those. */
  static INDArray steps(INDArray all, long from, long to) {
    return all.get(NDArrayIndex.interval(from, to), NDArrayIndex.all(), NDArrayIndex.all());
  }

  /** What a backward pass that nothing was seen of gives. */
  static Map<String, RawFactors> nothing() {
    return Map.of();
  }
}
