package org.adafisher.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.DataSet;

class TinyImageNetFilesTest {

  private static final String ORIGIN =
      "; get it from http://cs231n.stanford.edu/tiny-imagenet-200.zip";

  @TempDir Path directory;

  @BeforeEach
  void writeFiles() throws IOException {
    Files.writeString(directory.resolve("wnids.txt"), "n02\nn01\n");
    for (int i = 0; i < 3; i++) {
      Pictures.write(directory.resolve("train/n02/images/n02_" + i + ".JPEG"), 8, 8, 0xE0E0E0);
      Pictures.write(directory.resolve("train/n01/images/n01_" + i + ".JPEG"), 8, 8, 0x202020);
    }
    Pictures.write(directory.resolve("val/images/val_0.JPEG"), 8, 8, 0x202020);
    Pictures.write(directory.resolve("val/images/val_1.JPEG"), 8, 8, 0xE0E0E0);
    annotate("val_0.JPEG\tn01\t0\t0\t7\t7\nval_1.JPEG\tn02\t0\t0\t7\t7\n");
  }

  @Test
  void itsValidationImagesAreTheTestPart() throws DataException {
    Dataset tiny = Requests.in(directory).load("tiny-imagenet");

    assertThat(tiny.shape())
        .isEqualTo(new Shape(Task.CLASSIFICATION, InputType.convolutional(8, 8, 3), 2));
    assertThat(tiny.size(Part.TRAIN)).isEqualTo(4);
    assertThat(tiny.size(Part.VALIDATION)).isEqualTo(2);
    DataSet test = tiny.inOrder(Part.TEST, 2).next();
    assertThat(test.numExamples()).isEqualTo(2);
    for (int i = 0; i < 2; i++) {
      boolean light = test.getFeatures().slice(i).meanNumber().doubleValue() > 0;
      assertThat(test.getLabels().getInt(i, 0)).as("n02 is class 0").isEqualTo(light ? 1 : 0);
    }
  }

  @Test
  void whatIsWrongWithTheFiles() throws IOException {
    Path annotations = directory.resolve("val/val_annotations.txt");
    annotate("val_0.JPEG\tn09\t0\t0\t7\t7\n");
    refused(annotations + " names the class 'n09', which wnids.txt lacks");
    annotate("val_0.JPEG n01\n");
    refused(annotations + " has the line 'val_0.JPEG n01' without a class");
    annotate("val_7.JPEG\tn01\n");
    refused(
        directory.resolve("val/images/val_7.JPEG")
            + " is missing, though val_annotations.txt names it");
    annotate("\n");
    refused(annotations + " names no images");
    annotate("");
    refused(annotations + " is empty");
    Files.writeString(directory.resolve("wnids.txt"), "n02\nn03\n");
    refused(directory.resolve("train/n03/images") + " is missing");
    Files.createDirectories(directory.resolve("train/n03/images"));
    refused(directory.resolve("train/n03/images") + " has no images");
    Files.writeString(directory.resolve("wnids.txt"), "n02\n");
    refused(directory.resolve("wnids.txt") + " names less than two classes");
    Files.delete(directory.resolve("wnids.txt"));
    refused(directory.resolve("wnids.txt") + " is missing");
  }

  private void annotate(String text) throws IOException {
    Files.writeString(directory.resolve("val/val_annotations.txt"), text);
  }

  private void refused(String problem) {
    assertThatThrownBy(() -> Requests.in(directory).load("tiny-imagenet"))
        .isInstanceOf(DataException.class)
        .hasMessage("tiny-imagenet: " + problem + ORIGIN);
  }
}
