package org.adafisher.curvature;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Optional;
import org.adafisher.layers.LayerNormalization;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CapsuleLayer;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PrimaryCapsules;
import org.deeplearning4j.nn.conf.layers.RecurrentAttentionLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;

/** Which layer kinds have factors: one line each. */
public final class FactorEstimators {

  // By exact class: DL4J's layers extend one another (Convolution1D is a ConvolutionLayer) without
  // being of one kind.
  @SuppressWarnings("deprecation") // saved networks have Graves' LSTMs
  private static final Map<Class<?>, FactorEstimator> BY_CONFIGURATION =
      Map.ofEntries(
          entry(DenseLayer.class, new DenseEstimator()),
          entry(OutputLayer.class, new DenseEstimator()),
          entry(RnnOutputLayer.class, new DenseEstimator()),
          entry(ConvolutionLayer.class, new ConvolutionEstimator()),
          entry(Convolution2D.class, new ConvolutionEstimator()),
          entry(Convolution1DLayer.class, new Convolution1DEstimator()),
          entry(Convolution1D.class, new Convolution1DEstimator()),
          entry(Convolution3D.class, new Convolution3DEstimator()),
          entry(Deconvolution2D.class, new DeconvolutionEstimator()),
          entry(Deconvolution3D.class, new Deconvolution3DEstimator()),
          entry(DepthwiseConvolution2D.class, new DepthwiseConvolutionEstimator()),
          entry(SeparableConvolution2D.class, new SeparableConvolutionEstimator()),
          entry(EmbeddingLayer.class, new EmbeddingEstimator()),
          entry(EmbeddingSequenceLayer.class, new EmbeddingEstimator()),
          entry(BatchNormalization.class, new BatchNormalizationEstimator()),
          entry(CenterLossOutputLayer.class, new DenseEstimator()),
          entry(AutoEncoder.class, new DenseEstimator()),
          entry(ElementWiseMultiplicationLayer.class, new ElementWiseEstimator()),
          entry(LayerNormalization.class, new LayerNormalizationEstimator()),
          entry(VariationalAutoencoder.class, new VariationalAutoencoderEstimator()),
          entry(LocallyConnected1D.class, new LocallyConnectedEstimator()),
          entry(LocallyConnected2D.class, new LocallyConnectedEstimator()),
          entry(SelfAttentionLayer.class, new AttentionEstimator()),
          entry(LearnedSelfAttentionLayer.class, new AttentionEstimator()),
          entry(RecurrentAttentionLayer.class, new RecurrentAttentionEstimator()),
          entry(CapsuleLayer.class, new CapsuleEstimator()),
          entry(PrimaryCapsules.class, new PrimaryCapsulesEstimator()),
          entry(SimpleRnn.class, new SimpleRnnEstimator()),
          entry(LSTM.class, LstmEstimator.plain()),
          entry(GravesLSTM.class, LstmEstimator.graves()),
          entry(GravesBidirectionalLSTM.class, LstmEstimator.gravesBidirectional()),
          entry(Bidirectional.class, new BidirectionalEstimator()));

  private static final Map<Class<?>, VertexEstimator> BY_VERTEX =
      Map.of(AttentionVertex.class, new AttentionVertexEstimator());

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

  /**
   * @param vertex a vertex of a graph
   * @return the estimator for its kind; empty if the kind has no factors
   */
  public static Optional<VertexEstimator> forVertex(SameDiffGraphVertex vertex) {
    return Optional.ofNullable(BY_VERTEX.get(vertex.getConfig().getClass()));
  }
}
