package org.adafisher.curvature;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * What ND4J's attention of several heads, one operation, keeps to itself: the inputs of its output
 * projection and the gradients below its three input projections, worked out anew from what its own
 * backward operation is given.
 *
 * @param attended what the output projection meets, [batch * query steps, heads * size]
 * @param output gradient of what it gives, [batch * query steps, outputs]
 * @param queries gradient of the projected queries, [batch * query steps, heads * size]
 * @param keys gradient of the projected keys, [batch * key steps, heads * size]
 * @param values gradient of the projected values, [batch * key steps, heads * size]
 */
record FusedAttention(
    INDArray attended, INDArray output, INDArray queries, INDArray keys, INDArray values) {

  static final String BACKWARD = "multi_head_dot_product_attention_bp";

  private static final double MASKED = 1e9;

  /**
   * @param inputs of the backward operation: queries, keys and values [batch, features, steps],
   *     their projections [heads, size, features], the output projection [heads * size, outputs],
   *     the gradient [batch, outputs, query steps], the keys' mask [batch, key steps]
   */
  static FusedAttention of(List<INDArray> inputs) {
    INDArray projection = inputs.get(3);
    int batch = (int) inputs.get(0).size(0);
    int heads = (int) projection.size(0);
    long size = projection.size(1);
    INDArray q = byHead(projected(inputs.get(0), projection), batch, heads);
    INDArray k = byHead(projected(inputs.get(1), inputs.get(4)), batch, heads);
    INDArray v = byHead(projected(inputs.get(2), inputs.get(5)), batch, heads);
    double scale = 1 / Math.sqrt(size);

    INDArray scores = times(q, false, k, true).muli(scale); // [batch * heads, queries, keys]
    if (inputs.size() > 8) {
      INDArray mask = inputs.get(8).castTo(scores.dataType()).sub(1).muli(MASKED);
      scores
          .reshape('c', batch, heads * q.size(1), k.size(1))
          .addi(mask.dup('c').reshape(batch, 1, k.size(1)));
    }
    INDArray weights =
        Transforms.softmax(scores.reshape('c', -1, k.size(1)), true).reshape('c', scores.shape());
    INDArray attended = byRow(times(weights, false, v, false), batch, heads);

    INDArray output = SameDiffEstimator.stepsAsRows(inputs.get(7));
    INDArray below = byHead(output.mmul(inputs.get(6).transpose()), batch, heads);
    INDArray ofValues = times(weights, true, below, false);
    INDArray ofWeights = times(below, false, v, true);
    INDArray ofScores =
        ofWeights.sub(ofWeights.mul(weights).sum(true, 2)).muli(weights).muli(scale);
    return new FusedAttention(
        attended,
        output,
        byRow(times(ofScores, false, k, false), batch, heads),
        byRow(times(ofScores, true, q, false), batch, heads),
        byRow(ofValues, batch, heads));
  }

  /** [batch * steps, heads * size]. */
  private static INDArray projected(INDArray x, INDArray projection) {
    long units = projection.size(0) * projection.size(1);
    INDArray flat = projection.dup('c').reshape('c', units, projection.size(2));
    return SameDiffEstimator.stepsAsRows(x).mmul(flat.transpose());
  }

  /** [batch * steps, heads * size] as [batch * heads, steps, size]. */
  private static INDArray byHead(INDArray rows, int batch, int heads) {
    long steps = rows.size(0) / batch;
    long size = rows.size(1) / heads;
    return rows.dup('c')
        .reshape('c', batch, steps, heads, size)
        .permute(0, 2, 1, 3)
        .dup('c')
        .reshape('c', (long) batch * heads, steps, size);
  }

  private static INDArray byRow(INDArray byHead, int batch, int heads) {
    long steps = byHead.size(1);
    long size = byHead.size(2);
    return byHead
        .dup('c')
        .reshape('c', batch, heads, steps, size)
        .permute(0, 2, 1, 3)
        .dup('c')
        .reshape('c', batch * steps, heads * size);
  }

  /** Products of matrices side by side in two arrays of rank 3. */
  private static INDArray times(INDArray a, boolean transposeA, INDArray b, boolean transposeB) {
    INDArray left = transposeA ? a.permute(0, 2, 1).dup('c') : a;
    INDArray right = transposeB ? b.permute(0, 2, 1).dup('c') : b;
    return Nd4j.matmul(left, right);
  }
}
