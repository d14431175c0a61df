package org.adafisher.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.DataSet;

class IdxFilesTest {

  private static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
  private static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
  private static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
  private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";
  private static final String ORIGIN =
      "; get it from http://yann.lecun.com/exdb/mnist/ or its mirrors";

  @TempDir Path directory;

  /** Images of 2x3 pixels; the first pixel is ten times the image's number. */
  @BeforeEach
  void writeFiles() throws IOException {
    write(TRAIN_IMAGES, images(6));
    write(TRAIN_LABELS, labels(0, 0, 0, 9, 9, 9));
    write(TEST_IMAGES, images(2));
    write(TEST_LABELS, labels(9, 0));
  }

  @Test
  void readsPixelsAndLabels() throws DataException {
    Dataset mnist = Requests.in(directory).load("mnist");

    assertThat(mnist.shape())
        .isEqualTo(new Shape(Task.CLASSIFICATION, InputType.convolutional(2, 3, 1), 10));
    assertThat(mnist.size(Part.TRAIN)).isEqualTo(4);
    assertThat(mnist.size(Part.VALIDATION)).as("one of each class").isEqualTo(2);
    DataSet train = mnist.inOrder(Part.TRAIN, 4).next();
    assertThat(train.getFeatures().shape()).containsExactly(4, 1, 2, 3);
    assertThat(train.getFeatures().meanNumber().doubleValue()).isCloseTo(0, within(1e-6));
    assertThat(train.getFeatures().stdNumber(false).doubleValue()).isCloseTo(1, within(1e-5));

    // Differences do not depend on the mean: 20 bytes between the pixels of neighbours.
    DataSet test = mnist.inOrder(Part.TEST, 2).next();
    float[] nine = Rows.values(test.getFeatures(), test.getLabels().getInt(0, 9) == 1 ? 0 : 1);
    float[] zero = Rows.values(test.getFeatures(), test.getLabels().getInt(0, 9) == 1 ? 1 : 0);
    float unit = nine[1] - nine[0];
    for (int p = 0; p < 6; p++) {
      assertThat(nine[p] - nine[0]).isCloseTo(p * unit, within(1e-5f));
      assertThat(zero[p] - nine[p]).isCloseTo(10 * unit, within(1e-5f));
    }
  }

  @Test
  void asVectorsToReconstructPixelsAreFractionsOfWhite() throws DataException {
    Dataset pixels = Requests.in(directory).load("fashion-mnist-pixels");

    assertThat(pixels.shape())
        .isEqualTo(new Shape(Task.RECONSTRUCTION, InputType.feedForward(6), 6));
    DataSet test = pixels.inOrder(Part.TEST, 2).next();
    assertThat(test.getLabels()).isEqualTo(test.getFeatures());
    float[] first = Rows.values(test.getFeatures(), 0);
    float[] second = Rows.values(test.getFeatures(), 1);
    for (int p = 0; p < 6; p++) {
      assertThat(255 * Math.min(first[p], second[p])).isCloseTo(p, within(1e-4f));
      assertThat(255 * Math.max(first[p], second[p])).isCloseTo(10 + p, within(1e-4f));
    }
  }

  @Test
  void ofIllScaledPixelsTheStandardisedOnesAreScaled() throws DataException {
    Dataset plain = Requests.in(directory).load("fashion-mnist");
    Dataset scaled = Requests.in(directory).load("fashion-mnist-ill-scaled");

    assertThat(scaled.shape())
        .isEqualTo(new Shape(Task.CLASSIFICATION, InputType.feedForward(6), 10));
    IllScaledMinibatches expected = IllScaledMinibatches.of((e, i, a) -> null, 6);
    for (Part part : Part.values()) {
      DataSet before = plain.inOrder(part, 2).next();
      assertThat(scaled.inOrder(part, 2).next().getFeatures())
          .isEqualTo(
              before
                  .getFeatures()
                  .reshape(2, 6)
                  .addRowVector(expected.offsets())
                  .mulRowVector(expected.factors()));
    }
  }

  @Test
  void gzippedFilesAreReadToo() throws DataException, IOException {
    Dataset plain = Requests.in(directory).load("mnist");
    for (String name : new String[] {TRAIN_IMAGES, TEST_LABELS}) {
      Path file = directory.resolve(name);
      write(name + ".gz", gzipped(Files.readAllBytes(file)));
      Files.delete(file);
    }

    Dataset gzipped = Requests.in(directory).load("mnist");
    for (Part part : Part.values()) {
      assertThat(Rows.of(gzipped, part)).isEqualTo(Rows.of(plain, part));
    }
  }

