package org.adafisher.bench.data;

import java.util.Map;

/**
 * The images of all parts, all of one size.
 *
 * @param channels 1 or 3
 * @param height in pixels
 * @param width in pixels
 * @param parts the examples; a row is an {@link Image}'s pixels
 */
record DecodedImages(int channels, int height, int width, Map<Part, Examples> parts) {

  /** Makes arrays of them. */
  PixelBatch batch(Augmentation augmentation) {
    return new PixelBatch(channels, height, width, augmentation);
  }

  /** The pixels of the training part. */
  byte[][] training() {
    return parts.get(Part.TRAIN).rows();
  }
}
