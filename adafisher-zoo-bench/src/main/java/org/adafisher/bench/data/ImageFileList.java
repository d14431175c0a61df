package org.adafisher.bench.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects image files with their classes. */
final class ImageFileList {

  private final List<Path> files = new ArrayList<>();
  private final List<Integer> labels = new ArrayList<>();

  void add(Path file, int label) {
    files.add(file);
    labels.add(label);
  }

  /** The images, which are decoded when they are asked for. */
  ImageList images(DataDirectory directory) {
    ImageFileDecoder decoder = new ImageFileDecoder(directory);
    List<Path> all = List.copyOf(files);
    return new ImageList(
        labels.stream().mapToInt(Integer::intValue).toArray(), i -> decoder.decode(all.get(i)));
  }
}
