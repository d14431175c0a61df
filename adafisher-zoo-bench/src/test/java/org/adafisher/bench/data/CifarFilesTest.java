package org.adafisher.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

class CifarFilesTest {

  private static final String ORIGIN =
      "; get it from https://www.cs.toronto.edu/~kriz/cifar.html, the binary version";

  @TempDir Path directory;

  @Test
  void cifar10() throws DataException, IOException {
    writeTen(directory);
    Dataset cifar = Requests.in(directory).validation(2).load("cifar10");

    assertThat(cifar.shape())
        .isEqualTo(new Shape(Task.CLASSIFICATION, InputType.convolutional(32, 32, 3), 10));
    assertThat(cifar.size(Part.TRAIN)).isEqualTo(8);
    assertThat(cifar.size(Part.TEST)).isEqualTo(1);
    DataSet test = cifar.inOrder(Part.TEST, 1).next();
    assertThat(test.getLabels().argMax(1).getInt(0)).isEqualTo(9);
    // Red, green and blue, each the lighter the further right, as record() has them.
    INDArray image = test.getFeatures().slice(0);
    for (int c = 0; c < 3; c++) {
      INDArray channel = image.slice(c);
      assertThat(channel.getRow(0)).isEqualTo(channel.getRow(31));
      assertThat(channel.getFloat(0, 31)).isGreaterThan(channel.getFloat(0, 0));
    }
    DataSet train = cifar.inOrder(Part.TRAIN, 8).next();
    for (int c = 0; c < 3; c++) {
      INDArray channel = train.getFeatures().tensorAlongDimension(c, 0, 2, 3);
      assertThat(channel.meanNumber().doubleValue()).isCloseTo(0, within(1e-5));
      assertThat(channel.stdNumber(false).doubleValue()).isCloseTo(1, within(1e-4));
    }
  }

  @Test
  void theArchivesOwnFolderIsFound() throws DataException, IOException {
    writeTen(Files.createDirectory(directory.resolve("cifar-10-batches-bin")));

    assertThat(Requests.in(directory).load("cifar10").size(Part.TEST)).isEqualTo(1);
  }

  @Test
  void cifar100TakesTheFineLabel() throws DataException, IOException {
    write(directory, "train.bin", record(7, 99), record(7, 99), record(8, 3), record(8, 3));
    write(directory, "test.bin", record(8, 3));
    Dataset cifar = Requests.in(directory).load("cifar100");

    assertThat(cifar.shape().classes()).isEqualTo(100);
    assertThat(Rows.perClass(cifar, Part.TRAIN)[99]).isEqualTo(1);
    assertThat(Rows.perClass(cifar, Part.TRAIN)[3]).isEqualTo(1);
    assertThat(Rows.perClass(cifar, Part.TEST)[3]).isEqualTo(1);
  }

  @Test
  void greySmallAndFew() throws DataException, IOException {
    writeTen(directory);
    Dataset cifar =
        Requests.in(directory).validation(2).train(2).channels(1).imageSize(8).load("cifar10");

    assertThat(cifar.shape().input()).isEqualTo(InputType.convolutional(8, 8, 1));
    assertThat(Rows.perClass(cifar, Part.TRAIN)).containsExactly(1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void whatIsWrongWithTheFiles() throws IOException {
    writeTen(directory);
    Path third = directory.resolve("data_batch_3.bin");
    Files.write(third, Arrays.copyOf(record(1), 3000));
    refused(third + " has 3000 bytes, which is no whole number of images of 3073 bytes");
    Files.write(third, record(10));
    refused(third + " has the label 10, but labels are 0 to 9");
    Files.write(third, new byte[0]);
    refused(third + " is empty");
    Files.delete(third);
    refused(third + " is missing");
  }

  private void refused(String problem) {
    assertThatThrownBy(() -> Requests.in(directory).load("cifar10"))
        .isInstanceOf(DataException.class)
        .hasMessage("cifar10: " + problem + ORIGIN);
  }

  private static void writeTen(Path directory) throws IOException {
    for (int batch = 1; batch <= 5; batch++) {
      write(directory, "data_batch_" + batch + ".bin", record(0), record(1));
    }
    write(directory, "test_batch.bin", record(9));
  }

  private static void write(Path directory, String name, byte[]... records) throws IOException {
    byte[] all = new byte[records.length * records[0].length];
    for (int i = 0; i < records.length; i++) {
      System.arraycopy(records[i], 0, all, i * records[0].length, records[0].length);
    }
    Files.write(directory.resolve(name), all);
  }

  /** Labels, then three channels whose pixels are 50 times the channel, plus the column. */
  private static byte[] record(int... labels) {
    byte[] record = new byte[labels.length + 3072];
    for (int i = 0; i < labels.length; i++) {
      record[i] = (byte) labels[i];
    }
    for (int p = 0; p < 3072; p++) {
      record[labels.length + p] = (byte) (50 * (p / 1024) + p % 32);
    }
    return record;
  }
}
