package org.adafisher.bench.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

class DigitsTest {

  private static final int IMAGES = 1797;

  private final Dataset digits = Digits.load();

  @Test
  void everyImageIsInExactlyOnePart() {
    List<String> train = images(digits.trainInOrder(100));
    List<String> test = images(digits.test(100));

    assertThat(train).hasSize(1297);
    assertThat(digits.trainExamples()).isEqualTo(1297);
    assertThat(test).hasSize(500);
    Set<String> all = new HashSet<>(train);
    all.addAll(test);
    assertThat(all).as("distinct images: the source has no duplicates").hasSize(IMAGES);
    assertThat(train).doesNotContainAnyElementsOf(test);
  }

  @Test
  void theTestPartHasFiftyImagesOfEveryDigit() {
    INDArray perClass = digits.test(500).next().getLabels().sum(0);

    assertThat(perClass.toDoubleVector()).hasSize(10).containsOnly(50);
  }

  @Test
  void pixelsReachFromZeroToOneAndLabelsAreOneHot() {
    DataSet all = digits.trainInOrder(1297).next();

    assertThat(all.getFeatures().minNumber().doubleValue()).isZero();
    assertThat(all.getFeatures().maxNumber().doubleValue()).isEqualTo(1);
    assertThat(all.getLabels().sum(1).toDoubleVector()).containsOnly(1);
    assertThat(DoubleStream.of(all.getLabels().sum(0).toDoubleVector()))
        .as("174 to 183 of every digit, less 50")
        .allMatch(n -> n >= 124 && n <= 133);
  }

  @Test
  void theFirstImageOfTheSourceIsThereUnchanged() {
    String zero = "0 0 5 13 9 1 0 0 0 0 13 15 10 15 5 0 0 3 15 2 0 11 8 0 0 4 12 0 0 8 8 0";
    List<String> everything = images(digits.trainInOrder(100));
    everything.addAll(images(digits.test(100)));

    assertThat(everything).anyMatch(image -> image.startsWith(zero) && image.endsWith(": 0"));
  }

  @Test
  void theSplitIsAlwaysTheSame() {
    assertThat(images(Digits.load().test(500))).isEqualTo(images(digits.test(500)));
  }

  @Test
  void tuningSeesNothingOfTheTestPart() {
    Dataset tuning = Digits.loadForTuning();
    List<String> chosenOn = images(tuning.test(100));
    List<String> trainedOn = images(tuning.trainInOrder(100));

    assertThat(chosenOn).hasSize(300);
    assertThat(trainedOn).hasSize(997).doesNotContainAnyElementsOf(chosenOn);
    chosenOn.addAll(trainedOn);
    assertThat(chosenOn).hasSameElementsAs(images(digits.trainInOrder(100)));
  }

  @Test
  void aPassVisitsEveryImageOnceInTheOrderOfItsSeed() {
    List<String> stored = images(digits.trainInOrder(64));
    List<String> first = images(digits.train(64, 1));

    assertThat(first).isEqualTo(images(digits.train(64, 1))).isNotEqualTo(stored);
    assertThat(images(digits.train(64, 2))).isNotEqualTo(first);
    Collections.sort(stored);
    Collections.sort(first);
    assertThat(first).isEqualTo(stored);
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

  @Test
  void permutationsAreComplete() {
    int[] order = Permutations.random(10, new Random(3));
    Arrays.sort(order);

    assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }
}
