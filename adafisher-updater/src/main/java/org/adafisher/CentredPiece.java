package org.adafisher;

import java.util.Map;
import org.adafisher.curvature.KroneckerFactors;
import org.adafisher.curvature.RawFactors;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Parameters of a block that {@link Centred} preconditions together. */
sealed interface CentredPiece permits CentredWeights, CentredGroups, DiagonalRule {

  /**
   * @param statistics of the layer, by part name
   */
  void refresh(Map<String, RawFactors> statistics);

  /**
   * @param step of the block: writes this piece's part of it
   */
  void apply(Step step);

  /**
   * Writes this piece's part of what the momentum is divided by, before the layer's step is
   * normalised as a whole.
   *
   * @param block 1-d, as long as the block
   */
  void fisher(INDArray block);

  /**
   * @return copies of the factors, by part name; empty if there are none
   */
  Map<String, KroneckerFactors> factors();

  /**
   * @return whether there are factors
   */
  boolean hasFactors();

  /**
   * Whether a square beyond the data type came of a momentum that is not: it will pass. Of a
   * momentum that is no number a step without one would hide the failure.
   */
  static boolean isOverflow(double square, INDArray momentum) {
    return !Double.isFinite(square)
        && Double.isFinite(Nd4j.getBlasWrapper().level1().asum(momentum));
  }
}
