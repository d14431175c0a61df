package org.adafisher.bench.model;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutionalFlat;
import org.nd4j.common.base.Preconditions;

/**
 * The size of an image, flat or not.
 *
 * @param channels colours
 * @param height rows, in pixels
 * @param width columns, in pixels
 */
record ImageShape(int channels, int height, int width) {

  /** The size of the images of an input type that is one of images. */
  static ImageShape of(InputType input) {
    if (input instanceof InputTypeConvolutionalFlat flat) {
      return new ImageShape((int) flat.getDepth(), (int) flat.getHeight(), (int) flat.getWidth());
    }
    Preconditions.checkArgument(
        input instanceof InputTypeConvolutional, "These are not images: %s", input);
    InputTypeConvolutional image = (InputTypeConvolutional) input;
    return new ImageShape(
        (int) image.getChannels(), (int) image.getHeight(), (int) image.getWidth());
  }
}
