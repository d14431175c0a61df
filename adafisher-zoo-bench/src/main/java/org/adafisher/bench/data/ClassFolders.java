package org.adafisher.bench.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Any images in one folder for each class: train/CLASS and test/CLASS, perhaps val/CLASS (or valid,
 * or validation); or CLASS alone, of which 20 % are the test part. Classes are numbered in the
 * order of their names; what is not called like an image is left out, and the log says what.
 */
final class ClassFolders implements ImageReader {

  private static final int TEST_PERCENT = 20;

  private static final Map<String, Part> PARTS =
      Map.of(
          "train", Part.TRAIN,
          "val", Part.VALIDATION,
          "valid", Part.VALIDATION,
          "validation", Part.VALIDATION,
          "test", Part.TEST);

  @Override
  public ImageParts read(DataDirectory directory) throws DataException {
    LeftOut leftOut = new LeftOut();
    Map<Part, Path> parts = parts(directory);
    ImageParts images =
        parts.containsKey(Part.TRAIN)
            ? given(directory, parts, leftOut)
            : split(directory, parts, leftOut);
    ImageFileList.log(directory, leftOut);
    return images;
  }

  /** The folders that are called like parts. */
  private static Map<Part, Path> parts(DataDirectory directory) throws DataException {
    Map<Part, Path> parts = new EnumMap<>(Part.class);
    for (Path folder : directory.list(directory.path(), Files::isDirectory)) {
      Part part = PARTS.get(folder.getFileName().toString().toLowerCase(Locale.ROOT));
      if (part != null) {
        Path other = parts.put(part, folder);
        if (other != null) {
          throw directory.problem(
              folder, "is there beside " + other.getFileName() + ", of which one is allowed");
        }
      }
    }
    return parts;
  }

  private static ImageParts given(DataDirectory directory, Map<Part, Path> parts, LeftOut leftOut)
      throws DataException {
    for (Path path : directory.list(directory.path(), path -> !parts.containsValue(path))) {
      leftOut.add(path);
    }
    Path train = parts.get(Part.TRAIN);
    List<String> classes = classes(directory, train, leftOut);
    ImageList trainImages = images(directory, train, classes, leftOut);
    Optional<ImageList> validationImages =
        parts.containsKey(Part.VALIDATION)
            ? Optional.of(
                sameClasses(directory, parts.get(Part.VALIDATION), classes, leftOut).shuffled())
            : Optional.empty();
    Path test = parts.getOrDefault(Part.TEST, directory.path().resolve("test"));
    return new ImageParts(
        classes.size(),
        trainImages.shuffled(),
        validationImages,
        sameClasses(directory, test, classes, leftOut).shuffled());
  }

  private static ImageParts split(DataDirectory directory, Map<Part, Path> parts, LeftOut leftOut)
      throws DataException {
    for (Path part : parts.values()) {
      // A folder of images can be a class of that name.
      if (!directory.list(part, Files::isDirectory).isEmpty()) {
        throw directory.problem(part, "is there, but no folder train beside it");
      }
    }
    List<String> classes = classes(directory, directory.path(), leftOut);
    ImageList all = images(directory, directory.path(), classes, leftOut).shuffled();
    Pool pool = new Pool(all.labels(), classes.size());
    ImageList test = all.select(pool.takePercent(TEST_PERCENT));
    if (test.size() == 0) {
      throw directory.problem(directory.path(), "has no class with an image to spare for the test");
    }
    return new ImageParts(classes.size(), all.select(pool.rest()), Optional.empty(), test);
  }

  private static List<String> classes(DataDirectory directory, Path folder, LeftOut leftOut)
      throws DataException {
    List<String> names = new ArrayList<>();
    for (Path path : directory.list(folder, any -> true)) {
      if (Files.isDirectory(path)) {
        names.add(path.getFileName().toString());
      } else {
        leftOut.add(path);
      }
    }
    if (names.isEmpty()) {
      throw directory.problem(folder, "has no folders for classes");
    }
    if (names.size() == 1) {
      throw directory.problem(folder, "has only one class, '" + names.get(0) + "'");
    }
    return names;
  }

  private static ImageList sameClasses(
      DataDirectory directory, Path folder, List<String> classes, LeftOut leftOut)
      throws DataException {
    for (Path found : directory.list(folder, any -> true)) {
      if (!Files.isDirectory(found)) {
        leftOut.add(found);
      } else if (!classes.contains(found.getFileName().toString())) {
        throw directory.problem(found, "is a class that train lacks");
      }
    }
    return images(directory, folder, classes, leftOut);
  }

  private static ImageList images(
      DataDirectory directory, Path folder, List<String> classes, LeftOut leftOut)
      throws DataException {
    ImageFileList images = new ImageFileList(directory, leftOut);
    for (int label = 0; label < classes.size(); label++) {
      images.addFolder(folder.resolve(classes.get(label)), label);
    }
    return images.images();
  }
}
