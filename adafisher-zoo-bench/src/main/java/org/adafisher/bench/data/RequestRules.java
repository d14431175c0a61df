package org.adafisher.bench.data;

/** What a data set refuses to be asked. */
final class RequestRules {

  private RequestRules() {}

  /**
   * For data that travel inside the jar.
   *
   * @throws DataException if a directory is given
   */
  static void embedded(String dataset, DataRequest request) throws DataException {
    if (request.directory().isPresent()) {
      throw new DataException(dataset + " is built in: directory does not apply; remove it");
    }
  }

  /**
   * For text.
   *
   * @throws DataException if something is asked that only images have
   */
  static void text(String dataset, DataRequest request) throws DataException {
    refuse(dataset, "imageSize", request.imageSize().isPresent());
    refuse(dataset, "channels", request.channels().isPresent());
    refuse(dataset, "augmentation", !request.augmentation().equals(Augmentation.NONE));
  }

  private static void refuse(String dataset, String key, boolean given) throws DataException {
    if (given) {
      throw new DataException("%s is text: %s does not apply; remove it".formatted(dataset, key));
    }
  }

  /**
   * For images.
   *
   * @throws DataException if a number is out of its range
   */
  static void images(String dataset, DataRequest request) throws DataException {
    int size = request.imageSize().orElse(1);
    if (size < 1) {
      throw new DataException(dataset + ": imageSize has to be at least 1, not " + size);
    }
    int channels = request.channels().orElse(Channels.GREY);
    if (channels != Channels.GREY && channels != Channels.RGB) {
      throw new DataException(
          "%s: channels is 1 (grey) or 3 (RGB), not %d".formatted(dataset, channels));
    }
  }

  /**
   * For images, when their size is known.
   *
   * @param side the smaller of their height and width in pixels
   * @throws DataException if augmentation would leave nothing of an image
   */
  static void augmentation(String dataset, Augmentation augmentation, int side)
      throws DataException {
    inRange(dataset, "cropPadding", augmentation.cropPadding(), side - 1, side);
    inRange(dataset, "cutout", augmentation.cutout(), side, side);
  }

  private static void inRange(String dataset, String key, int value, int most, int side)
      throws DataException {
    if (value < 0 || value > most) {
      throw new DataException(
          "%s: %s has to be from 0 to %d on images of %dx%d, not %d"
              .formatted(dataset, key, most, side, side, value));
    }
  }
}
