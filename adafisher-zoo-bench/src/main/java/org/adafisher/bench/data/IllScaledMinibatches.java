package org.adafisher.bench.data;

import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Examples whose features come in units that differ by up to a thousand, each with an offset: as
 * measurements do that nobody has normalised. Feature j is {@code factor_j (x_j + offset_j)}, the
 * same for all parts and always: 10 to the power of a uniform number from -1.5 to 1.5, and a
 * standard normal number.
 *
 * @param original the examples before, features [examples, features]
 * @param factors by feature
 * @param offsets by feature, in units of the original
 */
record IllScaledMinibatches(Minibatches original, INDArray factors, INDArray offsets)
    implements Minibatches {

  /** Changing it makes other data sets. */
  private static final long SEED = 20260103L;

  private static final double DECADES = 3;

  /** Draws factors and offsets of so many features. */
  static IllScaledMinibatches of(Minibatches original, int features) {
    Random random = new Random(SEED);
    float[] factors = new float[features];
    float[] offsets = new float[features];
    for (int j = 0; j < features; j++) {
      factors[j] = (float) Math.pow(10, DECADES * (random.nextDouble() - 0.5));
      offsets[j] = (float) random.nextGaussian();
    }
    return new IllScaledMinibatches(
        original, Nd4j.createFromArray(factors), Nd4j.createFromArray(offsets));
  }

  @Override
  public DataSet make(Examples examples, int[] indices, Optional<SplittableRandom> augmentation) {
    DataSet batch = original.make(examples, indices, augmentation);
    batch.getFeatures().addiRowVector(offsets).muliRowVector(factors);
    return batch;
  }
}
