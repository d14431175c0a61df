package org.adafisher.bench.data;

import java.util.Optional;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images with one class each.
 *
 * @param pixels their sizes
 * @param scale what a byte means
 * @param classes the number of classes
 * @param flat features [images, channels * height * width] instead of [images, channels, height,
 *     width]
 */
record ImageMinibatches(PixelBatch pixels, PixelScale scale, int classes, boolean flat)
    implements Minibatches {

  @Override
  public DataSet make(Examples examples, int[] indices, Optional<SplittableRandom> augmentation) {
    byte[][] images = new byte[indices.length][];
    float[] labels = new float[indices.length * classes];
    for (int i = 0; i < indices.length; i++) {
      images[i] = examples.rows()[indices[i]];
      labels[i * classes + examples.classes()[indices[i]]] = 1;
    }
    INDArray features =
        pixels.features(images, scale, pixels.distortions(images.length, augmentation));
    if (flat) {
      features = features.reshape(images.length, features.length() / images.length);
    }
    return new DataSet(features, Nd4j.create(labels, new long[] {indices.length, classes}, 'c'));
  }
}
