package org.adafisher.curvature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Matrices come out as they went in, however their values lie. */
class ResultStackTest {

  private static final int BATCH = 3;
  private static final int UNITS = 4;
  private static final int STEPS = 20;

  /** As an activation function may hand them out: dense either way, columns of a wider one. */
  private static INDArray laidOut(INDArray matrix, int way) {
    return switch (way % 4) {
      case 0 -> matrix.dup('f');
      case 1 -> matrix.dup('c');
      case 2 -> inWider(matrix, 'f');
      default -> inWider(matrix, 'c');
    };
  }

  private static INDArray inWider(INDArray matrix, char order) {
    INDArray wide = Nd4j.create(matrix.dataType(), new long[] {BATCH, 3L * UNITS}, order);
    INDArray view =
        wide.get(NDArrayIndex.all(), NDArrayIndex.interval(UNITS, UNITS + matrix.columns()));
    view.assign(matrix);
    return view;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void keepsMatricesOfAnyLayout(int first) {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
      Random random = new Random(1);
      ResultStack stack = new ResultStack();
      List<INDArray> added = new ArrayList<>();
      for (int i = 0; i < 2 * STEPS; i++) {
        INDArray matrix = BruteForce.gaussian(random, BATCH, UNITS).castTo(type);
        added.add(matrix);
        INDArray given = laidOut(matrix, first + random.nextInt(2) * i);
        stack.add(given);
        given.assign(0); // DL4J uses its memory again
      }
      assertHolds(stack, added);
      assertThat(stack.isUniform()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void insertsZeros(int layout) {
    Random random = new Random(1);
    ResultStack stack = new ResultStack();
    List<INDArray> added = new ArrayList<>();
    for (int i = 0; i < 2 * STEPS - 1; i++) {
      INDArray matrix = BruteForce.gaussian(random, BATCH, UNITS);
      added.add(matrix);
      stack.add(laidOut(matrix, layout));
    }
    stack.insertZeros(2 * STEPS - 3);
    added.add(2 * STEPS - 3, Nd4j.zeros(DataType.DOUBLE, BATCH, UNITS));
    assertHolds(stack, added);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void tellsOfAnotherBatch(int layout) {
    ResultStack stack = new ResultStack();
    stack.add(laidOut(Nd4j.ones(BATCH, UNITS), layout));
    stack.add(laidOut(Nd4j.ones(BATCH + 1, UNITS), layout));
    assertThat(stack.isUniform()).isFalse();
    assertThat(stack.size()).isEqualTo(1);
  }

  private static void assertHolds(ResultStack stack, List<INDArray> added) {
    INDArray steps = stack.asSteps(STEPS, 2);
    assertThat(steps.shape()).containsExactly(STEPS, 2, UNITS, BATCH);
    for (int i = 0; i < added.size(); i++) {
      assertThat(steps.slice(i / 2).slice(i % 2).transpose()).isEqualTo(added.get(i));
    }
  }
}
