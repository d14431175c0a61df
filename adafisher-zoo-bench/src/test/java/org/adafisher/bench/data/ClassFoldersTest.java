package org.adafisher.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;
import org.slf4j.LoggerFactory;

class ClassFoldersTest {

  private static final String LAYOUT =
      "; expected are image files in train/CLASS and test/CLASS, or in CLASS alone";

  @TempDir Path directory;

  @Test
  void foldersOfPartsAreTaken() throws IOException, DataException {
    write("train/cat", 4, 0x202020);
    write("train/dog", 3, 0xC0C0C0);
    write("test/cat", 1, 0x202020);
    write("test/dog", 2, 0xC0C0C0);
    Dataset images = Requests.in(directory).load("images");

    assertThat(images.shape())
        .isEqualTo(new Shape(Task.CLASSIFICATION, InputType.convolutional(4, 4, 3), 2));
    assertThat(Rows.perClass(images, Part.TRAIN)).containsExactly(3, 2);
    assertThat(Rows.perClass(images, Part.VALIDATION)).containsExactly(1, 1);
    assertThat(Rows.perClass(images, Part.TEST)).containsExactly(1, 2);
    DataSet test = images.inOrder(Part.TEST, 3).next();
    for (int i = 0; i < 3; i++) {
      boolean dark = test.getFeatures().slice(i).meanNumber().doubleValue() < 0;
      assertThat(test.getLabels().getInt(i, 0)).as("cats are dark").isEqualTo(dark ? 1 : 0);
    }
  }

  @Test
  void aFolderForValidationIsTakenToo() throws IOException, DataException {
    for (String name : List.of("cat", "dog")) {
      write("train/" + name, 2, 0x202020);
      write("validation/" + name, 3, 0x808080);
      write("test/" + name, 1, 0xC0C0C0);
    }
    Dataset images = Requests.in(directory).load("images");
    Dataset fewer = Requests.in(directory).validation(2).load("images");

    assertThat(images.size(Part.TRAIN)).isEqualTo(4);
    assertThat(images.size(Part.VALIDATION)).isEqualTo(6);
    assertThat(fewer.size(Part.TRAIN)).isEqualTo(4);
    assertThat(Rows.perClass(fewer, Part.VALIDATION)).containsExactly(1, 1);
    assertThatThrownBy(() -> Requests.in(directory).validation(7).load("images"))
        .isInstanceOf(DataException.class)
        .hasMessage("images: validation asks for 7, but there are 6 validation images");
  }

  @Test
  void classesAloneAreSplitOnceAndForAll() throws IOException, DataException {
    for (int i = 0; i < 20; i++) {
      Pictures.write(directory.resolve("cat/" + i + ".png"), 2, 2, i);
      Pictures.write(directory.resolve("dog/" + i + ".png"), 2, 2, 100 + i);
    }
    Dataset images = Requests.in(directory).load("images");

    assertThat(Rows.perClass(images, Part.TEST)).containsExactly(4, 4);
    assertThat(Rows.perClass(images, Part.VALIDATION)).containsExactly(2, 2);
    assertThat(Rows.perClass(images, Part.TRAIN)).containsExactly(14, 14);
    List<String> all = Rows.of(images, Part.TRAIN);
    all.addAll(Rows.of(images, Part.VALIDATION));
    all.addAll(Rows.of(images, Part.TEST));
    assertThat(all).doesNotHaveDuplicates().hasSize(40);
    for (Part part : Part.values()) {
      assertThat(Rows.of(Requests.in(directory).load("images"), part))
          .isEqualTo(Rows.of(images, part));
    }
  }

  @Test
  void differentSizesNeedAnImageSize() throws IOException, DataException {
    write("cat", 3, 0x202020);
    write("dog", 2, 0xC0C0C0);
    Path large = directory.resolve("dog/9.png");
    Pictures.write(large, 6, 5, 0xC0C0C0);

    assertThatThrownBy(() -> Requests.in(directory).load("images"))
        .isInstanceOf(DataException.class)
        .hasMessageMatching(
            "images: \\S+png has \\d+x\\d+ pixels and \\S+png has \\d+x\\d+; set imageSize to make"
                + " them one size")
        .hasMessageContaining(large + " has 6x5")
        .hasMessageContaining("has 4x4");
    Dataset resized = Requests.in(directory).imageSize(8).channels(1).load("images");
    assertThat(resized.shape().input()).isEqualTo(InputType.convolutional(8, 8, 1));
  }

