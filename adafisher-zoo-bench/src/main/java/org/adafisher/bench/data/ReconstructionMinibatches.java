package org.adafisher.bench.data;

import java.util.Optional;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Images that are their own answer, augmentation included: features and labels are [images,
 * channels * height * width].
 *
 * @param pixels their sizes
 * @param scale what a byte means; from 0 to 1
 */
record ReconstructionMinibatches(PixelBatch pixels, PixelScale scale) implements Minibatches {

  @Override
  public DataSet make(Examples examples, int[] indices, Optional<SplittableRandom> augmentation) {
    byte[][] images = new byte[indices.length][];
    for (int i = 0; i < indices.length; i++) {
      images[i] = examples.rows()[indices[i]];
    }
    INDArray features =
        pixels.features(images, scale, pixels.distortions(images.length, augmentation));
    features = features.reshape(images.length, features.length() / images.length);
    // A copy: what changes its input in place must not change the answer.
    return new DataSet(features, features.dup());
  }
}
