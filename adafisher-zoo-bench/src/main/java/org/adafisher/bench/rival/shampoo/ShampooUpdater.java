package org.adafisher.bench.rival.shampoo;

import java.util.ArrayList;
import java.util.List;
import org.adafisher.bench.rival.BlockParameter;
import org.adafisher.bench.rival.LayerGradientUpdater;
import org.adafisher.capture.Workspaces;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Steps one layer's parameters by {@link Shampoo}. */
final class ShampooUpdater extends LayerGradientUpdater<Shampoo> {

  /** Keeps AdaGrad's first steps finite. */
  private static final double ADAGRAD_EPSILON = 1e-10;

  private List<Preconditioned> parameters;

  ShampooUpdater(Shampoo config) {
    super(config);
  }

  /** A parameter and what preconditions it. */
  private record Preconditioned(MatrixForm form, Preconditioner preconditioner) {}

  @Override
  protected void stateMoved() {
    parameters = null;
  }

  private List<Preconditioned> parameters() {
    if (parameters == null) {
      parameters = Workspaces.outside(this::bind);
    }
    return parameters;
  }

  private List<Preconditioned> bind() {
    List<Preconditioned> bound = new ArrayList<>();
    int blockSize = getConfig().getBlockSize();
    long offset = 0;
    for (BlockParameter parameter : block().parameters()) {
      MatrixForm form = MatrixForm.of(parameter);
      long size = form.stateSize(blockSize);
      INDArray state = other(offset, size);
      bound.add(
          new Preconditioned(
              form,
              form.isVector()
                  ? new DiagonalPreconditioner(
                      state.reshape(parameter.order(), form.rows(), form.columns()),
                      getConfig().getEpsilon())
                  : form.rows() <= blockSize && form.columns() <= blockSize
                      ? MatrixPreconditioner.in(state, form.rows(), form.columns())
                      : BlockedPreconditioner.in(state, form, blockSize)));
      offset += size;
    }
    return bound;
  }

  /** Whether the roots are taken in a step: at the interval, and before it after 1, 2, 4, ... */
  static boolean refreshesAt(long steps, long interval) {
    return steps < interval ? Long.bitCount(steps + 1) == 1 : steps % interval == 0;
  }

  @Override
  protected void step(INDArray gradient, double learningRate, long steps) {
    Shampoo config = getConfig();
    boolean refreshes = refreshesAt(steps, config.getRootInterval());
    for (Preconditioned parameter : parameters()) {
      INDArray g = parameter.form().in(gradient);
      parameter.preconditioner().accumulate(g, config.getBeta2());
      if (refreshes) {
        parameter.preconditioner().refreshRoots(config.getEpsilon());
      }
      INDArray direction = parameter.preconditioner().apply(g);
      graft(direction, g, parameter.form());
      g.assign(direction);
    }
    INDArray momentum = array(0);
    momentum.muli(config.getMomentum()).addi(gradient);
    gradient.assign(momentum).muli(learningRate);
  }

  private void graft(INDArray direction, INDArray gradient, MatrixForm form) {
    INDArray grafted =
        switch (getConfig().getGrafting()) {
          case NONE -> direction;
          case SGD -> gradient;
          case ADAGRAD -> adaGrad(gradient, form.in(array(1)));
        };
    double norm = direction.norm2Number().doubleValue();
    if (grafted != direction && norm > 0) {
      direction.muli(grafted.norm2Number().doubleValue() / norm);
    }
  }

  private static INDArray adaGrad(INDArray gradient, INDArray squares) {
    squares.addi(gradient.mul(gradient));
    return gradient.div(Transforms.sqrt(squares, true).addi(ADAGRAD_EPSILON));
  }
}
