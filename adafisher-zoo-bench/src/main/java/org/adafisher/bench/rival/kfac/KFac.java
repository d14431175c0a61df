package org.adafisher.bench.rival.kfac;

import java.util.HashMap;
import java.util.Map;
import org.adafisher.bench.rival.LayerUpdater;
import org.adafisher.bench.rival.LayerUpdaters;
import org.adafisher.bench.rival.ParameterBlock;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The K-FAC updater: momentum over natural gradients, in which the Fisher information of each layer
 * is a Kronecker product of two full matrices.
 *
 * <pre>
 * A = E[a a^T]    a: the layer's input, a 1 appended if there is a bias
 * G = E[s s^T]    s: gradient of an example's own loss by the pre-activation
 * U = (G + sqrt(damping) / pi I)^-1  dL/dW  (A + pi sqrt(damping) I)^-1
 *     pi = sqrt((tr A / dim A) / (tr G / dim G))
 * nu = min(1, sqrt(klClip / (sum over all layers of lr^2 sum(U * dL/dW))))
 * m = momentum m + nu U       W = W - lr m
 * </pre>
 *
 * <p><b>Factors.</b> Dense, output, time-series output and 2-d convolution layers have them; all
 * other parameters, and layers with {@code hasLayerNorm}, step by momentum SGD at the same rate,
 * which nu leaves alone. The Fisher information is the empirical one: s is the gradient at the
 * labels of the data, as in the common PyTorch implementations, not at labels drawn from the model.
 * Where the weights are used at T positions of an example (a convolution's, on patches; the steps
 * of a time series, without the masked ones), A sums over the positions and G averages over them,
 * as Grosse and Martens have it: A = sum a a^T / examples, G = sum s s^T / (examples T). Averages
 * run with weight {@code min(1 - 1/k, statDecay)} on the old value in the k-th refresh.
 *
 * <p><b>Order.</b> The gradient is preconditioned and clipped when the backward pass is over,
 * before Deeplearning4j's own steps. So L2 is added to the preconditioned gradient (as weight decay
 * is in those implementations), decoupled weight decay to the finished step, and gradient
 * normalization or clipping acts on the preconditioned gradient.
 *
 * <p>Defaults: learning rate 0.3, momentum 0.9, statDecay 0.95, damping 1e-3, klClip 1e-3, factors
 * every 10 steps, inverses every 100.
 *
 * <p>The state of a layer with n inputs and m units is 2 (n^2 + m^2) values and the momentum.
 *
 * @see <a href="https://arxiv.org/abs/1503.05671">Martens and Grosse, Optimizing Neural Networks
 *     with Kronecker-factored Approximate Curvature, 2015</a>: factors, averages, pi
 * @see <a href="https://arxiv.org/abs/1602.01407">Grosse and Martens, A Kronecker-factored
 *     Approximate Fisher Matrix for Convolution Layers, 2016</a>
 * @see <a href="https://arxiv.org/abs/1708.05144">Wu et al., Scalable Trust-region Method for Deep
 *     Reinforcement Learning using Kronecker-factored Approximation, 2017</a>: the clip
 */
public final class KFac extends LayerUpdater {

  /** Learning rate unless set. */
  public static final double DEFAULT_LEARNING_RATE = 0.3;

  /** Decay of the momentum unless set. */
  public static final double DEFAULT_MOMENTUM = 0.9;

  /** Weight of the old factors unless set. */
  public static final double DEFAULT_STAT_DECAY = 0.95;

  /** Damping unless set. */
  public static final double DEFAULT_DAMPING = 1e-3;

  /** Bound of the KL clip unless set. */
  public static final double DEFAULT_KL_CLIP = 1e-3;

  /** Steps from one refresh of the factors to the next unless set. */
  public static final int DEFAULT_FACTOR_INTERVAL = 10;

  /** Steps from one refresh of the inverses to the next unless set. */
  public static final int DEFAULT_INVERSE_INTERVAL = 100;

  private static final long serialVersionUID = 1L;

  private final double momentum;
  private final double statDecay;
  private final double damping;
  private final double klClip;
  private final int factorInterval;
  private final int inverseInterval;

  /** All defaults. */
  public KFac() {
    this(builder());
  }

