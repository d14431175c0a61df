package org.adafisher.bench.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Any images in one folder for each class: train/CLASS and test/CLASS, perhaps validation/CLASS; or
 * CLASS alone, of which 20 % are the test part. Classes are numbered in the order of their names;
 * files that are not called like images are left out.
 */
final class ClassFolders implements ImageReader {

  private static final int TEST_PERCENT = 20;

  @Override
  public ImageParts read(DataDirectory directory) throws DataException {
    Path train = directory.path().resolve("train");
    Path test = directory.path().resolve("test");
    Path validation = directory.path().resolve("validation");
    if (!Files.isDirectory(train)) {
      for (Path part : List.of(test, validation)) {
        if (Files.isDirectory(part)) {
          throw directory.problem(part, "is there, but no folder train beside it");
        }
      }
      return split(directory);
    }
    List<String> classes = classes(directory, train);
    ImageList trainImages = images(directory, train, classes);
    Optional<ImageList> validationImages =
        Files.isDirectory(validation)
            ? Optional.of(sameClasses(directory, validation, classes).shuffled())
            : Optional.empty();
    return new ImageParts(
        classes.size(),
        trainImages.shuffled(),
        validationImages,
        sameClasses(directory, test, classes).shuffled());
  }

  private static ImageParts split(DataDirectory directory) throws DataException {
    List<String> classes = classes(directory, directory.path());
    ImageList all = images(directory, directory.path(), classes).shuffled();
    Pool pool = new Pool(all.labels(), classes.size());
    ImageList test = all.select(pool.takePercent(TEST_PERCENT));
    if (test.size() == 0) {
      throw directory.problem(directory.path(), "has no class with an image to spare for the test");
    }
    return new ImageParts(classes.size(), all.select(pool.rest()), Optional.empty(), test);
  }

  private static List<String> classes(DataDirectory directory, Path folder) throws DataException {
    List<String> names =
        directory.list(folder, Files::isDirectory).stream()
            .map(path -> path.getFileName().toString())
            .toList();
    if (names.isEmpty()) {
      throw directory.problem(folder, "has no folders for classes");
    }
    if (names.size() == 1) {
      throw directory.problem(folder, "has only one class, '" + names.get(0) + "'");
    }
    return names;
  }

  private static ImageList sameClasses(DataDirectory directory, Path folder, List<String> classes)
      throws DataException {
    List<Path> folders = directory.list(folder, Files::isDirectory);
    for (Path found : folders) {
      if (!classes.contains(found.getFileName().toString())) {
        throw directory.problem(found, "is a class that train lacks");
      }
    }
    return images(directory, folder, classes);
  }

  private static ImageList images(DataDirectory directory, Path folder, List<String> classes)
      throws DataException {
    ImageFileList images = new ImageFileList();
    for (int label = 0; label < classes.size(); label++) {
      Path classFolder = folder.resolve(classes.get(label));
      List<Path> files =
          directory.list(
              classFolder, file -> ImageFileDecoder.isImage(file) && Files.isRegularFile(file));
      if (files.isEmpty()) {
        throw directory.problem(classFolder, "has no images");
      }
      for (Path file : files) {
        images.add(file, label);
      }
    }
    return images.images(directory);
  }
}
