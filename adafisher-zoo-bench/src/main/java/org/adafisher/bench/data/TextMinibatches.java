package org.adafisher.bench.data;

import java.util.Optional;
import java.util.SplittableRandom;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Windows of text. A row is the numbers of {@code steps} + 1 characters; every character but the
 * first is the answer to the one before.
 *
 * @param characters how many different characters there are
 * @param steps the length of a window
 */
record TextMinibatches(int characters, int steps) implements Minibatches {

  @Override
  public DataSet make(Examples examples, int[] indices, Optional<SplittableRandom> augmentation) {
    float[] features = new float[indices.length * characters * steps];
    float[] labels = new float[features.length];
    for (int i = 0; i < indices.length; i++) {
      byte[] row = examples.rows()[indices[i]];
      for (int t = 0; t < steps; t++) {
        features[(i * characters + row[t]) * steps + t] = 1;
        labels[(i * characters + row[t + 1]) * steps + t] = 1;
      }
    }
    long[] shape = {indices.length, characters, steps};
    return new DataSet(Nd4j.create(features, shape, 'c'), Nd4j.create(labels, shape, 'c'));
  }
}
