package org.adafisher.bench.data;

import java.util.Optional;

/**
 * What there is in a source of images, before anything is left out.
 *
 * @param classes the number of classes
 * @param train the training images; those for validation are still among them, unless {@code
 *     validation} is there
 * @param validation the validation images, if the source sets them apart
 * @param test the test images
 */
record ImageParts(int classes, ImageList train, Optional<ImageList> validation, ImageList test) {

  /** Of a source with a training and a test part, each in any order. */
  static ImageParts of(int classes, ImageList train, ImageList test) {
    return new ImageParts(classes, train.shuffled(), Optional.empty(), test.shuffled());
  }
}
