package org.adafisher.bench.data;

import static org.adafisher.bench.data.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class AugmentationTest {

  private static final int SIDE = 6;

  /** One image of 36 different pixels, none of the mean colour. */
  private static final byte[] IMAGE = image();

  private static final PixelScale SCALE = PixelScale.standardized(new byte[][] {IMAGE}, 1);

  @Test
  void nothingIsNothing() {
    assertThat(augmented(Augmentation.NONE, 7)).isEqualTo(original());
  }

  @Test
  void aCropMovesTheImageAndShowsTheMeanColourWhereItWas() {
    float[] old = original();
    Set<String> seen = new HashSet<>();
    for (int seed = 0; seed < 200; seed++) {
      float[] moved = augmented(new Augmentation(1, false, 0), seed);
      boolean explained = false;
      for (int dy = -1; dy <= 1; dy++) {
        for (int dx = -1; dx <= 1; dx++) {
          if (Arrays.equals(moved, moved(old, dy, dx))) {
            explained = true;
            seen.add(dy + "," + dx);
          }
        }
      }
      assertThat(explained).isTrue();
    }
    assertThat(seen).as("all places").hasSize(9);
  }

  @Test
  void aFlipMirrorsEverySecondImage() {
    float[] old = original();
    float[] mirrored = new float[old.length];
    for (int i = 0; i < old.length; i++) {
      mirrored[i] = old[i / SIDE * SIDE + SIDE - 1 - i % SIDE];
    }
    int flips = 0;
    for (int seed = 0; seed < 200; seed++) {
      float[] result = augmented(new Augmentation(0, true, 0), seed);
      assertThat(result).isIn(old, mirrored);
      flips += Arrays.equals(result, mirrored) ? 1 : 0;
    }
    assertThat(flips).isBetween(70, 130);
  }

  @Test
  void twoFlipsAreNone() {
    Distortion flip = new Distortion(0, 0, true, 0, 0, 0, 0);
    for (int y = 0; y < 3; y++) {
      for (int x = 0; x < 5; x++) {
        int once = flip.source(y, x, 3, 5);
        assertThat(flip.source(once / 5, once % 5, 3, 5)).isEqualTo(y * 5 + x);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "6"})
  void cutoutCoversASquareThatTheBorderClips(int side) {
    float[] old = original();
    Set<Integer> areas = new HashSet<>();
    boolean[] hit = new boolean[old.length];
    for (int seed = 0; seed < 300; seed++) {
      float[] cut = augmented(new Augmentation(0, false, side), seed);
      int[] covered = IntStream.range(0, old.length).filter(i -> cut[i] != old[i]).toArray();
      assertThat(IntStream.of(covered).mapToObj(i -> cut[i])).containsOnly(0f);
      int height = (int) IntStream.of(covered).map(i -> i / SIDE).distinct().count();
      int width = (int) IntStream.of(covered).map(i -> i % SIDE).distinct().count();
      assertThat(covered).as("a full rectangle").hasSize(height * width);
      assertThat(Math.max(height, width)).isLessThanOrEqualTo(side);
      areas.add(covered.length);
      IntStream.of(covered).forEach(i -> hit[i] = true);
    }
    assertThat(areas).as("whole squares too").contains(side * side);
    assertThat(hit).doesNotContain(false);
  }

  @Test
  void thePassesOfEqualSeedsAreEqualWhateverTheBatchSize() throws DataException {
    Dataset digits = request().augmentation(1, true, 3).train(50).load("digits");
    List<String> pass = Rows.of(digits.train(16, 5));

    assertThat(Rows.of(digits.train(16, 5))).isEqualTo(pass);
    assertThat(Rows.of(digits.train(7, 5))).isEqualTo(pass);
    assertThat(Rows.of(digits.train(16, 6)))
        .as("another pass, other augmentation")
        .doesNotContainAnyElementsOf(pass.subList(0, 10));
  }

  @Test
  void augmentationNeitherChangesTheOrderNorMeasuring() throws DataException {
    Dataset plain = request().train(50).load("digits");
    Dataset augmented = request().augmentation(2, true, 2).train(50).load("digits");

    assertThat(augmented.train(50, 3).next().getLabels())
        .isEqualTo(plain.train(50, 3).next().getLabels());
    assertThat(Rows.of(augmented.train(50, 3))).isNotEqualTo(Rows.of(plain.train(50, 3)));
    for (Part part : Part.values()) {
      assertThat(Rows.of(augmented, part)).isEqualTo(Rows.of(plain, part));
    }
  }

  @Test
  void theAnswersOfSegmentationMoveWithTheImage() throws DataException {
    Dataset ink = request().train(40).imageSize(16).augmentation(4, true, 0).load("digits-ink");
    INDArray features = ink.train(40, 1).next().getFeatures();
    INDArray labels = ink.train(40, 1).next().getLabels();

    double onInk =
        features.mul(labels).sumNumber().doubleValue() / labels.sumNumber().doubleValue();
    INDArray paper = labels.rsub(1);
    double onPaper =
        features.mul(paper).sumNumber().doubleValue() / paper.sumNumber().doubleValue();
    assertThat(onInk).isGreaterThan(0.65);
    assertThat(onPaper).isLessThan(0.35);
  }

  @Test
  void withoutNormalisationTheMeanColourIsTheMeanPixel() throws DataException {
    Dataset digits = request().augmentation(0, false, 1).load("digits");
    float mean = digits.inOrder(Part.TRAIN, 997).next().getFeatures().meanNumber().floatValue();
    float[] pixels = Rows.values(digits.train(1, 1).next().getFeatures(), 0);

    assertThat(IntStream.range(0, 64).filter(i -> Math.abs(pixels[i] - mean) < 1e-5)).hasSize(1);
  }

  @Test
  void whatWouldLeaveNothingIsRefused() {
    assertThatThrownBy(() -> request().augmentation(8, false, 0).load("digits"))
        .isInstanceOf(DataException.class)
        .hasMessage("digits: cropPadding has to be from 0 to 7 on images of 8x8, not 8");
    assertThatThrownBy(() -> request().augmentation(0, false, 9).load("digits"))
        .isInstanceOf(DataException.class)
        .hasMessage("digits: cutout has to be from 0 to 8 on images of 8x8, not 9");
    assertThatThrownBy(() -> request().augmentation(-1, false, 0).load("digits-ink"))
        .isInstanceOf(DataException.class)
        .hasMessage("digits-ink: cropPadding has to be from 0 to 31 on images of 32x32, not -1");
  }

  private static byte[] image() {
    byte[] image = new byte[SIDE * SIDE];
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) (i * 7);
    }
    return image;
  }

  private static float[] augmented(Augmentation augmentation, long seed) {
    return make(augmentation, Optional.of(new SplittableRandom(seed)));
  }

  private static float[] original() {
    return make(new Augmentation(2, true, 3), Optional.empty());
  }

  private static float[] make(Augmentation augmentation, Optional<SplittableRandom> random) {
    Minibatches minibatches =
        new ImageMinibatches(new PixelBatch(1, SIDE, SIDE, augmentation), SCALE, 2, false);
    Examples examples = new Examples(new byte[][] {IMAGE}, new int[] {1});
    return Rows.values(minibatches.make(examples, new int[] {0}, random).getFeatures(), 0);
  }

  private static float[] moved(float[] old, int dy, int dx) {
    float[] moved = new float[old.length];
    for (int y = Math.max(0, -dy); y < Math.min(SIDE, SIDE - dy); y++) {
      for (int x = Math.max(0, -dx); x < Math.min(SIDE, SIDE - dx); x++) {
        moved[y * SIDE + x] = old[(y + dy) * SIDE + x + dx];
      }
    }
    return moved;
  }
}
