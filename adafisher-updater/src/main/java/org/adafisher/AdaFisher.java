package org.adafisher;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The AdaFisher updater: momentum divided by a diagonal block-Kronecker approximation of the Fisher
 * information.
 *
 * <pre>{@code
 * new NeuralNetConfiguration.Builder().updater(new AdaFisher(1e-3)) ...
 * net.init();
 * AdaFisher.attach(net);
 * net.fit(data);
 * }</pre>
 *
 * <p>For a layer with input h (a 1 appended if it has a bias) and pre-activation gradient s:
 *
 * <pre>
 * H_j = mean over rows of h_j^2     S_k = mean over rows of s_k^2     F_kj = H_j S_k + lambda
 * m = beta m + (1 - beta) g         w = w - lr / (1 - beta^t) m / F
 * </pre>
 *
 * <p>H and S are refreshed every {@code refreshInterval} steps, as the {@link Formulation} says;
 * parameters that no factors are known for have F = c^2 + lambda with c the decayed start value 1
 * of a factor. L2 is {@code .l2(c)}, AdaFisherW is {@code .weightDecay(c, true)}: both are DL4J's.
 *
 * <p>{@link Centred} and {@link Spectral} work otherwise, at learning rates of another meaning:
 * {@link #centred()}, {@link #spectral()}.
 *
 * <p>Defaults: learning rate 1e-3, beta 0.9, {@link Released} with gamma 0.8 and damping 1e-3,
 * refreshed every 100 steps.
 *
 * @see <a href="https://openreview.net/forum?id=puTxuiK2qO">Martins Gomes et al., AdaFisher:
 *     Adaptive Second Order Optimization via Fisher Information, ICLR 2025</a>
 */
public final class AdaFisher implements IUpdater {

  /** Learning rate of {@link Released} and its kin unless set. */
  public static final double DEFAULT_LEARNING_RATE = 1e-3;

  /** Decay of the momentum unless set. */
  public static final double DEFAULT_BETA = 0.9;

  private static final long serialVersionUID = 1L;

  private double learningRate;
  private ISchedule learningRateSchedule;
  private final double beta;
  private final int refreshInterval;
  private final Formulation formulation;
  private final LayerSlot slot;

  /** Of the network whose passes this updater is told of; no part of the configuration. */
  private transient volatile WeakReference<StateKeeper> keeper;

  /** The released formulation at learning rate 1e-3. */
  public AdaFisher() {
    this(builder());
  }

  /**
   * @param learningRate above 0
   */
  public AdaFisher(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  /**
   * @param learningRateSchedule by iteration or epoch
   */
  public AdaFisher(ISchedule learningRateSchedule) {
    this(builder().learningRateSchedule(learningRateSchedule));
  }

  /**
   * @param learningRate above 0
   * @param formulation what is kept of the curvature
   */
  public AdaFisher(double learningRate, Formulation formulation) {
    this(builder().learningRate(learningRate).formulation(formulation));
  }

  /**
   * @param learningRateSchedule by iteration or epoch
   * @param formulation what is kept of the curvature
   */
  public AdaFisher(ISchedule learningRateSchedule, Formulation formulation) {
    this(builder().learningRateSchedule(learningRateSchedule).formulation(formulation));
  }

  private AdaFisher(Builder builder) {
    this(
        builder.learningRate(), // above 0, though a running updater may be set to 0
        builder.learningRateSchedule,
        builder.beta,
        builder.refreshInterval == null
            ? builder.formulation.defaultRefreshInterval()
            : builder.refreshInterval,
        builder.formulation,
        null);
  }

  private AdaFisher(
      @JsonProperty("learningRate") double learningRate,
      @JsonProperty("learningRateSchedule") ISchedule learningRateSchedule,
      @JsonProperty("beta") double beta,
      @JsonProperty("refreshInterval") int refreshInterval,
      @JsonProperty("formulation") Formulation formulation,
      @JsonProperty("slot") LayerSlot slot) {
    setLrAndSchedule(learningRate, learningRateSchedule);
    this.beta = HyperParameters.fraction("beta", beta);
    this.refreshInterval = HyperParameters.atLeast(1, "refreshInterval", refreshInterval);
    this.formulation = Objects.requireNonNull(formulation, "AdaFisher: formulation must be set.");
    this.slot = slot;
  }

  /**
   * @return a builder with the defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * {@link Centred} with its defaults: refreshed every 10 steps after a burn-in of 100.
   *
   * @return {@code new AdaFisher(0.05, new Centred())}
   */
  public static AdaFisher centred() {
    return new AdaFisher(Centred.DEFAULT_LEARNING_RATE, new Centred());
  }

  /**
   * {@link Spectral} with its defaults: refreshed every 10 steps after a burn-in of 100. Its steps
   * do not become shorter by themselves: give it a schedule that falls, as {@code new AdaFisher(new
   * CosineSchedule(0.05, steps), new Spectral())}.
   *
   * @return {@code new AdaFisher(0.05, new Spectral())}
   */
  public static AdaFisher spectral() {
    return new AdaFisher(Spectral.DEFAULT_LEARNING_RATE, new Spectral());
  }

  /**
   * Connects AdaFisher to a network: tells each layer's updater which factors the layer has, and
   * adds the listener that captures the statistics. Call it once after {@code net.init()}, and
   * again on a network that was restored, cloned or changed by transfer learning; the updater's
   * state is kept. Calling it twice changes nothing.
   *
   * <p>Layers whose parameters have no factors are named in the log, once. So are regularizations
   * that DL4J would apply twice: see {@link DuplicateRegularization}.
   *
   * @param network a MultiLayerNetwork or ComputationGraph
   * @return the network's listener
   * @throws IllegalArgumentException if it is no such network, or no layer of it has AdaFisher
   * @throws IllegalStateException if it is not initialized, its data type is neither FLOAT nor
   *     DOUBLE, or its optimization algorithm is not stochastic gradient descent
   */
  public static AdaFisherListener attach(Model network) {
    return Attachment.attach(network);
  }

  /**
   * Frees a network of this library: its saved file loads and predicts without it. The listener is
   * removed, and every layer that had AdaFisher has DL4J's {@code Sgd} at the learning rate that it
   * had reached; momentum and factors are gone, the state of other layers' updaters is kept. A
   * {@link CosineSchedule} on another updater gives way to its present value.
   *
   * @param network a MultiLayerNetwork or ComputationGraph, whether attached or not
   */
  public static void detach(Model network) {
    Attachment.detach(network);
  }

  /** This updater for a layer with such factors; {@code null} for one without any. */
  AdaFisher withSlot(LayerSlot newSlot) {
    return new AdaFisher(
        learningRate, learningRateSchedule, beta, refreshInterval, formulation, newSlot);
  }

  /** Whether it is the other one but for the learning rate, which a running updater takes anew. */
  boolean hasStateOf(AdaFisher other) {
    return this == other
        || beta == other.beta
            && refreshInterval == other.refreshInterval
            && formulation.equals(other.formulation)
            && Objects.equals(slot, other.slot);
  }

  LayerSlot slot() {
    return slot;
  }

  void keepBy(StateKeeper newKeeper) {
    if (keeper().filter(present -> present == newKeeper).isEmpty()) {
      keeper = new WeakReference<>(newKeeper);
    }
  }

  Optional<StateKeeper> keeper() {
    return Optional.ofNullable(keeper).map(WeakReference::get);
  }

  /**
   * @return beta, the decay of the momentum
   */
  public double getBeta() {
    return beta;
  }

  /**
   * @return steps from one refresh of the factors to the next
   */
  public int getRefreshInterval() {
    return refreshInterval;
  }

  /**
   * @return what is kept of the curvature
   */
  public Formulation getFormulation() {
    return formulation;
  }

  /**
   * @return the fixed learning rate, NaN under a schedule
   */
  public double getLearningRate() {
    return learningRate;
  }

  /**
   * @return the learning rate schedule, or {@code null}
   */
  public ISchedule getLearningRateSchedule() {
    return learningRateSchedule;
  }

  @Override
  public long stateSize(long numParams) {
    return slot == null
        ? numParams + LayerSlot.STEP_COUNT + preconditioning().stateSizeWithoutFactors(numParams)
        : slot.stateSize(numParams, preconditioning());
  }

  Preconditioning preconditioning() {
    return Preconditioning.of(formulation);
  }

  @Override
  public AdaFisherUpdater instantiate(INDArray viewArray, boolean initializeViewArray) {
    AdaFisherUpdater updater = new AdaFisherUpdater(this);
    updater.setStateViewArray(
        viewArray, viewArray.shape(), viewArray.ordering(), initializeViewArray);
    if (initializeViewArray) {
      keeper().flatMap(k -> k.lostState(this, viewArray)).ifPresent(viewArray::assign);
    }
    return updater;
  }

  @Override
  public AdaFisherUpdater instantiate(
      Map<String, INDArray> updaterState, boolean initializeStateArrays) {
    AdaFisherUpdater updater = new AdaFisherUpdater(this);
    updater.setState(updaterState, initializeStateArrays);
    return updater;
  }

  @Override
  public double getLearningRate(int iteration, int epoch) {
    return learningRateSchedule == null
        ? learningRate
        : learningRateSchedule.valueAt(iteration, epoch);
  }

  @Override
  public boolean hasLearningRate() {
    return true;
  }

  @Override
  public void setLrAndSchedule(double lr, ISchedule lrSchedule) {
    this.learningRate = lrSchedule == null ? HyperParameters.notNegative("learningRate", lr) : lr;
    this.learningRateSchedule = lrSchedule;
  }

  @Override
  public AdaFisher clone() {
    return new AdaFisher(
        learningRate,
        learningRateSchedule == null ? null : learningRateSchedule.clone(),
        beta,
        refreshInterval,
        formulation,
        slot);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AdaFisher that
        && Double.compare(learningRate, that.learningRate) == 0
        && Objects.equals(learningRateSchedule, that.learningRateSchedule)
        && beta == that.beta
        && refreshInterval == that.refreshInterval
        && formulation.equals(that.formulation)
        && Objects.equals(slot, that.slot);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        learningRate, learningRateSchedule, beta, refreshInterval, formulation, slot);
  }

  @Override
  public String toString() {
    return "AdaFisher(learningRate=%s, beta=%s, refreshInterval=%d, formulation=%s)"
        .formatted(
            learningRateSchedule == null ? learningRate : learningRateSchedule,
            beta,
            refreshInterval,
            formulation);
  }

  /** Builds an {@link AdaFisher}; what is not set has its default. */
  public static final class Builder {

    private Double learningRate;
    private ISchedule learningRateSchedule;
    private double beta = DEFAULT_BETA;
    private Integer refreshInterval;
    private Formulation formulation = new Released();

    /** All defaults. */
    public Builder() {}

    /** NaN under a schedule. */
    private double learningRate() {
      double rate = learningRate == null ? formulation.defaultLearningRate() : learningRate;
      return learningRateSchedule == null ? HyperParameters.positive("learningRate", rate) : rate;
    }

    /**
     * @param value above 0; replaces a schedule. Default: the formulation's, 1e-3 for {@link
     *     Released}
     * @return this
     */
    public Builder learningRate(double value) {
      this.learningRate = value;
      this.learningRateSchedule = null;
      return this;
    }

    /**
     * @param schedule by iteration or epoch; replaces a fixed rate
     * @return this
     */
    public Builder learningRateSchedule(ISchedule schedule) {
      this.learningRateSchedule =
          Objects.requireNonNull(schedule, "AdaFisher: learningRateSchedule must be set.");
      this.learningRate = Double.NaN;
      return this;
    }

    /**
     * @param value decay of the momentum, in [0, 1). Default 0.9
     * @return this
     */
    public Builder beta(double value) {
      this.beta = value;
      return this;
    }

    /**
     * @param steps from one refresh of the factors to the next, at least 1. Default: the
     *     formulation's, 100 for {@link Released}, 10 for {@link Centred} and {@link Spectral}
     * @return this
     */
    public Builder refreshInterval(int steps) {
      this.refreshInterval = steps;
      return this;
    }

    /**
     * @param value what is kept of the curvature. Default {@link Released}
     * @return this
     */
    public Builder formulation(Formulation value) {
      this.formulation = Objects.requireNonNull(value, "AdaFisher: formulation must be set.");
      return this;
    }

    /**
     * @return the updater
     * @throws IllegalArgumentException if a value is out of range
     */
    public AdaFisher build() {
      return new AdaFisher(this);
    }
  }
}