  /**
   * @param learningRate above 0
   */
  public KFac(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private KFac(Builder builder) {
    this(
        builder.getLearningRate(),
        builder.getLearningRateSchedule(),
        builder.momentum,
        builder.statDecay,
        builder.damping,
        builder.klClip,
        builder.factorInterval,
        builder.inverseInterval,
        null);
  }

  private KFac(
      @JsonProperty("learningRate") double learningRate,
      @JsonProperty("learningRateSchedule") ISchedule learningRateSchedule,
      @JsonProperty("momentum") double momentum,
      @JsonProperty("statDecay") double statDecay,
      @JsonProperty("damping") double damping,
      @JsonProperty("klClip") double klClip,
      @JsonProperty("factorInterval") int factorInterval,
      @JsonProperty("inverseInterval") int inverseInterval,
      @JsonProperty("block") ParameterBlock block) {
    super(learningRate, learningRateSchedule, block);
    this.momentum = fraction("momentum", momentum);
    this.statDecay = fraction("statDecay", statDecay);
    this.damping = positive("damping", damping);
    this.klClip = positive("klClip", klClip);
    this.factorInterval = atLeastOne("factorInterval", factorInterval);
    this.inverseInterval = atLeastOne("inverseInterval", inverseInterval);
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Connects K-FAC to a network: tells each updater the parameters that it steps, and adds the
   * listener that captures the statistics. Call it once after {@code net.init()}, and again on a
   * network that was restored or cloned; the updater's state is kept. Calling it twice changes
   * nothing.
   *
   * @param network a MultiLayerNetwork or ComputationGraph
   * @return the network's listener
   * @throws IllegalArgumentException if no layer of it has K-FAC, or if the factors together are
   *     more than an updater state of Deeplearning4j can hold
   * @throws IllegalStateException if it has not been initialised
   */
  public static KFacListener attach(Model network) {
    LayerUpdaters.attach(network, KFac.class, new KFacListener());
    requireThatStateFits(Network.of(network));
    return Network.of(network).listeners().stream()
        .filter(KFacListener.class::isInstance)
        .map(KFacListener.class::cast)
        .findFirst()
        .orElseThrow();
  }

  /** Deeplearning4j counts all state in an int, which would overflow without a word. */
  private static void requireThatStateFits(Network network) {
    Map<String, Long> sizes = new HashMap<>();
    for (Trainable trainable : network.trainables()) {
      TrainingConfig conf = trainable.getConfig();
      trainable
          .paramTable(false)
          .forEach(
              (name, array) ->
                  sizes.merge(
                      conf.getLayerName(),
                      conf.getUpdaterByParam(name).stateSize(array.length()),
                      Long::sum));
    }
    long all = sizes.values().stream().mapToLong(Long::longValue).sum();
    if (all > Integer.MAX_VALUE) {
      Map.Entry<String, Long> largest =
          sizes.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
      throw new IllegalArgumentException(
          "KFac: the updater state would have %d values, %d of them in layer '%s', where Deeplearning4j holds at most %d; give such layers another updater."
              .formatted(all, largest.getValue(), largest.getKey(), Integer.MAX_VALUE));
    }
  }

  @Override
  protected KFac withBlock(ParameterBlock newBlock) {
    return new KFac(
        getLearningRate(),
        getLearningRateSchedule(),
        momentum,
        statDecay,
        damping,
        klClip,
        factorInterval,
        inverseInterval,
        newBlock);
  }

  @Override
  protected int arraysAsLongAsTheParameters() {
    return 1;
  }

  @Override
  protected long otherState(ParameterBlock ofBlock) {
    return WeightMatrix.of(ofBlock).map(FactorState::size).orElse(0L);
  }

  @Override
  protected KFacUpdater create() {
    return new KFacUpdater(this);
  }

  @Override
  protected Map<String, Object> values() {
    return Map.of(
        "momentum", momentum,
        "statDecay", statDecay,
        "damping", damping,
        "klClip", klClip,
        "factorInterval", factorInterval,
        "inverseInterval", inverseInterval);
  }

  /** Decay of the momentum. */
  public double getMomentum() {
    return momentum;
  }

  /** Weight of the old factors in a refresh, once there were enough of them. */
  public double getStatDecay() {
    return statDecay;
  }

  /** What is added to the eigenvalues of the Fisher information, shared between the factors. */
  public double getDamping() {
    return damping;
  }

  /** The most that a step may be of lr^2 times preconditioned gradient times gradient. */
  public double getKlClip() {
    return klClip;
  }

  /** Steps from one refresh of the factors to the next. */
  public int getFactorInterval() {
    return factorInterval;
  }

  /** Steps from one refresh of the inverses to the next. */
  public int getInverseInterval() {
    return inverseInterval;
  }

  /** Builds a {@link KFac}; what is not set has its default. */
  public static final class Builder extends RateBuilder<Builder> {

    private double momentum = DEFAULT_MOMENTUM;
    private double statDecay = DEFAULT_STAT_DECAY;
    private double damping = DEFAULT_DAMPING;
    private double klClip = DEFAULT_KL_CLIP;
    private int factorInterval = DEFAULT_FACTOR_INTERVAL;
    private int inverseInterval = DEFAULT_INVERSE_INTERVAL;

    /** All defaults. */
    public Builder() {
      super(DEFAULT_LEARNING_RATE);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * @param value decay of the momentum, in [0, 1). Default 0.9
     */
    public Builder momentum(double value) {
      this.momentum = value;
      return this;
    }

    /**
     * @param value weight of the old factors, in [0, 1). Default 0.95
     */
    public Builder statDecay(double value) {
      this.statDecay = value;
      return this;
    }

    /**
     * @param value above 0. Default 1e-3
     */
    public Builder damping(double value) {
      this.damping = value;
      return this;
    }

    /**
     * @param value above 0; a large number for none. Default 1e-3
     */
    public Builder klClip(double value) {
      this.klClip = value;
      return this;
    }

    /**
     * @param steps from one refresh of the factors to the next, at least 1. Default 10
     */
    public Builder factorInterval(int steps) {
      this.factorInterval = steps;
      return this;
    }

    /**
     * @param steps from one refresh of the inverses to the next, at least 1. Default 100
     */
    public Builder inverseInterval(int steps) {
      this.inverseInterval = steps;
      return this;
    }

    /**
     * The updater.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public KFac build() {
      return new KFac(this);
    }
  }
}
