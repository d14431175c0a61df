package org.adafisher.curvature;

import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;

/** Which layer kinds have factors: one line each. */
public final class FactorEstimators {

  // By exact class: DL4J's layers extend one another (Convolution1D is a ConvolutionLayer) without
  // being of one kind.
  private static final Map<Class<?>, FactorEstimator> BY_CONFIGURATION =
      Map.of(
          DenseLayer.class, new DenseEstimator(),
          OutputLayer.class, new DenseEstimator(),
          RnnOutputLayer.class, new DenseEstimator(),
          ConvolutionLayer.class, new ConvolutionEstimator(),
          Convolution2D.class, new ConvolutionEstimator(),
          EmbeddingLayer.class, new EmbeddingEstimator(),
          EmbeddingSequenceLayer.class, new EmbeddingEstimator(),
          BatchNormalization.class, new BatchNormalizationEstimator());

  private FactorEstimators() {}

  /**
   * @param layer a layer of a network; {@code null} for a vertex that holds none
   * @return the estimator for its kind; empty if the kind has no factors
   */
  public static Optional<FactorEstimator> forLayer(Layer layer) {
    return layer == null || layer.conf() == null
        ? Optional.empty()
        : Optional.ofNullable(BY_CONFIGURATION.get(layer.conf().getLayer().getClass()));
  }
}
