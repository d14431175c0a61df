package org.adafisher;

import java.util.Map;
import org.adafisher.curvature.KroneckerFactors;
import org.adafisher.curvature.RawFactors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One block's curvature, in its part of the updater's state, and the step that it makes. */
interface Preconditioner {

  /** A state of zeros is to become that of a block which has not seen anything yet. */
  void start();

  /**
   * @return whether there are factors, which statistics of the layer refresh
   */
  boolean hasFactors();

  /**
   * Takes one minibatch's statistics in.
   *
   * @param statistics by part name; without those that are not known
   * @param keepMissing whether parts without statistics stay as they are, rather than change as if
   *     there had been no signal
   */
  void refresh(Map<String, RawFactors> statistics, boolean keepMissing);

  /**
   * Writes the step over the gradient.
   *
   * @param step momentum, gradient and rate
   */
  void apply(Step step);

  /**
   * Writes F, what each parameter's momentum is divided by.
   *
   * @param into 1-d, as long as the block
   */
  void fisher(INDArray into);

  /**
   * @return how much of every F is damping; NaN if it is not a term of F
   */
  double damping();

  /**
   * @return copies of the factors, by part name
   */
  Map<String, KroneckerFactors> factors();
}
