package org.adafisher.bench.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.adafisher.bench.file.NotUtf8Exception;
import org.adafisher.bench.file.Utf8;

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
    LeftOut leftOut = new LeftOut();
    ImageFileList images = new ImageFileList(directory, leftOut);
    Path train = directory.path().resolve("train");
    for (int label = 0; label < classes.size(); label++) {
      Path names = directory.path().resolve("wnids.txt");
      images.addFolder(directory.named(train, classes.get(label), names).resolve("images"), label);
    }
    ImageFileList.log(directory, leftOut);
    return images.images();
  }

  private static ImageList validation(DataDirectory directory, List<String> classes)
      throws DataException {
    Path folder = directory.path().resolve(Path.of("val", "images"));
    Path annotations = directory.path().resolve(Path.of("val", "val_annotations.txt"));
    ImageFileList images = new ImageFileList(directory, new LeftOut());
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
      Path file = directory.named(folder, fields[0], annotations);
      if (!Files.exists(file)) {
        throw directory.problem(file, "is missing, though val_annotations.txt names it");
      }
      images.add(file, label);
    }
    return images.images();
  }

  private static List<String> lines(DataDirectory directory, Path file) throws DataException {
    String text;
    try {
      text = Utf8.decode(directory.read(file));
    } catch (NotUtf8Exception e) {
      throw directory.problem(file, e.getMessage(), e);
    }
    return text.lines().filter(line -> !line.isBlank()).map(String::stripTrailing).toList();
  }
}
