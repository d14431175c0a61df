package org.adafisher.layers;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Layer normalisation (Ba, Kiros and Hinton, 2016) as a layer of its own: DL4J has it inside dense
 * and simple recurrent layers alone. With the mean and the biased variance over the features x of
 * one position of one example,
 *
 * <pre>
 * y = g * (x - mean) / sqrt(variance + eps) + b
 * </pre>
 *
 * <p>A position is the whole example in [batch, features], a time step in [batch, features, steps],
 * and in [batch, channels, height, width] one place of the image, whose features are its channels,
 * as in ConvNeXt; the same with channels last, which the input type says. The layer calls no
 * activation function. Masked positions come out as 0 and have no part in the gradients. As for
 * DL4J's BatchNormalization, g and b are neither weights nor biases to weight decay, L1, L2 and
 * bias updaters.
 */
public final class LayerNormalization extends FeedForwardLayer {

  private static final long serialVersionUID = 1L;

  /** The name of the parameter that scales: one value a feature, at first 1. */
  public static final String GAIN = "g";

  /** The name of the parameter that shifts: one value a feature, at first 0. */
  public static final String SHIFT = "b";

  private double eps;
  private boolean channelsLast;

  /** With the default epsilon, for as many features as its input type has. */
  public LayerNormalization() {
    this(new Builder());
  }

  private LayerNormalization(Builder builder) {
    super(builder);
    this.eps = builder.eps;
    this.channelsLast = builder.channelsLast;
    if (nIn > 0 && nOut > 0 && nIn != nOut) {
      throw new IllegalArgumentException(
          "LayerNormalization: nIn is %d and nOut is %d, but they are the same features."
              .formatted(nIn, nOut));
    }
    nIn = Math.max(nIn, nOut);
    nOut = nIn;
    initializeConstraints(builder);
  }

  /**
   * @return what is added to the variance
   */
  public double getEps() {
    return eps;
  }

  /**
   * @param eps added to the variance, positive
   */
  public void setEps(double eps) {
    this.eps = eps;
  }

  /**
   * @return whether the features are on the last axis of series and images, not on the second
   */
  public boolean isChannelsLast() {
    return channelsLast;
  }

  /**
   * @param channelsLast whether the features are on the last axis of series and images, not on the
   *     second
   */
  public void setChannelsLast(boolean channelsLast) {
    this.channelsLast = channelsLast;
  }

  @Override
  public LayerNormalization clone() {
    return (LayerNormalization) super.clone();
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> trainingListeners,
      int layerIndex,
      INDArray layerParamsView,
      boolean initializeParams,
      DataType networkDataType) {
    if (nIn <= 0 || nIn != nOut) {
      throw new IllegalStateException(
          "LayerNormalization '%s' (index %d) has nIn %d and nOut %d: set one of them, or the network's input type."
              .formatted(getLayerName(), layerIndex, nIn, nOut));
    }
    var layer = new LayerNormalizationLayer(conf, networkDataType);
    layer.setListeners(trainingListeners);
    layer.setIndex(layerIndex);
    layer.setParamsViewArray(layerParamsView);
    Map<String, INDArray> parameters = initializer().init(conf, layerParamsView, initializeParams);
    layer.setParamTable(parameters);
    layer.setConf(conf);
    return layer;
  }

  @Override
  public ParamInitializer initializer() {
    return new LayerNormalizationParameters();
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    if (inputType == null) {
      throw new IllegalStateException(
          "LayerNormalization '%s' (index %d) has no input type."
              .formatted(getLayerName(), layerIndex));
    }
    return inputType;
  }

  @Override
  public void setNIn(InputType inputType, boolean override) {
    long features;
    if (inputType instanceof InputType.InputTypeFeedForward type) {
      features = type.getSize();
    } else if (inputType instanceof InputType.InputTypeRecurrent type) {
      features = type.getSize();
      channelsLast = type.getFormat() == RNNFormat.NWC;
    } else if (inputType instanceof InputType.InputTypeConvolutional type) {
      features = type.getChannels();
      channelsLast = type.getFormat() == CNN2DFormat.NHWC;
    } else if (inputType instanceof InputType.InputTypeConvolutional3D type) {
      features = type.getChannels();
      channelsLast = type.getDataFormat() == Convolution3D.DataFormat.NDHWC;
    } else if (inputType instanceof InputType.InputTypeConvolutionalFlat type) {
      features = type.getDepth(); // behind the preprocessor below
      channelsLast = false;
    } else {
      throw new IllegalStateException(
          "LayerNormalization '%s': unknown input type %s.".formatted(getLayerName(), inputType));
    }
    if (nIn <= 0 || override) {
      nIn = features;
      nOut = features;
    }
  }

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
    return inputType instanceof InputType.InputTypeConvolutionalFlat flat
        ? new FeedForwardToCnnPreProcessor(flat.getHeight(), flat.getWidth(), flat.getDepth())
        : null;
  }

  @Override
  public List<Regularization> getRegularizationByParam(String paramName) {
    return null;
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType inputType) {
    InputType outputType = getOutputType(-1, inputType);
    long parameters = initializer().numParams(this);
    long elements = inputType.arrayElementsPerExample();
    // Forwards a copy by position; backwards that, the gradient's, and a product of the two.
    return new LayerMemoryReport.Builder(layerName, LayerNormalization.class, inputType, outputType)
        .standardMemory(parameters, getIUpdater().stateSize(parameters))
        .workingMemory(0, elements, 0, 3 * elements)
        .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
        .build();
  }

  @Override
  protected boolean canEqual(Object other) {
    return other instanceof LayerNormalization;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LayerNormalization that
        && super.equals(other)
        && Double.compare(eps, that.eps) == 0
        && channelsLast == that.channelsLast;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * super.hashCode() + Double.hashCode(eps)) + Boolean.hashCode(channelsLast);
  }

  @Override
  public String toString() {
    return "LayerNormalization(super=%s, eps=%s, channelsLast=%s)"
        .formatted(super.toString(), eps, channelsLast);
  }

  /** Builds a {@link LayerNormalization}. */
  @SuppressWarnings("unchecked") // of build(), which DL4J declares for any kind of layer
  public static final class Builder extends FeedForwardLayer.Builder<Builder> {

    private double eps = 1e-5;
    private boolean channelsLast;

    /** With an epsilon of 1e-5. */
    public Builder() {}

    /**
     * @param eps added to the variance; 1e-5 unless set
     * @return this
     * @throws IllegalArgumentException if it is not a positive number
     */
    public Builder eps(double eps) {
      if (!(eps > 0) || Double.isInfinite(eps)) {
        throw new IllegalArgumentException(
            "LayerNormalization: eps is %s, but has to be a positive number.".formatted(eps));
      }
      this.eps = eps;
      return this;
    }

    /**
     * Needed only in a network without an input type.
     *
     * @param format of time series
     * @return this
     */
    public Builder dataFormat(RNNFormat format) {
      this.channelsLast = format == RNNFormat.NWC;
      return this;
    }

    /**
     * Needed only in a network without an input type.
     *
     * @param format of images
     * @return this
     */
    public Builder dataFormat(CNN2DFormat format) {
      this.channelsLast = format == CNN2DFormat.NHWC;
      return this;
    }

    @Override
    public LayerNormalization build() {
      return new LayerNormalization(this);
    }
  }
}
