package org.adafisher.bench.model.transformer;

import java.util.Arrays;
import org.adafisher.capture.Workspaces;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastAddOp;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastMulOp;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The passes of a {@link CausalAttentionVertex}. All products are of stacks of matrices, one for
 * each example and head, which are views of DL4J's arrays: nothing is copied into place.
 *
 * <p>Backwards the weights are computed again, as DL4J's layers do with their activations: there
 * are steps^2 of them for each head and example, too many to keep.
 */
@SuppressWarnings("overrides") // as ParameterlessVertex
final class CausalAttention extends ParameterlessVertex {

  private static final long serialVersionUID = 1L;

  private static final int QUERIES = 0;
  private static final int KEYS = 1;
  private static final int VALUES = 2;

  /** Added to what softmax must not see. Finite, so that a row that sees nothing is no NaN. */
  private static final double HIDDEN = -1e9;

  private final int heads;

  /** Of the inputs, as DL4J told last. */
  private INDArray[] masks;

  /** [steps * steps]: 0 where a query sees a key. */
  private INDArray future;

  CausalAttention(ComputationGraph graph, String name, int index, int heads, DataType dataType) {
    super(graph, name, index, dataType);
    this.heads = heads;
  }

  @Override
  public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
    requireInputs();
    INDArray output =
        workspaces.createUninitialized(
            ArrayType.ACTIVATIONS, dataType, inputs[QUERIES].shape(), 'c');
    INDArray weights = weights(ArrayType.FF_WORKING_MEM, workspaces);
    INDArray outputByHead = byHead(output);
    product(weights, false, byHead(inputs[VALUES]), false, 1, outputByHead);
    hideMasked(outputByHead);
    return output;
  }

  @Override
  public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaces) {
    if (!canDoBackward()) {
      throw new IllegalStateException(
          "CausalAttentionVertex '%s': a backward pass needs the inputs of a forward pass and the gradient of its output."
              .formatted(vertexName));
    }
    INDArray[] below = new INDArray[inputs.length];
    Arrays.setAll(
        below,
        i ->
            workspaces.createUninitialized(
                ArrayType.ACTIVATION_GRAD, dataType, inputs[i].shape(), 'c'));
    INDArray above =
        byHead(mask(QUERIES) == null ? epsilon : workspaces.dup(ArrayType.BP_WORKING_MEM, epsilon));
    hideMasked(above);
    INDArray weights = weights(ArrayType.BP_WORKING_MEM, workspaces);
    product(weights, true, above, false, 1, byHead(below[VALUES]));

    // Through the softmax: dL/dscore = weight (dL/dweight - sum over the row of weight dL/dweight).
    INDArray delta = square(ArrayType.BP_WORKING_MEM, workspaces);
    product(above, false, byHead(inputs[VALUES]), true, 1, delta);
    delta.muli(weights);
    INDArray rows = asRows(delta);
    rows.subi(asRows(weights).muliColumnVector(rows.sum(true, 1)));

    product(delta, false, byHead(inputs[KEYS]), false, scale(), byHead(below[QUERIES]));
    product(delta, true, byHead(inputs[QUERIES]), false, scale(), byHead(below[KEYS]));
    return new Pair<>(null, below);
  }

  /** softmax(Q K^T / sqrt(d)) as [examples, heads, steps of the query, steps of the key]. */
  private INDArray weights(ArrayType type, LayerWorkspaceMgr workspaces) {
    INDArray scores = square(type, workspaces);
    product(byHead(inputs[QUERIES]), false, byHead(inputs[KEYS]), true, scale(), scores);
    long steps = steps();
    scores.reshape('c', examples() * heads, steps * steps).addiRowVector(future(steps));
    INDArray mask = mask(KEYS);
    if (mask != null) {
      Nd4j.exec(new BroadcastAddOp(scores, mask.rsub(1).muli(HIDDEN), scores, 0, 3));
    }
    // ND4J's softmax is NaN for rows that lie far below 0.
    INDArray rows = asRows(scores);
    rows.subiColumnVector(rows.max(true, 1));
    Transforms.exp(rows, false);
    rows.diviColumnVector(rows.sum(true, 1));
    return scores;
  }

  private INDArray square(ArrayType type, LayerWorkspaceMgr workspaces) {
    long steps = steps();
    return workspaces.createUninitialized(
        type, dataType, new long[] {examples(), heads, steps, steps}, 'c');
  }

  private INDArray asRows(INDArray square) {
    long steps = square.size(3);
    return square.reshape('c', square.length() / steps, steps);
  }

  /** A stack of matrix products: result = factor * a b. */
  private static void product(
      INDArray a, boolean transposeA, INDArray b, boolean transposeB, double factor, INDArray out) {
    Nd4j.exec(
        new Mmul(
            a,
            b,
            out,
            factor,
            0,
            MMulTranspose.builder().transposeA(transposeA).transposeB(transposeB).build()));
  }

  /** As [examples, heads, steps, width / heads]: a view if x is in c order. */
  private INDArray byHead(INDArray x) {
    INDArray values = x.castTo(dataType);
    return values.rank() == 3
        ? values.reshape('c', examples(), heads, headWidth(), steps()).permute(0, 1, 3, 2)
        : values.reshape('c', steps(), examples(), heads, headWidth()).permute(1, 2, 0, 3);
  }

  private void hideMasked(INDArray byHead) {
    INDArray mask = mask(QUERIES);
    if (mask != null) {
      Nd4j.exec(new BroadcastMulOp(byHead, mask, byHead, 0, 2));
    }
  }

  /** The mask of an input as [examples, steps] of 1 and 0; {@code null} if it has none. */
  private INDArray mask(int input) {
    // DL4J tells vertices which masks there are, but not that there are none any more.
    if (graph.getInputMaskArrays() == null || masks == null || masks[input] == null) {
      return null;
    }
    INDArray mask = masks[input].neq(0).castTo(dataType);
    return inputs[input].rank() == 3 ? mask : mask.reshape('f', examples(), steps());
  }

  /** [steps * steps]. */
  private INDArray future(long steps) {
    if (future == null || future.length() != steps * steps) {
      double[] hidden = new double[Math.toIntExact(steps * steps)];
      for (int query = 0; query < steps; query++) {
        int row = query * (int) steps;
        Arrays.fill(hidden, row + query + 1, row + (int) steps, HIDDEN);
      }
      future = Workspaces.outside(() -> Nd4j.create(hidden, new long[] {hidden.length}, dataType));
    }
    return future;
  }

  private double scale() {
    return 1 / Math.sqrt(headWidth());
  }

  private long examples() {
    // Rows do not say how many they are from; DL4J's preprocessors ask the graph as well.
    return inputs[QUERIES].rank() == 3 ? inputs[QUERIES].size(0) : graph.batchSize();
  }

  private long steps() {
    return inputs[QUERIES].rank() == 3
        ? inputs[QUERIES].size(2)
        : inputs[QUERIES].size(0) / examples();
  }

  private long headWidth() {
    return inputs[QUERIES].size(1) / heads;
  }

  private void requireInputs() {
    if (!canDoForward()) {
      throw new IllegalStateException(
          "CausalAttentionVertex '%s': queries, keys and values are not all set."
              .formatted(vertexName));
    }
    INDArray queries = inputs[QUERIES];
    boolean fit =
        Arrays.stream(inputs).allMatch(input -> input.equalShapes(queries))
            && (queries.rank() == 3
                || queries.rank() == 2 && queries.size(0) % graph.batchSize() == 0)
            && queries.size(1) % heads == 0;
    if (!fit) {
      throw new DL4JInvalidInputException(
          "CausalAttentionVertex '%s': queries, keys and values of the shapes %s do not fit; it takes three alike of shape [%d, width, steps], or their rows, with a width that is a multiple of %d heads."
              .formatted(
                  vertexName,
                  Arrays.stream(inputs).map(input -> Arrays.toString(input.shape())).toList(),
                  graph.batchSize(),
                  heads));
    }
  }

  @Override
  public Pair<INDArray, MaskState> feedForwardMaskArrays(
      INDArray[] maskArrays, MaskState state, int minibatchSize) {
    masks = maskArrays == null ? null : maskArrays.clone();
    return new Pair<>(masks == null ? null : masks[QUERIES], state);
  }

  @Override
  public String toString() {
    return "CausalAttention(name=\"%s\", heads=%d)".formatted(vertexName, heads);
  }
}
