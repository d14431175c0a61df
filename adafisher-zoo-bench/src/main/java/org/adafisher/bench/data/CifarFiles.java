package org.adafisher.bench.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The binary versions of CIFAR-10 and CIFAR-100: records of a label (after a coarse one, in
 * CIFAR-100) and 3072 pixels, red, green, blue, each row by row.
 *
 * @param folder what the archive's own folder is called
 * @param train the files of the training part
 * @param test the file of the test part
 * @param labelBytes the bytes before the pixels; the last is the label
 * @param classes the number of classes
 */
record CifarFiles(String folder, List<String> train, String test, int labelBytes, int classes)
    implements ImageReader {

  private static final int SIDE = 32;
  private static final int PIXELS = Channels.RGB * SIDE * SIDE;

  static CifarFiles ten() {
    List<String> batches =
        List.of(1, 2, 3, 4, 5).stream().map(i -> "data_batch_" + i + ".bin").toList();
    return new CifarFiles("cifar-10-batches-bin", batches, "test_batch.bin", 1, 10);
  }

  static CifarFiles hundred() {
    return new CifarFiles("cifar-100-binary", List.of("train.bin"), "test.bin", 2, 100);
  }

  @Override
  public ImageParts read(DataDirectory given) throws DataException {
    DataDirectory directory = given.orSub(folder);
    return ImageParts.of(classes, images(directory, train), images(directory, List.of(test)));
  }

  private ImageList images(DataDirectory directory, List<String> names) throws DataException {
    int recordBytes = labelBytes + PIXELS;
    List<Image> images = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (String name : names) {
      Path file = directory.path().resolve(name);
      byte[] bytes = directory.read(file);
      if (bytes.length % recordBytes != 0) {
        throw directory.problem(
            file,
            "has %d bytes, which is no whole number of images of %d bytes"
                .formatted(bytes.length, recordBytes));
      }
      for (int at = 0; at < bytes.length; at += recordBytes) {
        int label = bytes[at + labelBytes - 1] & 0xFF;
        if (label >= classes) {
          throw directory.problem(
              file, "has the label %d, but labels are 0 to %d".formatted(label, classes - 1));
        }
        byte[] pixels = Arrays.copyOfRange(bytes, at + labelBytes, at + recordBytes);
        labels.add(label);
        images.add(
            new Image(file + ", image " + at / recordBytes, Channels.RGB, SIDE, SIDE, pixels));
      }
    }
    return new ImageList(labels.stream().mapToInt(Integer::intValue).toArray(), images::get);
  }
}
