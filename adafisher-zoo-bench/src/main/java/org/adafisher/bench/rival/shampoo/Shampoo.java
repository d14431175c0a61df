package org.adafisher.bench.rival.shampoo;

import java.util.Map;
import java.util.Objects;
import org.adafisher.bench.rival.BlockParameter;
import org.adafisher.bench.rival.LayerUpdater;
import org.adafisher.bench.rival.LayerUpdaters;
import org.adafisher.bench.rival.ParameterBlock;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Shampoo. For a parameter with gradient G, as a matrix (a convolution's [out, in * kh * kw], a
 * dense layer's [in, out]):
 *
 * <pre>
 * L = beta2 L + (1 - beta2) G G^T      R = beta2 R + (1 - beta2) G^T G     (sums if beta2 is 1)
 * P = (L + e_L I)^(-1/4) G (R + e_R I)^(-1/4)     e = epsilon times the largest eigenvalue
 * m = momentum m + P |grafted| / |P|              w = w - lr m
 * </pre>
 *
 * <p>Sides longer than {@code blockSize} are cut into equal parts, and each block of the matrix is
 * preconditioned on its own. A parameter that is but one row or column (biases, the scales of
 * normalisations) has the diagonal of its one preconditioner: P = g / sqrt(v + epsilon max(v)), v
 * averaged or summed as L is.
 *
 * <p>The roots are taken every {@code rootInterval} steps, and before that after 1, 2, 4, ...
 * steps, since those of the first gradients alone say little. They are computed in double
 * precision, and kept in the updater's state.
 *
 * <p>Defaults: learning rate 0.1, momentum 0.9, beta2 1 (sums, as in the first paper), epsilon
 * 1e-6, blocks of 128, roots every 20 steps, grafted to the norm of the gradient. On one core, a
 * step on a LeNet of 1.3 million parameters costs about 1.5 times one of AdaFisher's, 3.4 times
 * with roots at each step; blocks of 64 or 256 were no faster.
 *
 * <p>{@link #attach} has to be called after {@code init()}.
 *
 * @see <a href="https://proceedings.mlr.press/v80/gupta18a.html">Gupta, Koren, Singer: Shampoo,
 *     ICML 2018</a>
 * @see <a href="https://arxiv.org/abs/2002.09018">Anil, Gupta, Koren, Regan, Singer: Scalable
 *     Second Order Optimization for Deep Learning, 2020 (blocks, intervals, grafting)</a>
 */
public final class Shampoo extends LayerUpdater {

  /** Learning rate unless set. */
  public static final double DEFAULT_LEARNING_RATE = 0.1;

  /** Decay of the momentum unless set. */
  public static final double DEFAULT_MOMENTUM = 0.9;

  /** Sums unless set. */
  public static final double DEFAULT_BETA2 = 1;

  /** Share of the largest eigenvalue that is added to all, unless set. */
  public static final double DEFAULT_EPSILON = 1e-6;

  /** Longest side of a block unless set. */
  public static final int DEFAULT_BLOCK_SIZE = 128;

  /** Steps from one computation of the roots to the next unless set. */
  public static final int DEFAULT_ROOT_INTERVAL = 20;

  private static final long serialVersionUID = 1L;

  private final double momentum;
  private final double beta2;
  private final double epsilon;
  private final int blockSize;
  private final int rootInterval;
  private final Grafting grafting;

  /** All defaults. */
  public Shampoo() {
    this(builder());
  }

  /**
   * @param learningRate above 0
   */
  public Shampoo(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Shampoo(Builder builder) {
    this(
        builder.getLearningRate(),
        builder.getLearningRateSchedule(),
        builder.momentum,
        builder.beta2,
        builder.epsilon,
        builder.blockSize,
        builder.rootInterval,
        builder.grafting,
        null);
  }

  private Shampoo(
      @JsonProperty("learningRate") double learningRate,
      @JsonProperty("learningRateSchedule") ISchedule learningRateSchedule,
      @JsonProperty("momentum") double momentum,
      @JsonProperty("beta2") double beta2,
      @JsonProperty("epsilon") double epsilon,
      @JsonProperty("blockSize") int blockSize,
      @JsonProperty("rootInterval") int rootInterval,
      @JsonProperty("grafting") Grafting grafting,
      @JsonProperty("block") ParameterBlock block) {
    super(learningRate, learningRateSchedule, block);
    this.momentum = fraction("momentum", momentum);
    this.beta2 = require(beta2 > 0 && beta2 <= 1, "beta2", beta2, "above 0 and at most 1");
    this.epsilon =
        require(epsilon > 0 && epsilon <= 1, "epsilon", epsilon, "above 0 and at most 1");
    this.blockSize = atLeastOne("blockSize", blockSize);
    this.rootInterval = atLeastOne("rootInterval", rootInterval);
    this.grafting = Objects.requireNonNull(grafting, "Shampoo: grafting must be set.");
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Connects Shampoo to a network: tells each updater which parameters it steps. Call it after
   * {@code net.init()}; on a restored or cloned network it changes nothing.
   *
   * @param network a MultiLayerNetwork or ComputationGraph
   * @throws IllegalArgumentException if no layer of it has Shampoo
   * @throws IllegalStateException if it is not initialised
   */
  public static void attach(Model network) {
    LayerUpdaters.attach(network, Shampoo.class);
  }

  @Override
  protected Shampoo withBlock(ParameterBlock newBlock) {
    return new Shampoo(
        getLearningRate(),
        getLearningRateSchedule(),
        momentum,
        beta2,
        epsilon,
        blockSize,
        rootInterval,
        grafting,
        newBlock);
  }

  /** Momentum, and AdaGrad's sums if they are grafted. */
  @Override
  protected int arraysAsLongAsTheParameters() {
    return grafting == Grafting.ADAGRAD ? 2 : 1;
  }

  @Override
  protected long otherState(ParameterBlock ofBlock) {
    long size = 0;
    for (BlockParameter parameter : ofBlock.parameters()) {
      size += MatrixForm.of(parameter).stateSize(blockSize);
    }
    return size;
  }

  @Override
  protected ShampooUpdater create() {
    return new ShampooUpdater(this);
  }

  @Override
  protected Map<String, Object> values() {
    return Map.of(
        "momentum", momentum,
        "beta2", beta2,
        "epsilon", epsilon,
        "blockSize", blockSize,
        "rootInterval", rootInterval,
        "grafting", grafting);
  }

  /** Decay of the momentum. */
  public double getMomentum() {
    return momentum;
  }

  /** Decay of L and R; 1 if they are sums. */
  public double getBeta2() {
    return beta2;
  }

  /** Share of the largest eigenvalue that is added to all. */
  public double getEpsilon() {
    return epsilon;
  }

  /** Longest side of a block. */
  public int getBlockSize() {
    return blockSize;
  }

  /** Steps from one computation of the roots to the next. */
  public int getRootInterval() {
    return rootInterval;
  }

  /** Whose norm the steps have. */
  public Grafting getGrafting() {
    return grafting;
  }

  /** Builds a {@link Shampoo}; what is not set has its default. */
  public static final class Builder extends RateBuilder<Builder> {

    private double momentum = DEFAULT_MOMENTUM;
    private double beta2 = DEFAULT_BETA2;
    private double epsilon = DEFAULT_EPSILON;
    private int blockSize = DEFAULT_BLOCK_SIZE;
    private int rootInterval = DEFAULT_ROOT_INTERVAL;
    private Grafting grafting = Grafting.SGD;

    private Builder() {
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
      momentum = value;
      return this;
    }

    /**
     * @param value decay of L and R, in (0, 1]. Default 1: sums
     */
    public Builder beta2(double value) {
      beta2 = value;
      return this;
    }

    /**
     * @param value share of the largest eigenvalue that is added to all, in (0, 1]. Default 1e-6
     */
    public Builder epsilon(double value) {
      epsilon = value;
      return this;
    }

    /**
     * @param value longest side of a block, at least 1. Default 128: roots and products of a
     *     parameter cost its length times the blocks' side, smaller blocks more calls
     */
    public Builder blockSize(int value) {
      blockSize = value;
      return this;
    }

    /**
     * @param steps from one computation of the roots to the next, at least 1. Default 20
     */
    public Builder rootInterval(int steps) {
      rootInterval = steps;
      return this;
    }

    /**
     * @param value whose norm the steps have. Default {@link Grafting#SGD}
     */
    public Builder grafting(Grafting value) {
      grafting = value;
      return this;
    }

    /**
     * @throws IllegalArgumentException if a value is out of range
     */
    public Shampoo build() {
      return new Shampoo(this);
    }
  }
}
