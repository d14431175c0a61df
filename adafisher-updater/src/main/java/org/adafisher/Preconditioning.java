package org.adafisher;

import java.util.List;
import org.adafisher.curvature.FactorPart;
import org.adafisher.curvature.ParameterSpan;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How one family of formulations preconditions: how much it keeps of a block of parameters beyond
 * the momentum, and what works on that.
 */
sealed interface Preconditioning permits KroneckerPreconditioning, CentredPreconditioning {

  /** The one place where formulations are told apart. */
  static Preconditioning of(Formulation formulation) {
    if (formulation instanceof Spectral spectral) {
      return new CentredPreconditioning(spectral.constants(), spectral);
    }
    return formulation instanceof Centred centred
        ? new CentredPreconditioning(centred, null)
        : new KroneckerPreconditioning((KroneckerFormulation) formulation);
  }

  /**
   * @param parts the parts that a block's parameters meet
   * @param spans the block's parameters, in their order
   * @return how many values are kept of it
   */
  long stateSize(List<FactorPart> parts, List<ParameterSpan> spans);

  /**
   * @param length of a parameter of a layer without factors; several may share one block
   * @return how many values are kept of it
   */
  long stateSizeWithoutFactors(long length);

  /**
   * Not inside a workspace: what is made lives as long as the updater.
   *
   * @param parts the parts that the block's parameters meet
   * @param spans the block's parameters, in their order; empty if they have no factors
   * @param block the same parameters
   * @param state at least as many values as said above
   * @return what works on the block
   */
  Preconditioner bind(
      List<FactorPart> parts, List<ParameterSpan> spans, UpdaterBlock block, INDArray state);
}
