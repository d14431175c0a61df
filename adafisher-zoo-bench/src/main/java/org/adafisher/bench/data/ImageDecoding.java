package org.adafisher.bench.data;

import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalInt;

/** Takes the images that are asked for, and brings them into the size that is asked for. */
final class ImageDecoding {

  /** More of the heap than this would leave too little for everything else. */
  private static final double MOST_OF_HEAP = 0.8;

  private static final double GIB = 1L << 30;

  private final String dataset;
  private final DataRequest request;
  private Image first;

  private ImageDecoding(String dataset, DataRequest request) {
    this.dataset = dataset;
    this.request = request;
  }

  /**
   * Does it.
   *
   * @param dataset its name, for error messages
   * @param available everything there is
   * @param validation how many images the validation part has where the request does not say;
   *     empty: a tenth of each class
   * @throws DataException if there are too few images, if they cannot be decoded, have different
   *     sizes or do not fit into memory, or if the request makes no sense for them
   */
  static DecodedImages decode(
      String dataset, ImageParts available, OptionalInt validation, DataRequest request)
      throws DataException {
    RequestRules.images(dataset, request);
    return new ImageDecoding(dataset, request)
        .decode(chosen(dataset, available, validation, request));
  }

  private static Map<Part, ImageList> chosen(
      String dataset, ImageParts available, OptionalInt byDefault, DataRequest request)
      throws DataException {
    PartSizes sizes = new PartSizes(dataset, "images", request);
    int classes = available.classes();
    Pool training = new Pool(available.train().labels(), classes);
    Map<Part, ImageList> chosen = new EnumMap<>(Part.class);
    if (available.validation().isPresent()) {
      ImageList given = available.validation().get();
      int[] part = sizes.givenValidation(new Pool(given.labels(), classes));
      chosen.put(Part.VALIDATION, given.select(part));
    } else {
      int[] part = sizes.validation(training, byDefault);
      chosen.put(Part.VALIDATION, available.train().select(part));
    }
    chosen.put(Part.TRAIN, available.train().select(sizes.train(training)));
    int[] test = sizes.test(new Pool(available.test().labels(), classes));
    chosen.put(Part.TEST, available.test().select(test));
    return chosen;
  }

  private DecodedImages decode(Map<Part, ImageList> chosen) throws DataException {
    int count = chosen.values().stream().mapToInt(ImageList::size).sum();
    Map<Part, Examples> parts = new EnumMap<>(Part.class);
    for (Map.Entry<Part, ImageList> part : chosen.entrySet()) {
      ImageList images = part.getValue();
      byte[][] rows = new byte[images.size()][];
      for (int i = 0; i < rows.length; i++) {
        Image image = converted(images.decoder().decode(i));
        if (first == null) {
          first = image;
          check(count);
        }
        checkSame(image);
        rows[i] = image.pixels();
      }
      parts.put(part.getKey(), new Examples(rows, images.labels()));
    }
    return new DecodedImages(first.channels(), first.height(), first.width(), parts);
  }

  private Image converted(Image image) {
    Image right = Channels.convert(image, request.channels().orElse(image.channels()));
    return request.imageSize().isPresent()
        ? Resize.toSquare(right, request.imageSize().getAsInt())
        : right;
  }

  private void check(int count) throws DataException {
    RequestRules.augmentation(
        dataset, request.augmentation(), Math.min(first.height(), first.width()));
    double need = (double) count * first.pixels().length;
    double have = MOST_OF_HEAP * Runtime.getRuntime().maxMemory();
    if (need > have) {
      throw new DataException(
          ("%s: %d images of %s with %d channels need %.1f GiB of memory and Java has %.1f GiB to"
                  + " spare; lower train or imageSize, or raise Java's -Xmx")
              .formatted(
                  dataset, count, first.dimensions(), first.channels(), need / GIB, have / GIB));
    }
  }

  private void checkSame(Image image) throws DataException {
    if (image.height() != first.height() || image.width() != first.width()) {
      throw new DataException(
          "%s: %s has %s pixels and %s has %s; set imageSize to make them one size"
              .formatted(
                  dataset, first.name(), first.dimensions(), image.name(), image.dimensions()));
    }
  }
}
