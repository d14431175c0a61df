package org.adafisher.bench.data;

import static org.adafisher.bench.data.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

class DigitsInkTest {

  @Test
  void asksAtEveryPixelOfTheNoiseFreeImage() throws DataException {
    Dataset ink = request().load("digits-ink");
    Dataset clean = request().imageSize(32).load("digits");

    assertThat(ink.shape())
        .isEqualTo(new Shape(Task.SEGMENTATION, InputType.convolutional(32, 32, 1), 1));
    for (Part part : Part.values()) {
      assertThat(ink.size(part)).isEqualTo(clean.size(part));
    }
    DataSet asked = ink.inOrder(Part.TEST, 20).next();
    INDArray sharp = clean.inOrder(Part.TEST, 20).next().getFeatures();
    assertThat(asked.getFeatures().shape()).containsExactly(20, 1, 32, 32);
    assertThat(asked.getLabels().shape()).containsExactly(20, 1, 32, 32);
    for (int i = 0; i < 20; i++) {
      float[] pixels = Rows.values(sharp, i);
      float[] answers = Rows.values(asked.getLabels(), i);
      for (int p = 0; p < pixels.length; p++) {
        assertThat(answers[p]).isEqualTo(pixels[p] > 0.5f ? 1f : 0f);
      }
    }
  }

  @Test
  void theNoiseIsThereAndFixedWhateverElseIsTaken() throws DataException {
    Dataset ink = request().imageSize(16).load("digits-ink");
    Dataset few = request().imageSize(16).train(20).validation(50).load("digits-ink");
    INDArray noisy = ink.inOrder(Part.TEST, 500).next().getFeatures();
    INDArray sharp =
        request().imageSize(16).load("digits").inOrder(Part.TEST, 500).next().getFeatures();

    assertThat(Rows.of(few, Part.TEST)).isEqualTo(Rows.of(ink, Part.TEST));
    assertThat(Rows.of(ink, Part.VALIDATION)).containsAll(Rows.of(few, Part.VALIDATION));
    assertThat(noisy.minNumber().floatValue()).isZero();
    assertThat(noisy.maxNumber().floatValue()).isEqualTo(1);
    // Half of the noise is cut off where the paper is blank, so less than 0.3 is left of it.
    assertThat(noisy.sub(sharp).stdNumber().doubleValue()).isBetween(0.18, 0.3);
  }

  @Test
  void threeChannelsShowTheSameNoise() throws DataException {
    Dataset colour = request().channels(3).imageSize(8).load("digits-ink");
    DataSet batch = colour.inOrder(Part.TEST, 3).next();

    assertThat(colour.shape().input()).isEqualTo(InputType.convolutional(8, 8, 3));
    assertThat(batch.getLabels().shape()).containsExactly(3, 1, 8, 8);
    assertThat(batch.getFeatures().shape()).containsExactly(3, 3, 8, 8);
    INDArray first = batch.getFeatures().slice(0);
    assertThat(first.slice(2)).isEqualTo(first.slice(0));
  }

  @Test
  void whatCutoutCoversIsStillAsked() throws DataException {
    Dataset ink = request().imageSize(8).train(10).load("digits-ink");
    Dataset covered = request().imageSize(8).train(10).augmentation(0, false, 4).load("digits-ink");

    DataSet plain = ink.train(10, 1).next();
    DataSet cut = covered.train(10, 1).next();
    assertThat(cut.getLabels()).isEqualTo(plain.getLabels());
    assertThat(cut.getFeatures()).isNotEqualTo(plain.getFeatures());
  }
}
