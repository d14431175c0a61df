package org.adafisher;

import java.util.List;
import java.util.Map;
import org.adafisher.curvature.KroneckerFactors;
import org.adafisher.curvature.RawFactors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Parameters of a block that {@link Centred} or {@link Spectral} preconditions together. */
sealed interface CentredPiece permits CentredWeights, CentredGroups, SpectralWeights, DiagonalRule {

  /**
   * @param statistics of the layer, by part name
   */
  void refresh(Map<String, RawFactors> statistics);

  /**
   * Writes the direction of this piece's part of the step over its part of the gradient. Nothing is
   * read, since on a device each read waits.
   *
   * @param step of the block
   * @return the numbers on which the size of the step depends, each of them [1], to be read with
   *     those of the block's other pieces; empty if the step is complete
   */
  List<INDArray> direct(Step step);

  /**
   * Gives that direction its size.
   *
   * @param step of the block
   * @param numbers what {@link #direct} gave, read
   */
  void scale(Step step, double[] numbers);

  /**
   * The whole step in plain loops, for a block of few values.
   *
   * @param step of the block, whose arrays are left alone
   * @param momentum copy of the block's
   * @param gradient copy of the block's: this piece's part of the step takes its place
   */
  void apply(Step step, double[] momentum, double[] gradient);

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
}
