package org.adafisher.bench.rival.shampoo;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The diagonal of the one preconditioner of a row or column, which with its exponent -1/2 is
 * AdaGrad's.
 *
 * @param squares sums or averages of the squares of the gradient, in its shape
 * @param epsilon share of the largest that is added to all
 */
record DiagonalPreconditioner(INDArray squares, double epsilon) implements Preconditioner {

  @Override
  public void accumulate(INDArray gradient, double decay) {
    squares.muli(decay).addi(gradient.mul(gradient).muli(Preconditioner.weight(decay)));
  }

  /** Nothing to do: the roots of a diagonal cost so little that every step takes them. */
  @Override
  public void refreshRoots(double ridge) {}

  @Override
  public INDArray apply(INDArray gradient) {
    double largest = squares.maxNumber().doubleValue();
    return largest > 0
        ? gradient.div(Transforms.sqrt(squares.add(epsilon * largest), false))
        : gradient.dup();
  }
}
