package org.adafisher.bench.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The folder of Tiny-ImageNet. Its validation images are the test part, since the labels of its own
 * test images are not public; a class's number is its line in wnids.txt.
 */
final class TinyImageNetFiles implements ImageReader {

  @Override
  public ImageParts read(DataDirectory given) throws DataException {
    DataDirectory directory = given.orSub("tiny-imagenet-200");
    List<String> classes = lines(directory, directory.path().resolve("wnids.txt"));
    if (classes.size() < 2) {
      throw directory.problem(directory.path().resolve("wnids.txt"), "names less than two classes");
    }
    return ImageParts.of(classes.size(), train(directory, classes), validation(directory, classes));
  }

  private static ImageList train(DataDirectory directory, List<String> classes)
      throws DataException {
    ImageFileList images = new ImageFileList();
    for (int label = 0; label < classes.size(); label++) {
      Path folder = directory.path().resolve(Path.of("train", classes.get(label), "images"));
      List<Path> files = directory.list(folder, ImageFileDecoder::isImage);
      if (files.isEmpty()) {
        throw directory.problem(folder, "has no images");
      }
      for (Path file : files) {
        images.add(file, label);
      }
    }
    return images.images(directory);
  }

  private static ImageList validation(DataDirectory directory, List<String> classes)
      throws DataException {
    Path folder = directory.path().resolve(Path.of("val", "images"));
    Path annotations = directory.path().resolve(Path.of("val", "val_annotations.txt"));
    ImageFileList images = new ImageFileList();
    List<String> lines = lines(directory, annotations);
    if (lines.isEmpty()) {
      throw directory.problem(annotations, "names no images");
    }
    for (String line : lines) {
      String[] fields = line.split("\t");
      if (fields.length < 2) {
        throw directory.problem(annotations, "has the line '" + line + "' without a class");
      }
      int label = classes.indexOf(fields[1]);
      if (label < 0) {
        throw directory.problem(
            annotations, "names the class '" + fields[1] + "', which wnids.txt lacks");
      }
      Path file = folder.resolve(fields[0]);
      if (!Files.exists(file)) {
        throw directory.problem(file, "is missing, though val_annotations.txt names it");
      }
      images.add(file, label);
    }
    return images.images(directory);
  }

  private static List<String> lines(DataDirectory directory, Path file) throws DataException {
    String text = new String(directory.read(file), StandardCharsets.UTF_8);
    return text.lines().filter(line -> !line.isBlank()).map(String::stripTrailing).toList();
  }
}
