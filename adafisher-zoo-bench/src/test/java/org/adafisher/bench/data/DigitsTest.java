package org.adafisher.bench.data;

import static org.adafisher.bench.data.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

class DigitsTest {

  private final Dataset digits = load(request());

  @Test
  void theirShapeSuitsDenseAndConvolutionalNetworks() {
    assertThat(digits.shape())
        .isEqualTo(new Shape(Task.CLASSIFICATION, InputType.convolutionalFlat(8, 8, 1), 10));
    assertThat(digits.train(32, 1).next().getFeatures().shape()).containsExactly(32, 64);
  }

  @Test
  void everyImageIsInExactlyOnePart() {
    List<String> all = new ArrayList<>();
    for (Part part : Part.values()) {
      List<String> images = images(digits.inOrder(part, 100));
      assertThat(images).hasSize(digits.size(part));
      all.addAll(images);
    }
    assertThat(digits.size(Part.TRAIN)).isEqualTo(997);
    assertThat(digits.size(Part.VALIDATION)).isEqualTo(300);
    assertThat(digits.size(Part.TEST)).isEqualTo(500);
    assertThat(all).as("the source has no duplicates").doesNotHaveDuplicates().hasSize(1797);
  }

  @Test
  void testAndValidationHaveEquallyManyOfEveryDigit() {
    assertThat(Rows.perClass(digits, Part.TEST)).hasSize(10).containsOnly(50);
    assertThat(Rows.perClass(digits, Part.VALIDATION)).hasSize(10).containsOnly(30);
  }

  @Test
  void pixelsReachFromZeroToOneInSixteenStepsAndLabelsAreOneHot() {
    DataSet all = digits.inOrder(Part.TRAIN, 997).next();

    INDArray steps = all.getFeatures().mul(16);
    assertThat(all.getFeatures().minNumber().doubleValue()).isZero();
    assertThat(all.getFeatures().maxNumber().doubleValue()).isEqualTo(1);
    for (float step : Rows.values(steps, 0)) {
      assertThat(step).isEqualTo(Math.round(step));
    }
    assertThat(all.getLabels().sum(1).toDoubleVector()).containsOnly(1);
  }

  @Test
  void theFirstImageOfTheSourceIsThereUnchanged() {
    String zero = "0 0 5 13 9 1 0 0 0 0 13 15 10 15 5 0 0 3 15 2 0 11 8 0 0 4 12 0 0 8 8 0";
    Set<String> everything = new HashSet<>();
    for (Part part : Part.values()) {
      everything.addAll(images(digits.inOrder(part, 100)));
    }

    assertThat(everything).anyMatch(image -> image.startsWith(zero) && image.endsWith(": 0"));
  }

  @Test
  void theSplitIsAlwaysTheSame() {
    for (Part part : Part.values()) {
      assertThat(images(load(request()).inOrder(part, 500)))
          .isEqualTo(images(digits.inOrder(part, 100)));
    }
  }

  @Test
  void limitsAreNestedBalancedAndLeaveTheOtherPartsAlone() {
    Dataset hundred = load(request().train(100).test(20));
    Dataset twoHundred = load(request().train(200).test(40));

    assertThat(Rows.perClass(hundred, Part.TRAIN)).containsOnly(10);
    assertThat(Rows.perClass(twoHundred, Part.TRAIN)).containsOnly(20);
    assertThat(Rows.perClass(hundred, Part.TEST)).containsOnly(2);
    for (Part part : List.of(Part.TRAIN, Part.TEST)) {
      assertThat(Rows.of(twoHundred, part)).containsAll(Rows.of(hundred, part));
      assertThat(Rows.of(digits, part)).containsAll(Rows.of(twoHundred, part));
    }
    assertThat(Rows.of(hundred, Part.VALIDATION)).isEqualTo(Rows.of(digits, Part.VALIDATION));
  }

  @Test
  void anotherValidationPartIsTakenFromTheTrainingPart() {
    Dataset small = load(request().validation(105));

    assertThat(small.size(Part.TRAIN)).isEqualTo(1297 - 105);
    assertThat(Rows.perClass(small, Part.VALIDATION)).containsOnly(10, 11);
    assertThat(Rows.of(small, Part.TEST)).isEqualTo(Rows.of(digits, Part.TEST));
    assertThat(Rows.of(digits, Part.VALIDATION)).containsAll(Rows.of(small, Part.VALIDATION));
    assertThat(Rows.of(small, Part.TRAIN))
        .doesNotContainAnyElementsOf(Rows.of(small, Part.VALIDATION));
  }

