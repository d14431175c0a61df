package org.adafisher.bench.rival.adahessian;

import java.util.Map;
import org.adafisher.bench.rival.LayerUpdater;
import org.adafisher.bench.rival.LayerUpdaters;
import org.adafisher.bench.rival.ParameterBlock;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * AdaHessian. With the loss's Hessian H and a vector z of random signs:
 *
 * <pre>
 * D = |z * (H z)|, for convolutions its mean over each kernel
 * m = beta1 m + (1 - beta1) g      v = beta2 v + (1 - beta2) D^2
 * w = w - lr m_hat / (v_hat^(k/2) + epsilon)     m_hat, v_hat: corrected for their start at 0
 * </pre>
 *
 * <p>Deeplearning4j differentiates once only, so H z is a central difference of gradients: each
 * step that takes a new D ({@code hessianInterval}, each by default) makes <b>two more forward and
 * backward passes</b> on its minibatch, at w + h z and w - h z. The difference h is the cube root
 * of the data type's precision times the parameters' root mean square, as a power of two: then the
 * error of the third derivative, of order h^2, and the rounding of the gradients, which the
 * division by 2 h makes larger, are alike. That leaves about 1e-10 of the gradient's size in DOUBLE
 * and 1e-4 in FLOAT. Where the network has kinks (ReLU, max pooling), the difference sees those
 * between the two points.
 *
 * <p>The extra passes leave parameters, gradient, score, running averages, the random generator and
 * other listeners as they were. Both draw the same dropout masks, though others than the step's
 * own. D is of the mean loss over the minibatch without L1 and L2, and neither clipped nor
 * normalised. z follows from the configuration's seed and the count of steps.
 *
 * <p>Convolutions ([out, in, kernel...]) have D averaged over the kernel, as the authors do; dense
 * layers, biases and the rest have theirs as it is.
 *
 * <p>Defaults: learning rate 0.15, beta1 0.9, beta2 0.999, epsilon 1e-4, Hessian power k 1, those
 * of the authors' image classification.
 *
 * <p>{@link #attach} has to be called after {@code init()}, and again on a restored or cloned
 * network.
 *
 * @see <a href="https://arxiv.org/abs/2006.00719">Yao, Gholami, Shen, Mustafa, Keutzer, Mahoney:
 *     AdaHessian, AAAI 2021</a>
 */
public final class AdaHessian extends LayerUpdater {

  /** Learning rate unless set. */
  public static final double DEFAULT_LEARNING_RATE = 0.15;

  /** Decay of the momentum unless set. */
  public static final double DEFAULT_BETA1 = 0.9;

  /** Decay of the squared diagonals unless set. */
  public static final double DEFAULT_BETA2 = 0.999;

  /** Added to the denominator unless set. */
  public static final double DEFAULT_EPSILON = 1e-4;

  /** Power of the Hessian unless set. */
  public static final double DEFAULT_HESSIAN_POWER = 1;

  /** Steps from one diagonal to the next unless set. */
  public static final int DEFAULT_HESSIAN_INTERVAL = 1;

  private static final long serialVersionUID = 1L;

  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final double hessianPower;
  private final int hessianInterval;

  /** All defaults. */
  public AdaHessian() {
    this(builder());
  }

  /**
   * @param learningRate above 0
   */
  public AdaHessian(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private AdaHessian(Builder builder) {
    this(
        builder.getLearningRate(),
        builder.getLearningRateSchedule(),
        builder.beta1,
        builder.beta2,
        builder.epsilon,
        builder.hessianPower,
        builder.hessianInterval,
        null);
  }

  private AdaHessian(
      @JsonProperty("learningRate") double learningRate,
      @JsonProperty("learningRateSchedule") ISchedule learningRateSchedule,
      @JsonProperty("beta1") double beta1,
      @JsonProperty("beta2") double beta2,
      @JsonProperty("epsilon") double epsilon,
      @JsonProperty("hessianPower") double hessianPower,
      @JsonProperty("hessianInterval") int hessianInterval,
      @JsonProperty("block") ParameterBlock block) {
    super(learningRate, learningRateSchedule, block);
    this.beta1 = fraction("beta1", beta1);
    this.beta2 = fraction("beta2", beta2);
    this.epsilon = positive("epsilon", epsilon);
    this.hessianPower =
        require(
            hessianPower >= 0 && hessianPower <= 1,
            "hessianPower",
            hessianPower,
            "at least 0 and at most 1");
    this.hessianInterval = atLeastOne("hessianInterval", hessianInterval);
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Connects AdaHessian to a network: tells each updater which parameters it steps, and adds the
   * listener that makes the extra passes.
   *
   * @param network a MultiLayerNetwork or ComputationGraph
   * @throws IllegalArgumentException if it is trained by truncated backpropagation through time,
   *     and as {@link LayerUpdaters#attach(Model, Class)} says
   * @throws IllegalStateException if it is not initialised
   */
  public static void attach(Model network) {
    if (backpropType(Network.of(network)) == BackpropType.TruncatedBPTT) {
      // The recurrent state that a pass began with is gone when the extra ones begin.
      throw new IllegalArgumentException(
          "AdaHessian cannot train this network, since it uses truncated backpropagation; configure"
              + " another updater or change that.");
    }
    LayerUpdaters.attach(network, AdaHessian.class, new AdaHessianListener());
  }

  private static BackpropType backpropType(Network network) {
    if (network instanceof Network.Stack stack) {
      return stack.model().getLayerWiseConfigurations().getBackpropType();
    }
    return ((Network.Graph) network).model().getConfiguration().getBackpropType();
  }

  @Override
  protected AdaHessian withBlock(ParameterBlock newBlock) {
    return new AdaHessian(
        getLearningRate(),
        getLearningRateSchedule(),
        beta1,
        beta2,
        epsilon,
        hessianPower,
        hessianInterval,
        newBlock);
  }

  /** m and v. */
  @Override
  protected int arraysAsLongAsTheParameters() {
    return 2;
  }

  @Override
  protected long otherState(ParameterBlock ofBlock) {
    return 0;
  }

  @Override
  protected AdaHessianUpdater create() {
    return new AdaHessianUpdater(this);
  }

  @Override
  protected Map<String, Object> values() {
    return Map.of(
        "beta1", beta1,
        "beta2", beta2,
        "epsilon", epsilon,
        "hessianPower", hessianPower,
        "hessianInterval", hessianInterval);
  }

  /** Decay of the momentum. */
  public double getBeta1() {
    return beta1;
  }

  /** Decay of the squared diagonals. */
  public double getBeta2() {
    return beta2;
  }

  /** Added to the denominator. */
  public double getEpsilon() {
    return epsilon;
  }

  /** Power of the Hessian: 1 divides by it, 0 not at all. */
  public double getHessianPower() {
    return hessianPower;
  }

  /** Steps from one diagonal to the next. */
  public int getHessianInterval() {
    return hessianInterval;
  }

  /** Builds an {@link AdaHessian}; what is not set has its default. */
  public static final class Builder extends RateBuilder<Builder> {

    private double beta1 = DEFAULT_BETA1;
    private double beta2 = DEFAULT_BETA2;
    private double epsilon = DEFAULT_EPSILON;
    private double hessianPower = DEFAULT_HESSIAN_POWER;
    private int hessianInterval = DEFAULT_HESSIAN_INTERVAL;

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
    public Builder beta1(double value) {
      beta1 = value;
      return this;
    }

    /**
     * @param value decay of the squared diagonals, in [0, 1). Default 0.999
     */
    public Builder beta2(double value) {
      beta2 = value;
      return this;
    }

    /**
     * @param value added to the denominator, above 0. Default 1e-4
     */
    public Builder epsilon(double value) {
      epsilon = value;
      return this;
    }

    /**
     * @param value power of the Hessian, in [0, 1]. Default 1
     */
    public Builder hessianPower(double value) {
      hessianPower = value;
      return this;
    }

    /**
     * @param steps from one diagonal, and its two extra passes, to the next, at least 1. Default 1
     */
    public Builder hessianInterval(int steps) {
      hessianInterval = steps;
      return this;
    }

    /**
     * @throws IllegalArgumentException if a value is out of range
     */
    public AdaHessian build() {
      return new AdaHessian(this);
    }
  }
}
