package org.adafisher.bench.rival.shampoo;

import java.util.ArrayList;
import java.util.List;
import org.adafisher.bench.rival.shampoo.MatrixForm.Span;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A matrix cut in blocks, each preconditioned on its own. */
record BlockedPreconditioner(List<Block> blocks) implements Preconditioner {

  /** A block: where it lies, and what preconditions it. */
  record Block(Span rows, Span columns, MatrixPreconditioner preconditioner) {

    INDArray of(INDArray matrix) {
      return matrix.get(
          NDArrayIndex.interval(rows.from(), rows.to()),
          NDArrayIndex.interval(columns.from(), columns.to()));
    }
  }

  /**
   * @param state 1-d
   */
  static BlockedPreconditioner in(INDArray state, MatrixForm form, int blockSize) {
    List<Block> blocks = new ArrayList<>();
    long offset = 0;
    for (Span row : Span.cut(form.rows(), blockSize)) {
      for (Span column : Span.cut(form.columns(), blockSize)) {
        long size = MatrixPreconditioner.stateSize(row.length(), column.length());
        INDArray own = state.get(NDArrayIndex.interval(offset, offset + size));
        blocks.add(
            new Block(row, column, MatrixPreconditioner.in(own, row.length(), column.length())));
        offset += size;
      }
    }
    return new BlockedPreconditioner(blocks);
  }

  @Override
  public void accumulate(INDArray gradient, double decay) {
    blocks.forEach(block -> block.preconditioner().accumulate(block.of(gradient).dup(), decay));
  }

  @Override
  public void refreshRoots(double epsilon) {
    blocks.forEach(block -> block.preconditioner().refreshRoots(epsilon));
  }

  @Override
  public INDArray apply(INDArray gradient) {
    INDArray result =
        Nd4j.createUninitialized(gradient.dataType(), gradient.shape(), gradient.ordering());
    for (Block block : blocks) {
      block.of(result).assign(block.preconditioner().apply(block.of(gradient).dup()));
    }
    return result;
  }
}
