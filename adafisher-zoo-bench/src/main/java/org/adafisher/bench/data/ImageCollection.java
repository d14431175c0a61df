package org.adafisher.bench.data;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * Images with classes in files that the user has. Pixels are standardised, per channel, by mean and
 * standard deviation of the training part that is used.
 *
 * @param name what configurations call it
 * @param description one line for people who choose
 * @param reader how the files are laid out
 * @param usualDirectory where the files are if the user does not say; empty: the user has to
 * @param origin a clause that says where people get the files
 */
record ImageCollection(
    String name,
    String description,
    ImageReader reader,
    Optional<Path> usualDirectory,
    String origin)
    implements DatasetType {

  @Override
  public boolean needsDirectory() {
    return usualDirectory.isEmpty();
  }

  @Override
  public boolean images() {
    return true;
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
    PixelScale scale = PixelScale.standardized(images.training(), images.channels());
    int classes = available.classes();
    return new ByteDataset(
        new Shape(
            Task.CLASSIFICATION,
            InputType.convolutional(images.height(), images.width(), images.channels()),
            classes),
        images.parts(),
        new ImageMinibatches(images.batch(request.augmentation()), scale, classes, false));
  }
}
