package org.adafisher.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.adafisher.bench.data.Task;
import org.adafisher.bench.result.ChanceLevel;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** What one can predict without a look at the example. */
class ChanceTest {

  private static ChanceLevel of(Task task, int answers, INDArray... labels) {
    return Chance.of(
        task, answers, Stream.of(labels).map(one -> new DataSet(one.dup(), one)).iterator());
  }

  @Test
  void ofClassesItIsTheirEntropyAndTheMostFrequentOne() {
    ChanceLevel level =
        of(
            Task.CLASSIFICATION,
            3,
            Nd4j.createFromArray(new float[][] {{1, 0, 0}, {1, 0, 0}}),
            Nd4j.createFromArray(new float[][] {{0, 1, 0}, {0, 0, 1}}));

    assertThat(level.loss()).isCloseTo(1.5 * Math.log(2), within(1e-12));
    // Of four guesses that are right with one half all four are, one time in sixteen.
    assertThat(level.accuracy()).isEqualTo(1);
  }

  @Test
  void manyExamplesLeaveLittleToChance() {
    INDArray labels = Nd4j.zeros(10_000, 10);
    for (int i = 0; i < 10_000; i++) {
      labels.putScalar(i, i % 10, 1);
    }

    ChanceLevel level = of(Task.CLASSIFICATION, 10, labels);

    assertThat(level.loss()).isCloseTo(Math.log(10), within(1e-12));
    // The binomial distribution's deviation is 0.003, and 3.09 of it are exceeded once in 1000.
    assertThat(level.accuracy()).isCloseTo(0.1 + 3.09 * 0.003, within(3e-4));
  }

  @Test
  void ofTimeSteps() {
    ChanceLevel level =
        of(Task.SEQUENCE, 2, Nd4j.createFromArray(new float[][][] {{{1, 0, 1}, {0, 1, 0}}}));

    assertThat(level.loss())
        .isCloseTo(-(2 * Math.log(2 / 3.) + Math.log(1 / 3.)) / 3, within(1e-12));
  }

  @Test
  void ofTokensThoseThatAreMaskedDoNotCount() {
    INDArray labels = Nd4j.createFromArray(new float[][][] {{{4, 2, 4, 0}}});
    DataSet window =
        new DataSet(labels.dup(), labels, null, Nd4j.createFromArray(new float[][] {{1, 1, 1, 0}}));

    ChanceLevel level = Chance.of(Task.LANGUAGE, 5, List.of(window).iterator());

    assertThat(level.loss())
        .isCloseTo(-(2 * Math.log(2 / 3.) + Math.log(1 / 3.)) / 3, within(1e-12));
  }

  @Test
  void ofPixelsEachHasItsOwnFrequency() {
    ChanceLevel level =
        of(Task.SEGMENTATION, 1, Nd4j.createFromArray(new float[][][][] {{{{1, 0}}}, {{{1, 1}}}}));

    assertThat(level.loss()).isCloseTo(Math.log(2) / 2, within(1e-12));
  }

  @Test
  void ofImagesItIsTheMeanImage() {
    ChanceLevel level =
        of(
            Task.RECONSTRUCTION,
            2,
            Nd4j.createFromArray(new float[][] {{0, 1}, {1, 1}}),
            Nd4j.createFromArray(new float[][] {{.5f, 0}}));

    // About the means 1/2 and 2/3, of three images.
    assertThat(level.loss()).isCloseTo((0.25 + 0.25 + 2 / 3.) / 3, within(1e-7));
    assertThat(level.accuracy()).isZero();
  }
}
