package org.adafisher.bench.data;

import static java.util.Map.entry;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.adafisher.bench.registry.Registry;

/** The data sets that a configuration can name. */
public final class Datasets {

  private static final String CIFAR_ORIGIN =
      "get it from https://www.cs.toronto.edu/~kriz/cifar.html, the binary version";

  /** By name. */
  public static final Registry<DatasetType> REGISTRY =
      Registry.of(
          "data set",
          digits(Digits.classes()),
          digits(Digits.pixels()),
          digits(Digits.illScaled()),
          entry(DigitsInk.NAME, new DigitsInk()),
          entry(Genesis.NAME, new Genesis()),
          entry(LanguageText.BUILT_IN, LanguageText.builtIn()),
          entry(LanguageText.OWN, LanguageText.own()),
          collection(
              "mnist",
              "MNIST: 60000 + 10000 handwritten digits of 28x28 grey pixels, 10 classes; needs a"
                  + " directory with its four files, gzipped or not",
              new IdxFiles(),
              Optional.empty(),
              "get it from http://yann.lecun.com/exdb/mnist/ or its mirrors"),
          fashion(
              "fashion-mnist",
              "Fashion-MNIST: 60000 + 10000 pieces of clothing of 28x28 grey pixels, 10 classes;"
                  + " Debian's package dataset-fashion-mnist or a directory with its four files",
              ImageUse.CLASS),
          fashion(
              "fashion-mnist-pixels",
              "Fashion-MNIST as vectors from 0 to 1, to be reconstructed; files as for"
                  + " fashion-mnist",
              ImageUse.IMAGE),
          fashion(
              "fashion-mnist-ill-scaled",
              "Fashion-MNIST as vectors, each pixel in a unit (0.03 to 32) and with an offset of"
                  + " its own; files as for fashion-mnist",
              ImageUse.CLASS_FROM_ILL_SCALED),
          collection(
              "cifar10",
              "CIFAR-10: 50000 + 10000 colour images of 32x32, 10 classes; needs a directory with"
                  + " its binary version",
              CifarFiles.ten(),
              Optional.empty(),
              CIFAR_ORIGIN),
          collection(
              "cifar100",
              "CIFAR-100: 50000 + 10000 colour images of 32x32, 100 classes; needs a directory with"
                  + " its binary version",
              CifarFiles.hundred(),
              Optional.empty(),
              CIFAR_ORIGIN),
          collection(
              "tiny-imagenet",
              "Tiny-ImageNet: 100000 + 10000 colour images of 64x64, 200 classes; needs its"
                  + " directory",
              new TinyImageNetFiles(),
              Optional.empty(),
              "get it from http://cs231n.stanford.edu/tiny-imagenet-200.zip"),
          collection(
              "images",
              "your own images, colour unless channels is 1; needs a directory with a folder for"
                  + " each class, or those in train, test and perhaps val, valid or validation",
              new ClassFolders(),
              Optional.empty(),
              "expected are image files in train/CLASS and test/CLASS, or in CLASS alone"));

  private Datasets() {}

  /**
   * Text to be continued token by token: the user's, if the request says where it is, else what is
   * built in.
   *
   * @throws DataException as {@link DatasetType#load}
   */
  public static TokenDataset language(DataRequest request) throws DataException {
    return (request.directory().isPresent() ? LanguageText.own() : LanguageText.builtIn())
        .load(request);
  }

  private static Map.Entry<String, DatasetType> digits(Digits digits) {
    return entry(digits.name(), digits);
  }

  private static Map.Entry<String, DatasetType> fashion(
      String name, String description, ImageUse use) {
    return entry(
        name,
        new ImageCollection(
            name,
            description,
            new IdxFiles(),
            Optional.of(Path.of("/usr/share/datasets/fashion-mnist")),
            "install the Debian package dataset-fashion-mnist, or set directory to the files from"
                + " https://github.com/zalandoresearch/fashion-mnist",
            use));
  }

  private static Map.Entry<String, DatasetType> collection(
      String name,
      String description,
      ImageReader reader,
      Optional<Path> usualDirectory,
      String origin) {
    return entry(
        name,
        new ImageCollection(name, description, reader, usualDirectory, origin, ImageUse.CLASS));
  }
}
