package org.adafisher.bench.rival.kfac;

import java.util.Optional;
import java.util.Set;
import org.adafisher.bench.rival.BlockParameter;
import org.adafisher.bench.rival.ParameterBlock;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The weights of a layer as one matrix [units, inputs], the bias as its last column.
 *
 * @param weights the layer's W
 * @param bias its b; {@code null} if it has none, or if another updater steps it
 */
record WeightMatrix(BlockParameter weights, BlockParameter bias) {

  private static final Set<String> DENSE =
      Set.of(
          DenseLayer.class.getSimpleName(),
          OutputLayer.class.getSimpleName(),
          RnnOutputLayer.class.getSimpleName());
  private static final Set<String> CONVOLUTION =
      Set.of(ConvolutionLayer.class.getSimpleName(), Convolution2D.class.getSimpleName());

  /** That of a block; empty if the layer is of no kind that has one. */
  static Optional<WeightMatrix> of(ParameterBlock block) {
    boolean known = DENSE.contains(block.layerType()) || CONVOLUTION.contains(block.layerType());
    // Under a layer normalisation dL/dz is not the gradient that W meets.
    boolean normalised = block.parameter(DefaultParamInitializer.GAIN_KEY).isPresent();
    return known && !normalised
        ? block
            .parameter(DefaultParamInitializer.WEIGHT_KEY)
            .map(
                w ->
                    new WeightMatrix(
                        w, block.parameter(DefaultParamInitializer.BIAS_KEY).orElse(null)))
        : Optional.empty();
  }

  boolean isConvolution() {
    return weights.shape().length == 4;
  }

  boolean hasBias() {
    return bias != null;
  }

  long units() {
    return weights.shape()[isConvolution() ? 0 : 1];
  }

  /** The bias's among them. */
  long inputs() {
    return weights.length() / units() + (hasBias() ? 1 : 0);
  }

  /**
   * A vector of the block as a matrix.
   *
   * @param vector the block's gradient, momentum, ...
   * @return [units, inputs]; a view if there is no bias
   */
  INDArray read(INDArray vector) {
    INDArray w = weightsOf(vector);
    return hasBias() ? Nd4j.concat(1, w, bias.in(vector).reshape(units(), 1)) : w;
  }

  /**
   * Puts a matrix where {@link #read} takes it from.
   *
   * @param matrix [units, inputs]
   * @param vector of the block
   */
  void write(INDArray matrix, INDArray vector) {
    INDArray w = weightsOf(vector);
    if (hasBias()) {
      w.assign(matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(0, inputs() - 1)));
      bias.in(vector).reshape(units()).assign(matrix.getColumn(inputs() - 1));
    } else {
      w.assign(matrix);
    }
  }

  private INDArray weightsOf(INDArray vector) {
    INDArray w = weights.in(vector);
    return isConvolution() ? w.reshape('c', units(), w.length() / units()) : w.transpose();
  }
}
