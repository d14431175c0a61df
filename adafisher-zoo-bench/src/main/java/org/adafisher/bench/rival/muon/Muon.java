package org.adafisher.bench.rival.muon;

import java.util.Arrays;
import java.util.Map;
import org.adafisher.bench.rival.BlockParameter;
import org.adafisher.bench.rival.LayerUpdater;
import org.adafisher.bench.rival.LayerUpdaters;
import org.adafisher.bench.rival.ParameterBlock;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Muon in its usual form. For a matrix with gradient G, by unit (a convolution's [out, in * kh *
 * kw], a dense layer's [out, in]):
 *
 * <pre>
 * M = momentum M + (1 - momentum) G
 * O = polar((1 - momentum) G + momentum M)          five steps of Newton and Schulz, nearly
 * W = W - lr sqrt(max(1, rows / columns)) O
 * </pre>
 *
 * <p>Embeddings, output layers and vectors (biases, the scales of normalizations) step by Adam
 * instead, at {@code adamShare} of the rate. Weight decay is Deeplearning4j's {@code weightDecay(c,
 * true)}, which makes that AdamW; it is of the whole rate for both.
 *
 * <p>Defaults: learning rate 0.02, momentum 0.95, Adam at 0.015 of the rate (3e-4) with decays 0.9
 * and 0.95.
 *
 * <p>{@link #attach} has to be called after {@code init()}. The same step as AdaFisher's spectral
 * formulation without its curvature is that formulation in plain coordinates.
 *
 * @see <a href="https://kellerjordan.github.io/posts/muon/">Jordan et al.: Muon, an optimizer for
 *     hidden layers in neural networks, 2024</a>
 */
public final class Muon extends LayerUpdater {

  /** Learning rate unless set. */
  public static final double DEFAULT_LEARNING_RATE = 0.02;

  /** Decay of the momentum of matrices unless set. */
  public static final double DEFAULT_MOMENTUM = 0.95;

  /** Share of the rate at which Adam steps unless set. */
  public static final double DEFAULT_ADAM_SHARE = 0.015;

  /** Decay of Adam's first moment unless set. */
  public static final double DEFAULT_BETA1 = 0.9;

  /** Decay of Adam's second moment unless set. */
  public static final double DEFAULT_BETA2 = 0.95;

  /** Added to the root of Adam's second moment. */
  static final double EPSILON = 1e-8;

  private static final long serialVersionUID = 1L;

  private final double momentum;
  private final double adamShare;
  private final double beta1;
  private final double beta2;

  /** All defaults. */
  public Muon() {
    this(builder());
  }

  /**
   * @param learningRate above 0
   */
  public Muon(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Muon(Builder builder) {
    this(
        builder.getLearningRate(),
        builder.getLearningRateSchedule(),
        builder.momentum,
        builder.adamShare,
        builder.beta1,
        builder.beta2,
        null);
  }

  private Muon(
      @JsonProperty("learningRate") double learningRate,
      @JsonProperty("learningRateSchedule") ISchedule learningRateSchedule,
      @JsonProperty("momentum") double momentum,
      @JsonProperty("adamShare") double adamShare,
      @JsonProperty("beta1") double beta1,
      @JsonProperty("beta2") double beta2,
      @JsonProperty("block") ParameterBlock block) {
    super(learningRate, learningRateSchedule, block);
    this.momentum = fraction("momentum", momentum);
    this.adamShare = positive("adamShare", adamShare);
    this.beta1 = fraction("beta1", beta1);
    this.beta2 = fraction("beta2", beta2);
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Connects Muon to a network: tells each updater which parameters it steps. Call it after {@code
   * net.init()}; on a restored or cloned network it changes nothing.
   *
   * @param network a MultiLayerNetwork or ComputationGraph
   * @throws IllegalArgumentException if no layer of it has Muon
   * @throws IllegalStateException if it is not initialised
   */
  public static void attach(Model network) {
    LayerUpdaters.attach(network, Muon.class);
  }

  /** Whether a parameter of a block steps by Adam. */
  boolean isByAdam(ParameterBlock block, BlockParameter parameter) {
    return block.layerType().contains("Embedding")
        || block.layerType().endsWith("OutputLayer")
        || Arrays.stream(parameter.shape()).filter(size -> size > 1).count() <= 1;
  }

  @Override
  protected Muon withBlock(ParameterBlock newBlock) {
    return new Muon(
        getLearningRate(), getLearningRateSchedule(), momentum, adamShare, beta1, beta2, newBlock);
  }

  /** The momentum. */
  @Override
  protected int arraysAsLongAsTheParameters() {
    return 1;
  }

  /** Adam's second moments. */
  @Override
  protected long otherState(ParameterBlock ofBlock) {
    return ofBlock.parameters().stream()
        .filter(parameter -> isByAdam(ofBlock, parameter))
        .mapToLong(BlockParameter::length)
        .sum();
  }

  @Override
  protected MuonUpdater create() {
    return new MuonUpdater(this);
  }

  @Override
  protected Map<String, Object> values() {
    return Map.of("momentum", momentum, "adamShare", adamShare, "beta1", beta1, "beta2", beta2);
  }

  /** Decay of the momentum of matrices. */
  public double getMomentum() {
    return momentum;
  }

  /** Share of the rate at which Adam steps. */
  public double getAdamShare() {
    return adamShare;
  }

  /** Decay of Adam's first moment. */
  public double getBeta1() {
    return beta1;
  }

  /** Decay of Adam's second moment. */
  public double getBeta2() {
    return beta2;
  }

  /** Builds a {@link Muon}; what is not set has its default. */
  public static final class Builder extends RateBuilder<Builder> {

    private double momentum = DEFAULT_MOMENTUM;
    private double adamShare = DEFAULT_ADAM_SHARE;
    private double beta1 = DEFAULT_BETA1;
    private double beta2 = DEFAULT_BETA2;

    private Builder() {
      super(DEFAULT_LEARNING_RATE);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * @param value decay of the momentum of matrices, in [0, 1). Default 0.95
     */
    public Builder momentum(double value) {
      momentum = value;
      return this;
    }

    /**
     * @param value share of the rate at which Adam steps, above 0. Default 0.015
     */
    public Builder adamShare(double value) {
      adamShare = value;
      return this;
    }

    /**
     * @param value decay of Adam's first moment, in [0, 1). Default 0.9
     */
    public Builder beta1(double value) {
      beta1 = value;
      return this;
    }

    /**
     * @param value decay of Adam's second moment, in [0, 1). Default 0.95
     */
    public Builder beta2(double value) {
      beta2 = value;
      return this;
    }

    /**
     * @throws IllegalArgumentException if a value is out of range
     */
    public Muon build() {
      return new Muon(this);
    }
  }
}
