package org.adafisher.bench.data;

import java.util.Random;
import java.util.stream.IntStream;

/**
 * Labelled images that are decoded one at a time, when they are asked for, so that what is not used
 * is never decoded. The order is the one that parts are taken in.
 *
 * @param labels the class of every image
 * @param decoder gives the image of that number
 */
record ImageList(int[] labels, Decoder decoder) {

  /** Gives images by number. */
  @FunctionalInterface
  interface Decoder {

    /**
     * The image of that number.
     *
     * @throws DataException if it cannot be read
     */
    Image decode(int index) throws DataException;
  }

  int size() {
    return labels.length;
  }

  /** Some of the images, in the given order. */
  ImageList select(int[] indices) {
    int[] chosen = indices.clone();
    return new ImageList(
        IntStream.of(chosen).map(i -> labels[i]).toArray(), i -> decoder.decode(chosen[i]));
  }

  /** All images in a fixed random order. */
  ImageList shuffled() {
    return select(Permutations.random(size(), new Random(Pool.SPLIT_SEED)));
  }
}
