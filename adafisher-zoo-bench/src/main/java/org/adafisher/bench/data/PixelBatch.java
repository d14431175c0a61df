package org.adafisher.bench.data;

import java.util.Optional;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Makes arrays of images.
 *
 * @param channels of an image
 * @param height of an image in pixels
 * @param width of an image in pixels
 * @param augmentation what happens to training images
 */
record PixelBatch(int channels, int height, int width, Augmentation augmentation) {

  /** What happens to each of so many images: nothing, if there is no chance to draw from. */
  Distortion[] distortions(int images, Optional<SplittableRandom> chance) {
    Distortion[] distortions = new Distortion[images];
    for (int i = 0; i < images; i++) {
      distortions[i] =
          chance
              .map(random -> Distortion.random(augmentation, height, width, random))
              .orElse(Distortion.NONE);
    }
    return distortions;
  }

  /**
   * The images in the form that networks take.
   *
   * @return [images, channels, height, width]
   */
  INDArray features(byte[][] images, PixelScale scale, Distortion[] distortions) {
    int pixels = height * width;
    float[] all = new float[images.length * channels * pixels];
    int to = 0;
    for (int i = 0; i < images.length; i++) {
      Distortion distortion = distortions[i];
      for (int c = 0; c < channels; c++) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            int from = distortion.source(y, x, height, width);
            boolean mean = from == Distortion.NOWHERE || distortion.covers(y, x);
            all[to++] =
                mean ? scale.mean()[c] : scale.values()[c][images[i][c * pixels + from] & 0xFF];
          }
        }
      }
    }
    return Nd4j.create(all, new long[] {images.length, channels, height, width}, 'c');
  }
}
