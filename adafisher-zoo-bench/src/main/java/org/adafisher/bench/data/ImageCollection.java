package org.adafisher.bench.data;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Images with classes in files that the user has. Pixels are standardised, per channel, by mean and
 * standard deviation of the training part that is used; for {@link ImageUse#IMAGE} they are
 * fractions of white.
 *
 * @param name what configurations call it
 * @param description one line for people who choose
 * @param reader how the files are laid out
 * @param usualDirectory where the files are if the user does not say; empty: the user has to
 * @param origin a clause that says where people get the files
 * @param use what is asked about them
 */
record ImageCollection(
    String name,
    String description,
    ImageReader reader,
    Optional<Path> usualDirectory,
    String origin,
    ImageUse use)
    implements DatasetType {

  private static final int WHITE = 255;

  @Override
  public boolean needsDirectory() {
    return usualDirectory.isEmpty();
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
    RequestRules.images(name, request);
    Optional<Path> path = request.directory().or(() -> usualDirectory);
    if (path.isEmpty()) {
      throw new DataException("%s needs a directory; %s".formatted(name, origin));
    }
    ImageParts available = reader.read(DataDirectory.open(name, path.get(), origin));
    DecodedImages images = ImageDecoding.decode(name, available, OptionalInt.empty(), request);
    PixelScale scale =
        use == ImageUse.IMAGE
            ? PixelScale.fractions(images.training(), images.channels(), WHITE)
            : PixelScale.standardized(images.training(), images.channels());
    return use.dataset(images, available.classes(), scale, false, request.augmentation());
  }
}
