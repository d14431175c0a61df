package org.adafisher.bench.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A data set's hash is that of its content: another content, another hash, and no other. */
class ContentHashTest {

  private static final String TEXT = "And he said unto them, Hear this. ";

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "digits",
        "digits-pixels",
        "digits-ill-scaled",
        "digits-ink",
        "genesis",
        "genesis-tokens"
      })
  void whatIsBuiltInHasOneHashForEachForm(String name) throws DataException {
    String hash = Requests.request().load(name).sha256();

    assertThat(hash).matches("[0-9a-f]{64}").isEqualTo(Requests.request().load(name).sha256());
  }

  @Test
  void partsAndFormsAreContent() throws DataException {
    assertThat(
            new String[] {
              Requests.request().load("digits").sha256(),
              Requests.request().train(500).load("digits").sha256(),
              Requests.request().validation(200).load("digits").sha256(),
              Requests.request().test(100).load("digits").sha256(),
              Requests.request().imageSize(16).load("digits").sha256(),
              Requests.request().channels(3).load("digits").sha256(),
              Requests.request().load("digits-ink").sha256()
            })
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({
    "byte, them, mhet",
    "character, d, x", // the same numbers, for letters are numbered by how frequent they are
    "character, Hear this, Hear that",
    "word, unto, onto",
    "bpe, unto, onto"
  })
  void anEditedTextHasAnotherHash(String tokenizer, String old, String edited) throws Exception {
    String before = text(tokenizer, TEXT);

    assertThat(text(tokenizer, TEXT)).isEqualTo(before);
    assertThat(text(tokenizer, TEXT.replace(old, edited))).isNotEqualTo(before);
  }

  private String text(String tokenizer, String sentence) throws Exception {
    Path file = Files.writeString(directory.resolve("text.txt"), sentence.repeat(50));
    return Requests.in(file).text(tokenizer, 8).load("text").sha256();
  }

  @Test
  void imagesInFolders() throws Exception {
    for (int i = 0; i < 12; i++) {
      Pictures.write(directory.resolve(i % 2 + "/" + i + ".png"), 4, 4, 0x10101 * i);
    }
    String before = images();
    assertThat(images()).isEqualTo(before);

    Path picture = directory.resolve("1/3.png");
    Pictures.write(picture, 4, 4, 0x10101 * 3 + 1);
    String changed = images();
    Pictures.write(picture, 4, 4, 0x10101 * 3);
    assertThat(images()).isEqualTo(before).isNotEqualTo(changed);

    Files.move(picture, directory.resolve("0/3.png"));
    String moved = images();
    Files.move(directory.resolve("0/3.png"), picture);
    assertThat(images()).isEqualTo(before).isNotEqualTo(moved);

    Pictures.write(directory.resolve("1/13.png"), 4, 4, 0x777777);
    assertThat(images()).isNotEqualTo(before);
  }

  private String images() throws DataException {
    return Requests.in(directory).load("images").sha256();
  }

  @Test
  void idxFilesGzippedOrNot() throws Exception {
    byte[] train = new byte[20];
    byte[] labels = new byte[20];
    for (int i = 0; i < 20; i++) {
      train[i] = (byte) (7 * i);
      labels[i] = (byte) (i % 10);
    }
    String before = idx(train, labels, "");
    assertThat(idx(train, labels, ".gz")).isEqualTo(before);

    train[5]++;
    assertThat(idx(train, labels, "")).isNotEqualTo(before);
    train[5]--;
    labels[5] = 6;
    assertThat(idx(train, labels, "")).isNotEqualTo(before);
  }

  /** Images of one pixel; those of the test part are the same. */
  private String idx(byte[] pixels, byte[] labels, String ending) throws Exception {
    Path folder = Files.createTempDirectory(directory, "idx");
    for (String part : new String[] {"train", "t10k"}) {
      write(
          folder.resolve(part + "-images-idx3-ubyte" + ending),
          new byte[] {0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 1},
          pixels);
      write(
          folder.resolve(part + "-labels-idx1-ubyte" + ending),
          new byte[] {0, 0, 8, 1, 0, 0, 0, 20},
          labels);
    }
    return Requests.in(folder).load("mnist").sha256();
  }

  private static void write(Path file, byte[] header, byte[] content) throws IOException {
    try (OutputStream plain = Files.newOutputStream(file);
        OutputStream out = file.toString().endsWith(".gz") ? new GZIPOutputStream(plain) : plain) {
      out.write(header);
      out.write(content);
    }
  }

  @Test
  void cifarFiles() throws Exception {
    byte[] record = new byte[2 * 3073];
    record[3073] = 1;
    for (int batch = 1; batch <= 5; batch++) {
      Files.write(directory.resolve("data_batch_" + batch + ".bin"), record);
    }
    Files.write(directory.resolve("test_batch.bin"), record);
    String before = Requests.in(directory).load("cifar10").sha256();

    record[100] = 9;
    Files.write(directory.resolve("test_batch.bin"), record);

    assertThat(Requests.in(directory).load("cifar10").sha256()).isNotEqualTo(before);
  }
}
