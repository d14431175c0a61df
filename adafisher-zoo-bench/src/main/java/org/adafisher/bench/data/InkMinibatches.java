package org.adafisher.bench.data;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Noisy images with an answer for each pixel. A row is the image's bytes and then, for each pixel,
 * 1 where there is ink and 0 where there is none.
 *
 * @param pixels the images' sizes
 * @param scale what a byte of an image means
 */
record InkMinibatches(PixelBatch pixels, PixelScale scale) implements Minibatches {

  @Override
  public DataSet make(Examples examples, int[] indices, Optional<SplittableRandom> augmentation) {
    int height = pixels.height();
    int width = pixels.width();
    int imageBytes = pixels.channels() * height * width;
    Distortion[] distortions = pixels.distortions(indices.length, augmentation);
    byte[][] images = new byte[indices.length][];
    float[] labels = new float[indices.length * height * width];
    int to = 0;
    for (int i = 0; i < indices.length; i++) {
      byte[] row = examples.rows()[indices[i]];
      images[i] = Arrays.copyOf(row, imageBytes);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          // The answer moves with the image, but what cutout covers is still there to be guessed.
          int from = distortions[i].source(y, x, height, width);
          labels[to++] = from == Distortion.NOWHERE ? 0 : row[imageBytes + from];
        }
      }
    }
    INDArray features = pixels.features(images, scale, distortions);
    return new DataSet(
        features, Nd4j.create(labels, new long[] {indices.length, 1, height, width}, 'c'));
  }
}
