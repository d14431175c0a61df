package org.adafisher.curvature;

import org.adafisher.capture.Workspaces;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.pointers.PagedPointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Matrices [batch, units] that live in DL4J's workspaces, copied one behind another into one array,
 * which grows. On the CPU a copy is a memcpy: an array for each, which ND4J's own copies make,
 * takes twenty times as long.
 */
final class ResultStack {

  private static final int FIRST_CAPACITY = 8;

  private final boolean onHost = HostVectors.areAtHand();
  private INDArray slots;
  private long address;
  private long bytes;
  private boolean columnByColumn;
  private int size;
  private boolean uniform = true;

  /** Copies a matrix; one of another size is left out, and the stack no longer uniform. */
  synchronized void add(INDArray matrix) { // another thread may use the network meanwhile
    if (slots == null) {
      columnByColumn = isDense(matrix, true);
      bytes = matrix.length() * matrix.dataType().width();
      long batch = matrix.size(0);
      long units = matrix.size(1);
      allocate(
          matrix.dataType(),
          FIRST_CAPACITY,
          columnByColumn ? units : batch,
          columnByColumn ? batch : units);
    }
    if (!fits(matrix)) {
      uniform = false;
      return;
    }
    if (size == slots.size(0)) {
      grow();
    }
    if (onHost && matrix.dataType() == slots.dataType() && isDense(matrix, columnByColumn)) {
      Pointer.memcpy(
          new PagedPointer(address + size * bytes), matrix.data().addressPointer(), bytes);
    } else {
      slots.slice(size).assign(columnByColumn ? matrix.transpose() : matrix);
    }
    size++;
  }

  private void grow() {
    INDArray old = slots;
    allocate(old.dataType(), 2L * size, old.size(1), old.size(2));
    slots.get(NDArrayIndex.interval(0, size), NDArrayIndex.all(), NDArrayIndex.all()).assign(old);
    old.close();
  }

  private void allocate(DataType type, long... shape) {
    slots = Workspaces.outside(() -> Nd4j.createUninitialized(type, shape));
    if (onHost) {
      address = slots.data().addressPointer().address();
    }
  }

  private boolean fits(INDArray matrix) {
    return matrix.rank() == 2
        && matrix.size(0) == slots.size(columnByColumn ? 2 : 1)
        && matrix.size(1) == slots.size(columnByColumn ? 1 : 2);
  }

  /** Whether a matrix's values lie side by side, column by column or row by row. */
  private static boolean isDense(INDArray matrix, boolean columnByColumn) {
    int inner = columnByColumn ? 0 : 1;
    return (matrix.size(inner) == 1 || matrix.stride(inner) == 1)
        && (matrix.size(1 - inner) == 1 || matrix.stride(1 - inner) == matrix.size(inner));
  }

  /** Puts a matrix of zeros in front of one of the stack. */
  void insertZeros(int index) {
    if (size == slots.size(0)) {
      grow();
    }
    for (int i = size; i > index; i--) {
      slots.slice(i).assign(slots.slice(i - 1));
    }
    slots.slice(index).assign(0);
    size++;
  }

  int size() {
    return size;
  }

  /** Whether nothing was left out. */
  boolean isUniform() {
    return uniform;
  }

  /**
   * The first of the matrices.
   *
   * @param steps of how many steps
   * @param perStep how many matrices each has
   * @return [steps, perStep, units, batch]
   */
  INDArray asSteps(int steps, int perStep) {
    INDArray used =
        slots.get(
            NDArrayIndex.interval(0, (long) steps * perStep),
            NDArrayIndex.all(),
            NDArrayIndex.all());
    INDArray columns = columnByColumn ? used : used.permute(0, 2, 1);
    return columns.reshape('c', steps, perStep, columns.size(1), columns.size(2));
  }
}
