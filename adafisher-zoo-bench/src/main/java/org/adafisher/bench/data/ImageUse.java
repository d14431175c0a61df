package org.adafisher.bench.data;

import org.deeplearning4j.nn.conf.inputs.InputType;

/** What is asked about images with classes, and in which form they are shown. */
enum ImageUse {
  /** The class of an image in rows and columns. */
  CLASS(Task.CLASSIFICATION),

  /** The class of an image in one row, in which every pixel has a unit of its own. */
  CLASS_FROM_ILL_SCALED(Task.CLASSIFICATION),

  /** The image itself, in one row; its pixels have to be from 0 to 1. */
  IMAGE(Task.RECONSTRUCTION);

  private final Task task;

  ImageUse(Task task) {
    this.task = task;
  }

  Task task() {
    return task;
  }

  /**
   * The data set of this use.
   *
   * @param classes how many classes the images have
   * @param scale what a byte means
   * @param flat whether {@link #CLASS} shows images in one row too; the others always do
   * @param augmentation what happens to training images
   */
  Dataset dataset(
      DecodedImages images,
      int classes,
      PixelScale scale,
      boolean flat,
      Augmentation augmentation) {
    PixelBatch batch = images.batch(augmentation);
    int height = images.height();
    int width = images.width();
    int channels = images.channels();
    int pixels = channels * height * width;
    // A vector, not a flat image: what convolves would not see an image in it.
    InputType vector = InputType.feedForward(pixels);
    return switch (this) {
      case CLASS ->
          new ByteDataset(
              new Shape(
                  task,
                  flat
                      ? InputType.convolutionalFlat(height, width, channels)
                      : InputType.convolutional(height, width, channels),
                  classes),
              images.parts(),
              new ImageMinibatches(batch, scale, classes, flat));
      case CLASS_FROM_ILL_SCALED ->
          new ByteDataset(
              new Shape(task, vector, classes),
              images.parts(),
              IllScaledMinibatches.of(new ImageMinibatches(batch, scale, classes, true), pixels));
      case IMAGE ->
          new ByteDataset(
              new Shape(task, vector, pixels),
              images.parts(),
              new ReconstructionMinibatches(batch, scale));
    };
  }
}