  @Test
  void aMissingFileOrDirectory() throws IOException {
    Files.delete(directory.resolve(TEST_LABELS));
    refused(directory.resolve(TEST_LABELS) + " is missing, and so is its .gz");

    Path nowhere = directory.resolve("nowhere");
    assertThatThrownBy(() -> Requests.in(nowhere).load("mnist"))
        .isInstanceOf(DataException.class)
        .hasMessage("mnist: " + nowhere + " is missing" + ORIGIN);
    Path file = directory.resolve(TRAIN_LABELS);
    assertThatThrownBy(() -> Requests.in(file).load("mnist"))
        .isInstanceOf(DataException.class)
        .hasMessage("mnist: " + file + " is a file where a directory is expected" + ORIGIN);
    assertThatThrownBy(() -> Requests.request().load("mnist"))
        .isInstanceOf(DataException.class)
        .hasMessage("mnist needs a directory" + ORIGIN);
    assertThatThrownBy(() -> Requests.in(nowhere).load("fashion-mnist"))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "fashion-mnist: "
                + nowhere
                + " is missing; install the Debian package dataset-fashion-mnist, or set directory"
                + " to the files from https://github.com/zalandoresearch/fashion-mnist");
  }

  @Test
  void aDirectoryInTheFilesPlace() throws IOException {
    Path file = directory.resolve(TRAIN_LABELS);
    Files.delete(file);
    Files.createDirectory(file);
    refused(file + " is a directory where a file is expected");
  }

  @Test
  void anEmptyFile() throws IOException {
    write(TRAIN_LABELS, new byte[0]);
    refused(directory.resolve(TRAIN_LABELS) + " is empty");
  }

  @Test
  void lessThanAHeader() throws IOException {
    write(TRAIN_IMAGES, new byte[] {0, 0, 8, 3, 0});
    refused(directory.resolve(TRAIN_IMAGES) + " has 5 bytes, less than its header");
  }

  @Test
  void anotherMagicNumber() throws IOException {
    write(TRAIN_LABELS, images(6));
    refused(directory.resolve(TRAIN_LABELS) + " starts with the number 0x00000803, not 0x00000801");
  }

  @Test
  void aTruncatedFile() throws IOException {
    write(TRAIN_IMAGES, Arrays.copyOf(images(6), 16 + 35));
    refused(directory.resolve(TRAIN_IMAGES) + " has 35 bytes of data, but its header promises 36");
  }

  @Test
  void aHeaderThatPromisesMoreThanAnyFileHas() throws IOException {
    write(
        TRAIN_IMAGES, ByteBuffer.allocate(16).putInt(0x803).putInt(-1).putInt(2).putInt(4).array());
    refused(
        directory.resolve(TRAIN_IMAGES)
            + " has 0 bytes of data, but its header promises 34359738360");
  }

  @Test
  void noImages() throws IOException {
    write(TRAIN_IMAGES, images(0));
    refused(directory.resolve(TRAIN_IMAGES) + " has no images");
  }

  @Test
  void moreImagesThanLabels() throws IOException {
    write(TEST_IMAGES, images(3));
    refused(directory.resolve(TEST_IMAGES) + " has 3 images, but " + TEST_LABELS + " has 2 labels");
  }

  @Test
  void aLabelOutOfRange() throws IOException {
    write(TEST_LABELS, labels(9, 10));
    refused(directory.resolve(TEST_LABELS) + " has the label 10, but labels are 0 to 9");
  }

  @Test
  void aBrokenGzipFile() throws IOException {
    byte[] whole = gzipped(images(6));
    Files.delete(directory.resolve(TRAIN_IMAGES));
    Path file = directory.resolve(TRAIN_IMAGES + ".gz");
    Files.write(file, Arrays.copyOf(whole, whole.length - 9));
    refused(file + " is not a whole gzip file");
    Files.write(file, images(6));
    refused(file + " is not a whole gzip file");
  }

  @Test
  void tooFewToValidateWith() throws IOException {
    write(TRAIN_IMAGES, images(2));
    write(TRAIN_LABELS, labels(0, 9));
    assertThatThrownBy(() -> Requests.in(directory).load("mnist"))
        .isInstanceOf(DataException.class)
        .hasMessage("mnist: none of the 2 training images can be spared for validation");
  }

  private void refused(String problem) {
    assertThatThrownBy(() -> Requests.in(directory).load("mnist"))
        .isInstanceOf(DataException.class)
        .hasMessage("mnist: " + problem + ORIGIN);
  }

  private void write(String name, byte[] bytes) throws IOException {
    Files.write(directory.resolve(name), bytes);
  }

  private static byte[] images(int count) {
    ByteBuffer bytes = ByteBuffer.allocate(16 + 6 * count);
    bytes.putInt(0x803).putInt(count).putInt(2).putInt(3);
    for (int i = 0; i < count; i++) {
      for (int p = 0; p < 6; p++) {
        bytes.put((byte) (10 * i + p));
      }
    }
    return bytes.array();
  }

  private static byte[] labels(int... labels) {
    ByteBuffer bytes = ByteBuffer.allocate(8 + labels.length);
    bytes.putInt(0x801).putInt(labels.length);
    for (int label : labels) {
      bytes.put((byte) label);
    }
    return bytes.array();
  }

  private static byte[] gzipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    }
    return packed.toByteArray();
  }
}
