package org.adafisher.bench.data;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** Builds requests, from everything as it is. */
final class Requests {

  private Optional<Path> directory = Optional.empty();
  private OptionalInt train = OptionalInt.empty();
  private OptionalInt validation = OptionalInt.empty();
  private OptionalInt test = OptionalInt.empty();
  private OptionalInt imageSize = OptionalInt.empty();
  private OptionalInt channels = OptionalInt.empty();
  private Augmentation augmentation = Augmentation.NONE;
  private TextForm text = TextForm.DEFAULT;

  static Requests request() {
    return new Requests();
  }

  static Requests in(Path directory) {
    Requests requests = new Requests();
    requests.directory = Optional.of(directory);
    return requests;
  }

  Requests train(int examples) {
    train = OptionalInt.of(examples);
    return this;
  }

  Requests validation(int examples) {
    validation = OptionalInt.of(examples);
    return this;
  }

  Requests test(int examples) {
    test = OptionalInt.of(examples);
    return this;
  }

  Requests imageSize(int pixels) {
    imageSize = OptionalInt.of(pixels);
    return this;
  }

  Requests channels(int number) {
    channels = OptionalInt.of(number);
    return this;
  }

  Requests augmentation(int cropPadding, boolean flip, int cutout) {
    augmentation = new Augmentation(cropPadding, flip, cutout);
    return this;
  }

  Requests text(String tokenizer, int context) {
    text = new TextForm(tokenizer, text.vocabulary(), context);
    return this;
  }

  Requests vocabulary(int tokens) {
    text = new TextForm(text.tokenizer(), OptionalInt.of(tokens), text.context());
    return this;
  }

  Dataset load(String name) throws DataException {
    return Datasets.REGISTRY
        .get(name)
        .load(
            new DataRequest(
                directory, train, validation, test, imageSize, channels, augmentation, text));
  }
}
