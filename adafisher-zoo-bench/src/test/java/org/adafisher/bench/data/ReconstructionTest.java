package org.adafisher.bench.data;

import static org.adafisher.bench.data.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

class ReconstructionTest {

  @Test
  void anImageIsItsOwnAnswer() throws DataException {
    Dataset pixels = request().load("digits-pixels");
    Dataset digits = request().load("digits");

    assertThat(pixels.shape())
        .isEqualTo(new Shape(Task.RECONSTRUCTION, InputType.feedForward(64), 64));
    for (Part part : Part.values()) {
      DataSet batch = pixels.inOrder(part, 70).next();
      assertThat(batch.getLabels()).isEqualTo(batch.getFeatures());
      assertThat(batch.getFeatures()).isEqualTo(digits.inOrder(part, 70).next().getFeatures());
      assertThat(batch.getFeatures().minNumber().doubleValue()).isZero();
      assertThat(batch.getFeatures().maxNumber().doubleValue()).isEqualTo(1);
      assertThat(pixels.size(part)).isEqualTo(digits.size(part));
    }
  }

  @Test
  void whatIsAugmentedIsTheAnswerToo() throws DataException {
    Dataset plain = request().train(20).load("digits-pixels");
    Dataset moved = request().train(20).augmentation(2, true, 3).load("digits-pixels");

    DataSet batch = moved.train(20, 1).next();
    assertThat(batch.getFeatures()).isNotEqualTo(plain.train(20, 1).next().getFeatures());
    assertThat(batch.getLabels()).isEqualTo(batch.getFeatures());
    assertThat(batch.getFeatures().minNumber().doubleValue()).isNotNegative();
    assertThat(batch.getFeatures().maxNumber().doubleValue()).isLessThanOrEqualTo(1);
    assertThat(Rows.of(moved, Part.TRAIN)).isEqualTo(Rows.of(plain, Part.TRAIN));
  }

  @Test
  void sizesAreWhatWasAskedFor() throws DataException {
    Dataset data =
        request().train(30).validation(20).test(10).imageSize(12).channels(3).load("digits-pixels");

    assertThat(data.shape())
        .isEqualTo(new Shape(Task.RECONSTRUCTION, InputType.feedForward(432), 432));
    assertThat(List.of(Part.values())).extracting(data::size).containsExactly(30, 20, 10);
    INDArray images = data.train(7, 1).next().getLabels();
    assertThat(images.shape()).containsExactly(7, 432);
    assertThat(images.maxNumber().doubleValue()).isLessThanOrEqualTo(1);
  }
}