  @Test
  void whatIsNotThereCannotBeTaken() {
    refused(
        request().train(998),
        "digits: train asks for 998, but there are 997 training images without those for"
            + " validation");
    refused(request().test(501), "digits: test asks for 501, but there are 500 test images");
    refused(
        request().validation(1288),
        "digits: validation asks for 1288 of 1297 training images, of which at most 1287 can be"
            + " spared");
    refused(request().train(0), "digits: train has to be at least 1, not 0");
    refused(request().validation(0), "digits: validation has to be at least 1, not 0");
    refused(request().channels(2), "digits: channels is 1 (grey) or 3 (RGB), not 2");
    refused(request().imageSize(0), "digits: imageSize has to be at least 1, not 0");
    refused(
        Requests.in(Path.of("somewhere")),
        "digits is built in: directory does not apply; remove it");
  }

  @Test
  void whatDoesNotFitIntoMemoryIsRefusedBeforeItIsTried() {
    assertThatThrownBy(() -> load(request().imageSize(2000).channels(3)))
        .cause()
        .isInstanceOf(DataException.class)
        .hasMessageMatching(
            "digits: 1797 images of 2000x2000 with 3 channels need 20.1 GiB of memory and Java has"
                + " [0-9.]+ GiB to spare; lower train or imageSize, or raise Java's -Xmx");
  }

  @Test
  void resizedOrInColourTheyAreConvolutional() {
    Dataset large = load(request().imageSize(16));
    Dataset colour = load(request().channels(3));

    assertThat(large.shape().input()).isEqualTo(InputType.convolutional(16, 16, 1));
    assertThat(large.train(4, 1).next().getFeatures().shape()).containsExactly(4, 1, 16, 16);
    assertThat(colour.shape().input()).isEqualTo(InputType.convolutional(8, 8, 3));
    INDArray red = colour.inOrder(Part.TEST, 5).next().getFeatures().tensorAlongDimension(0, 2, 3);
    INDArray flat = digits.inOrder(Part.TEST, 5).next().getFeatures().getRow(0);
    assertThat(red.reshape(64)).isEqualTo(flat);
  }

  @Test
  void aPassVisitsEveryImageOnceInTheOrderOfItsSeed() {
    List<String> stored = images(digits.inOrder(Part.TRAIN, 64));
    List<String> first = images(digits.train(64, 1));

    assertThat(first).isEqualTo(images(digits.train(64, 1))).isNotEqualTo(stored);
    assertThat(images(digits.train(64, 2))).isNotEqualTo(first);
    Collections.sort(stored);
    Collections.sort(first);
    assertThat(first).isEqualTo(stored);
  }

  @Test
  void theLastMinibatchIsWhatIsLeft() {
    DataSetIterator pass = digits.train(100, 1);
    List<Integer> sizes = new ArrayList<>();
    pass.forEachRemaining(batch -> sizes.add(batch.numExamples()));

    assertThat(pass.batch()).isEqualTo(100);
    assertThat(pass.totalOutcomes()).isEqualTo(10);
    assertThat(sizes).hasSize(10).endsWith(100, 97);
    assertThatThrownBy(pass::next).isInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(() -> digits.train(0, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aResetPassIsTheSameAgain() {
    DataSetIterator pass = load(request().train(30).augmentation(2, true, 0)).train(8, 1);
    List<String> once = Rows.of(pass);
    pass.reset();

    assertThat(Rows.of(pass)).isEqualTo(once);
  }

  @Test
  void permutationsAreComplete() {
    int[] order = Permutations.random(10, new Random(3));
    Arrays.sort(order);

    assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  private static void refused(Requests request, String sentence) {
    assertThatThrownBy(() -> load(request))
        .cause()
        .isInstanceOf(DataException.class)
        .hasMessage(sentence);
  }

  private static Dataset load(Requests request) {
    try {
      return request.load("digits");
    } catch (DataException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Each image as "pixel pixel ...: digit". */
  private static List<String> images(DataSetIterator batches) {
    List<String> images = new ArrayList<>();
    while (batches.hasNext()) {
      DataSet batch = batches.next();
      int[] digit = batch.getLabels().argMax(1).toIntVector();
      float[][] pixels = batch.getFeatures().toFloatMatrix();
      for (int i = 0; i < digit.length; i++) {
        StringBuilder text = new StringBuilder();
        for (float pixel : pixels[i]) {
          text.append(Math.round(pixel * 16)).append(' ');
        }
        images.add(text.toString().strip() + ": " + digit[i]);
      }
    }
    return images;
  }
}
