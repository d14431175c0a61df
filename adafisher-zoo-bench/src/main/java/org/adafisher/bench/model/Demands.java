package org.adafisher.bench.model;

import java.util.Optional;
import java.util.Set;
import org.adafisher.bench.data.Shape;
import org.adafisher.bench.data.Task;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * What a model can be trained on.
 *
 * @param task what it can do
 * @param inputs the kinds of input it takes
 * @param minimumSize the least height and width of an image in pixels with which it can be built
 *     and run; 1 if any will do
 * @param multiple what height and width have to be multiples of; 1 if anything will do
 */
record Demands(Task task, Set<InputType.Type> inputs, int minimumSize, int multiple) {

  private static final Set<InputType.Type> IMAGES = Set.of(InputType.Type.CNN);

  /** One class for an image of at least so many pixels a side, which must not be flat. */
  static Demands imagesOfAtLeast(int minimumSize) {
    return new Demands(Task.CLASSIFICATION, IMAGES, minimumSize, 1);
  }

  /** A mask for an image whose sides are multiples of so many pixels, which must not be flat. */
  static Demands imagesToSegmentInMultiplesOf(int multiple) {
    return new Demands(Task.SEGMENTATION, IMAGES, multiple, multiple);
  }

  /**
   * The next token for tokens: the input type is recurrent, of the vocabulary's size and length.
   */
  static Demands tokens() {
    return new Demands(Task.LANGUAGE, Set.of(InputType.Type.RNN), 1, 1);
  }

  /** One class a step for sequences. */
  static Demands sequences() {
    return new Demands(Task.SEQUENCE, Set.of(InputType.Type.RNN), 1, 1);
  }

  /** The example itself, for vectors. */
  static Demands vectorsToReconstruct() {
    return new Demands(Task.RECONSTRUCTION, Set.of(InputType.Type.FF), 1, 1);
  }

  /** The same, for flat images as well. */
  Demands orFlat() {
    return new Demands(
        task, Set.of(InputType.Type.CNN, InputType.Type.CNNFlat), minimumSize, multiple);
  }

  /** The same, for flat images and for examples that are no images as well. */
  Demands orAnyVector() {
    return new Demands(
        task,
        Set.of(InputType.Type.CNN, InputType.Type.CNNFlat, InputType.Type.FF),
        minimumSize,
        multiple);
  }

  /** What {@link ModelType#refusal} says. */
  Optional<String> refusal(Shape shape) {
    if (shape.task() != task) {
      return Optional.of("%s, and the data has %s".formatted(what(), shape.task()));
    }
    InputType.Type type = shape.input().getType();
    if (!inputs.contains(type)) {
      return Optional.of(
          switch (type) {
            case CNNFlat ->
                "it takes images in rows and columns, %d at least, these are flat; set imageSize"
                    .formatted(minimumSize);
            case CNN -> "it takes no images";
            default ->
                inputs.contains(InputType.Type.CNN)
                    ? "it takes images, these are none"
                    : "it takes no input of the type " + type;
          });
    }
    return type == InputType.Type.CNN || type == InputType.Type.CNNFlat
        ? sizeRefusal(ImageShape.of(shape.input()))
        : Optional.empty();
  }

  private String what() {
    return switch (task) {
      case CLASSIFICATION -> "it gives one class an image";
      case SEQUENCE -> "it continues text";
      case SEGMENTATION -> "it labels every pixel";
      case RECONSTRUCTION -> "it reconstructs images";
      case LANGUAGE -> "it continues tokens";
    };
  }

  private Optional<String> sizeRefusal(ImageShape image) {
    if (image.height() < minimumSize || image.width() < minimumSize) {
      return Optional.of(
          "it needs images of at least %1$dx%1$d pixels, these are %2$dx%3$d; set imageSize"
              .formatted(minimumSize, image.height(), image.width()));
    }
    if (image.height() % multiple != 0 || image.width() % multiple != 0) {
      return Optional.of(
          "it needs images whose sides are multiples of %d pixels, these are %dx%d; set imageSize"
              .formatted(multiple, image.height(), image.width()));
    }
    return Optional.empty();
  }
}
