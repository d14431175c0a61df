package org.adafisher.bench.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects image files with their classes, and what is no image file beside them. */
final class ImageFileList {

  private static final Logger LOG = LoggerFactory.getLogger(ImageFileList.class);

  private final DataDirectory directory;
  private final LeftOut leftOut;
  private final List<Path> files = new ArrayList<>();
  private final List<Integer> labels = new ArrayList<>();

  /**
   * An empty list.
   *
   * @param leftOut gets what is left out
   */
  ImageFileList(DataDirectory directory, LeftOut leftOut) {
    this.directory = directory;
    this.leftOut = leftOut;
  }

  void add(Path file, int label) {
    files.add(file);
    labels.add(label);
  }

  /**
   * Adds all images of a folder.
   *
   * @throws DataException if there are none
   */
  void addFolder(Path folder, int label) throws DataException {
    LeftOut others = new LeftOut();
    int before = files.size();
    for (Path path : directory.list(folder, any -> true)) {
      if (ImageFileDecoder.isImage(path) && Files.isRegularFile(path)) {
        add(path, label);
      } else {
        others.add(path);
        leftOut.add(path);
      }
    }
    if (files.size() == before) {
      throw directory.problem(
          folder, "has no images" + (others.isEmpty() ? "" : ", only " + others.words(folder)));
    }
  }

  /** The images, which are decoded when they are asked for. */
  ImageList images() {
    ImageFileDecoder decoder = new ImageFileDecoder(directory);
    List<Path> all = List.copyOf(files);
    return new ImageList(
        labels.stream().mapToInt(Integer::intValue).toArray(), i -> decoder.decode(all.get(i)));
  }

  /** Says in the log, in one line, what was left out of a data set. */
  static void log(DataDirectory directory, LeftOut leftOut) {
    if (!leftOut.isEmpty()) {
      LOG.warn(
          "{}: left out of {} is what is not called like an image ({}): {}",
          directory.dataset(),
          directory.path(),
          ImageFileDecoder.endings(),
          leftOut.words(directory.path()));
    }
  }
}
