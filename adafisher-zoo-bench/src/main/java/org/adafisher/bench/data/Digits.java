package org.adafisher.bench.data;

import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * {@link DigitImages} with the digit as class; pixels from 0 to 1.
 *
 * <p>As they are, they are flat rows, which convolutional and dense networks both take; once
 * imageSize or channels is set they are [images, channels, height, width].
 */
final class Digits implements DatasetType {

  static final String NAME = "digits";

  @Override
  public String description() {
    return "1797 handwritten digits of 8x8 grey pixels: 997 + 300 for validation + 500, 10 classes;"
        + " built in";
  }

  @Override
  public boolean needsDirectory() {
    return false;
  }

  @Override
  public boolean images() {
    return true;
  }

  @Override
  public Dataset load(DataRequest request) throws DataException {
    RequestRules.embedded(NAME, request);
    DecodedImages images =
        ImageDecoding.decode(NAME, DigitImages.read(), DigitImages.VALIDATION, request);
    boolean flat = request.imageSize().isEmpty() && request.channels().isEmpty();
    InputType input =
        flat
            ? InputType.convolutionalFlat(images.height(), images.width(), images.channels())
            : InputType.convolutional(images.height(), images.width(), images.channels());
    PixelScale scale =
        PixelScale.fractions(images.training(), images.channels(), DigitImages.WHITE);
    return new ByteDataset(
        new Shape(Task.CLASSIFICATION, input, DigitImages.CLASSES),
        images.parts(),
        new ImageMinibatches(
            images.batch(request.augmentation()), scale, DigitImages.CLASSES, flat));
  }
}
