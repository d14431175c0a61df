package org.adafisher.golden;

import static java.util.stream.Collectors.toMap;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.adafisher.golden.Step.Difference;
import org.adafisher.golden.Step.Kind;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * By how much each kind of number of a run may be off.
 *
 * <p>What single precision may differ by follows from the run itself. How far rounding carries it
 * away is sampled five times over:
 *
 * <ul>
 *   <li>once by the float32 run that was recorded beside the float64 one, which rounds in every
 *       operation, and so shows what sums of many numbers cost;
 *   <li>four times by the run in double precision, of which all that is kept from one step to the
 *       next, parameters and updater state, is rounded to single precision after each step, up or
 *       down at random. This shows how the case amplifies what single precision cannot store: an
 *       input far from 0 whose variance is small, a unit that is nearly dead.
 * </ul>
 *
 * <p>The largest of the five is what single precision does to this run, and {@value #FACTOR} times
 * that is allowed. Another processor's rounding is a sixth sample. If errors are normal, it is more
 * than {@value #FACTOR} times the largest of five others with a probability of 6e-5 where one
 * direction dominates them, of 1e-7 where two do; of 1.5e-3 and 7e-5 for a factor of 4.
 */
record Tolerance(Map<Kind, Double> largest) {

  private static final int FACTOR = 8;
  private static final int ROUNDED_RUNS = 4;

  static Tolerance uniform(double largest) {
    return new Tolerance(
        Arrays.stream(Kind.values()).collect(toMap(kind -> kind, kind -> largest)));
  }

  static Tolerance ofSinglePrecision(GoldenRun run) {
    List<Step> exact = run.doubleSteps();
    Map<Kind, Double> largest = new EnumMap<>(Kind.class);
    widen(largest, run.floatSteps(), exact);
    for (int seed = 0; seed < ROUNDED_RUNS; seed++) {
      widen(largest, roundedSteps(run, new Random(seed)), exact);
    }
    largest.replaceAll((kind, difference) -> FACTOR * difference);
    return new Tolerance(largest);
  }

  boolean allows(Difference difference) {
    return difference.size() <= largest.get(difference.kind());
  }

  private static void widen(Map<Kind, Double> largest, List<Step> run, List<Step> exact) {
    for (int i = 0; i < exact.size(); i++) {
      run.get(i)
          .differencesFrom(exact.get(i))
          .forEach(difference -> largest.merge(difference.kind(), difference.size(), Math::max));
    }
  }

  private static List<Step> roundedSteps(GoldenRun run, Random random) {
    return new GoldenNetwork(run, DataType.DOUBLE)
        .train(
            net -> {
              round(net.params(), random);
              round(net.getUpdater().getStateViewArray(), random);
            });
  }

  private static void round(INDArray kept, Random random) {
    double[] values = kept.toDoubleVector();
    for (int i = 0; i < values.length; i++) {
      float nearest = (float) values[i];
      if (nearest != values[i]) {
        float below = nearest > values[i] ? Math.nextDown(nearest) : nearest;
        values[i] = random.nextBoolean() ? below : Math.nextUp(below);
      }
    }
    kept.assign(Nd4j.createFromArray(values).reshape(kept.shape()));
  }
}
