package org.adafisher.bench.rival.shampoo;

import java.util.ArrayList;
import java.util.List;
import org.adafisher.bench.rival.BlockParameter;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A parameter as a matrix: its first dimension by all others.
 *
 * @param parameter of two or more dimensions
 * @param rows its first dimension
 * @param columns the product of the others
 */
record MatrixForm(BlockParameter parameter, long rows, long columns) {

  /**
   * Rows or columns from one to before another.
   *
   * @param from from 0
   * @param to excluded
   */
  record Span(long from, long to) {

    long length() {
      return to - from;
    }

    /** Cuts a side in as few and as equal parts as there can be that are no longer than a block. */
    static List<Span> cut(long side, long blockSize) {
      long parts = (side + blockSize - 1) / blockSize;
      List<Span> spans = new ArrayList<>();
      for (long part = 0; part < parts; part++) {
        spans.add(new Span(side * part / parts, side * (part + 1) / parts));
      }
      return spans;
    }
  }

  static MatrixForm of(BlockParameter parameter) {
    long rows = parameter.shape()[0];
    return new MatrixForm(parameter, rows, parameter.length() / rows);
  }

  /** Whether it is one row or column. */
  boolean isVector() {
    return rows == 1 || columns == 1;
  }

  /** How many values of state its preconditioners have. */
  long stateSize(long blockSize) {
    if (isVector()) {
      return parameter.length();
    }
    long size = 0;
    for (Span row : Span.cut(rows, blockSize)) {
      for (Span column : Span.cut(columns, blockSize)) {
        size += MatrixPreconditioner.stateSize(row.length(), column.length());
      }
    }
    return size;
  }

  /**
   * Its part of a vector of the block, [rows, columns].
   *
   * @return a view
   */
  INDArray in(INDArray vector) {
    return parameter.in(vector).reshape(parameter.order(), rows, columns);
  }
}
