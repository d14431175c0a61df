package org.adafisher.bench.data;

/**
 * {@link DigitImages} with a use; pixels from 0 to 1.
 *
 * <p>For {@link ImageUse#CLASS} they are flat rows, which convolutional and dense networks both
 * take; once imageSize or channels is set they are [images, channels, height, width].
 *
 * @param name what configurations call it
 * @param description one line for people who choose
 * @param use what is asked about them
 */
record Digits(String name, String description, ImageUse use) implements DatasetType {

  private static final String PARTS = "997 + 300 for validation + 500";

  static Digits classes() {
    return new Digits(
        "digits",
        "1797 handwritten digits of 8x8 grey pixels: " + PARTS + ", 10 classes; built in",
        ImageUse.CLASS);
  }

  static Digits illScaled() {
    return new Digits(
        "digits-ill-scaled",
        "the digits as vectors, each pixel in a unit (0.03 to 32) and with an offset of its own: "
            + PARTS
            + "; built in",
        ImageUse.CLASS_FROM_ILL_SCALED);
  }

  static Digits pixels() {
    return new Digits(
        "digits-pixels",
        "the digits as vectors from 0 to 1, to be reconstructed: " + PARTS + "; built in",
        ImageUse.IMAGE);
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
  public Task task() {
    return use.task();
  }

  @Override
  public Dataset load(DataRequest request) throws DataException {
    RequestRules.embedded(name, request);
    DecodedImages images =
        ImageDecoding.decode(name, DigitImages.read(), DigitImages.VALIDATION, request);
    PixelScale scale =
        PixelScale.fractions(images.training(), images.channels(), DigitImages.WHITE);
    boolean flat = request.imageSize().isEmpty() && request.channels().isEmpty();
    return use.dataset(images, DigitImages.CLASSES, scale, flat, request.augmentation());
  }
}
