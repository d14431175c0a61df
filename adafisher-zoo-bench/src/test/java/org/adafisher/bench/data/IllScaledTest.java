package org.adafisher.bench.data;

import static org.adafisher.bench.data.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

class IllScaledTest {

  private static final int PIXELS = 64;

  @Test
  void everyPixelHasItsOwnUnitAndOffsetInAllParts() throws DataException {
    Dataset digits = request().load("digits");
    Dataset scaled = request().load("digits-ill-scaled");
    assertThat(scaled.shape())
        .isEqualTo(new Shape(Task.CLASSIFICATION, InputType.feedForward(PIXELS), 10));
    Fit fit = Fit.of(features(digits, Part.TRAIN), features(scaled, Part.TRAIN));

    double least = Double.MAX_VALUE;
    double most = 0;
    for (int j = 0; j < PIXELS; j++) {
      if (fit.known(j)) {
        assertThat(fit.factor[j]).isBetween(Math.pow(10, -1.5), Math.pow(10, 1.5));
        // Five standard deviations of the offset's distribution.
        assertThat(Math.abs(fit.offset[j])).isLessThan(5 * fit.factor[j]);
        least = Math.min(least, fit.factor[j]);
        most = Math.max(most, fit.factor[j]);
      }
    }
    assertThat(most / least).isGreaterThan(100);
    for (Part part : Part.values()) {
      fit.holds(features(digits, part), features(scaled, part));
      assertThat(scaled.inOrder(part, 50).next().getLabels())
          .isEqualTo(digits.inOrder(part, 50).next().getLabels());
    }
  }

  @Test
  void augmentationComesBeforeTheUnits() throws DataException {
    Fit fit =
        Fit.of(
            features(request().load("digits"), Part.TRAIN),
            features(request().load("digits-ill-scaled"), Part.TRAIN));
    Requests moved = request().augmentation(2, true, 3);

    DataSet digits = moved.load("digits").train(100, 3).next();
    DataSet scaled = moved.load("digits-ill-scaled").train(100, 3).next();

    fit.holds(digits.getFeatures(), scaled.getFeatures());
  }

  private static INDArray features(Dataset data, Part part) {
    return data.inOrder(part, data.size(part)).next().getFeatures();
  }

  /** The straight line that leads from a pixel's values to its scaled ones. */
  private record Fit(double[] factor, double[] offset) {

    static Fit of(INDArray before, INDArray after) {
      double[][] x = before.castTo(DataType.DOUBLE).transpose().toDoubleMatrix();
      double[][] y = after.castTo(DataType.DOUBLE).transpose().toDoubleMatrix();
      double[] factor = new double[PIXELS];
      double[] offset = new double[PIXELS];
      for (int j = 0; j < PIXELS; j++) {
        int low = 0;
        int high = 0;
        for (int i = 0; i < x[j].length; i++) {
          low = x[j][i] < x[j][low] ? i : low;
          high = x[j][i] > x[j][high] ? i : high;
        }
        factor[j] = (y[j][high] - y[j][low]) / (x[j][high] - x[j][low]);
        offset[j] = y[j][low] - factor[j] * x[j][low];
      }
      return new Fit(factor, offset);
    }

    /** Not of a corner where no digit has ink. */
    boolean known(int pixel) {
      return Double.isFinite(factor[pixel]);
    }

    void holds(INDArray before, INDArray after) {
      for (int i = 0; i < before.rows(); i++) {
        for (int j = 0; j < PIXELS; j++) {
          if (known(j)) {
            assertThat(after.getDouble(i, j))
                .isCloseTo(
                    factor[j] * before.getDouble(i, j) + offset[j], within(1e-4 * factor[j]));
          }
        }
      }
    }
  }
}