  @Test
  void otherFilesAndHiddenFoldersAreLeftOut() throws IOException, DataException {
    write("cat", 3, 0x202020);
    write("dog", 3, 0xC0C0C0);
    Files.writeString(directory.resolve("cat/notes.txt"), "not an image");
    Files.writeString(directory.resolve("README.txt"), "not a class");
    Files.createDirectory(directory.resolve(".cache"));

    assertThat(Requests.in(directory).load("images").shape().classes()).isEqualTo(2);
  }

  @Test
  void foldersThatAreWrong() throws IOException {
    refused(directory + " has no folders for classes");
    write("cat", 2, 0x202020);
    refused(directory + " has only one class, 'cat'");
    Files.createDirectory(directory.resolve("dog"));
    refused(directory.resolve("dog") + " has no images");
    write("dog", 1, 0x202020);
    Files.delete(directory.resolve("cat/1.png"));
    refused(directory + " has no class with an image to spare for the test");
    write("test/cat", 1, 0x202020);
    refused(directory.resolve("test") + " is there, but no folder train beside it");
    write("train/cat", 2, 0x202020);
    refused(directory.resolve("train") + " has only one class, 'cat'");
    write("train/dog", 2, 0x202020);
    refused(directory.resolve("test/dog") + " is missing");
    write("test/dog", 2, 0x202020);
    write("test/eel", 2, 0x202020);
    refused(directory.resolve("test/eel") + " is a class that train lacks");
  }

  private void refused(String problem) {
    assertThatThrownBy(() -> Requests.in(directory).load("images"))
        .isInstanceOf(DataException.class)
        .hasMessage("images: " + problem + LAYOUT);
  }

  private void write(String folder, int count, int colour) throws IOException {
    for (int i = 0; i < count; i++) {
      Pictures.write(directory.resolve(folder).resolve(i + ".png"), 4, 4, colour);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"val", "valid", "validation", "Val"})
  void validationHasAnyOfItsNames(String name) throws IOException, DataException {
    for (String animal : List.of("cat", "dog")) {
      write("train/" + animal, 2, 0x202020);
      write(name + "/" + animal, 3, 0x808080);
      write("test/" + animal, 1, 0xC0C0C0);
    }
    Dataset images = Requests.in(directory).load("images");

    assertThat(images.size(Part.TRAIN)).isEqualTo(4);
    assertThat(images.size(Part.VALIDATION)).isEqualTo(6);
  }

  @Test
  void twoFoldersForOnePartAreRefused() throws IOException {
    for (String animal : List.of("cat", "dog")) {
      write("train/" + animal, 2, 0x202020);
      write("val/" + animal, 1, 0x808080);
      write("validation/" + animal, 1, 0x808080);
      write("test/" + animal, 1, 0xC0C0C0);
    }

    refused(directory.resolve("validation") + " is there beside val, of which one is allowed");
  }

  @Test
  void aClassMayBeCalledLikeAPart() throws IOException, DataException {
    write("valid", 3, 0x202020);
    write("invalid", 3, 0xC0C0C0);

    assertThat(Requests.in(directory).load("images").shape().classes()).isEqualTo(2);
  }

  @Test
  void whatIsLeftOutIsCountedInOneLine() throws IOException, DataException {
    write("train/cat", 3, 0x202020);
    write("train/dog", 3, 0xC0C0C0);
    write("test/cat", 1, 0x202020);
    write("test/dog", 1, 0xC0C0C0);
    Files.writeString(directory.resolve("train/cat/b.txt"), "");
    Files.writeString(directory.resolve("train/dog/a.TXT"), "");
    Files.writeString(directory.resolve("train/dog/c.heic"), "");
    Files.writeString(directory.resolve("LICENSE"), "");
    Files.createDirectories(directory.resolve("dev/cat"));
    Logger log = (Logger) LoggerFactory.getLogger(ImageFileList.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try {
      Requests.in(directory).load("images");
    } finally {
      log.detachAppender(lines);
    }

    assertThat(lines.list)
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage, InstanceOfAssertFactories.STRING)
        .startsWith("images: left out of " + directory + " is what is not called like an image")
        .endsWith(
            "1 .heic (train/dog/c.heic), 2 .txt (train/cat/b.txt ...), 1 folder (dev), 1 without an"
                + " ending (LICENSE)");
  }

  @Test
  void aFolderOfOtherFilesSaysWhichItHas() throws IOException {
    write("cat", 2, 0x202020);
    Files.createDirectory(directory.resolve("dog"));
    Files.writeString(directory.resolve("dog/a.heic"), "");

    refused(directory.resolve("dog") + " has no images, only 1 .heic (a.heic)");
  }
}
