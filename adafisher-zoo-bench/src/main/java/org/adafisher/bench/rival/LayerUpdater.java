package org.adafisher.bench.rival;

import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The configuration of an updater that knows the parameters of its layer. {@link
 * LayerUpdaters#attach} gives each layer's copy its block. All state is in Deeplearning4j's updater
 * state: arrays as long as the block, the count of steps, then what else the optimizer keeps.
 *
 * <p>Configurations are equal if their class and all their values, as {@link #values} gives them,
 * are.
 */
public abstract class LayerUpdater implements IUpdater {

  private static final long serialVersionUID = 1L;

  /** The count of steps. */
  private static final int STEP_COUNT = 1;

  private double learningRate;
  private ISchedule learningRateSchedule;
  private final ParameterBlock block;

  /**
   * @param learningRate 0 or more, or ignored if there is a schedule
   * @param learningRateSchedule or {@code null}
   * @param block {@code null} until attached
   * @throws IllegalArgumentException if the rate is below 0 or no number
   */
  protected LayerUpdater(
      double learningRate, ISchedule learningRateSchedule, ParameterBlock block) {
    setLrAndSchedule(learningRate, learningRateSchedule);
    this.block = block;
  }

  /** The same but for the block. */
  protected abstract LayerUpdater withBlock(ParameterBlock newBlock);

  /** How many arrays as long as the block's parameters the state has: momentum and such. */
  protected abstract int arraysAsLongAsTheParameters();

  /** How many values the state has besides. */
  protected abstract long otherState(ParameterBlock ofBlock);

  /** An updater without state yet. */
  protected abstract LayerGradientUpdater<?> create();

  /** All values but learning rate and block, for comparison and for messages. */
  protected abstract Map<String, Object> values();

  /** A value of a configuration, checked. */
  protected final double require(boolean inRange, String what, double value, String range) {
    if (!inRange) {
      throw new IllegalArgumentException(
          "%s: %s must be %s, not %s.".formatted(getClass().getSimpleName(), what, range, value));
    }
    return value;
  }

  /** A value that has to be in [0, 1). */
  protected final double fraction(String what, double value) {
    return require(value >= 0 && value < 1, what, value, "at least 0 and below 1");
  }

  /** A value that has to be above 0 and finite. */
  protected final double positive(String what, double value) {
    return require(value > 0 && value < Double.POSITIVE_INFINITY, what, value, "a number above 0");
  }

  /** A count that has to be at least 1. */
  protected final int atLeastOne(String what, int value) {
    return (int) require(value >= 1, what, value, "at least 1");
  }

  /** The learning rate, NaN under a schedule. */
  @JsonProperty
  public double getLearningRate() {
    return learningRate;
  }

  /** The schedule, or {@code null}. */
  @JsonProperty
  public ISchedule getLearningRateSchedule() {
    return learningRateSchedule;
  }

  /** The parameters that it steps; {@code null} until attached. */
  @JsonProperty
  public ParameterBlock getBlock() {
    return block;
  }

  @Override
  public final long stateSize(long numParams) {
    long own = arraysAsLongAsTheParameters() * numParams;
    return block == null
        ? own + STEP_COUNT
        : own + block.share(numParams, STEP_COUNT + otherState(block));
  }

  final long blockStateSize() {
    return block.parameters().stream().mapToLong(p -> stateSize(p.length())).sum();
  }

  @Override
  public final LayerGradientUpdater<?> instantiate(
      INDArray viewArray, boolean initializeViewArray) {
    LayerGradientUpdater<?> updater = create();
    updater.setStateViewArray(
        viewArray, viewArray.shape(), viewArray.ordering(), initializeViewArray);
    return updater;
  }

  @Override
  public final LayerGradientUpdater<?> instantiate(
      Map<String, INDArray> updaterState, boolean initializeStateArrays) {
    LayerGradientUpdater<?> updater = create();
    updater.setState(updaterState, initializeStateArrays);
    return updater;
  }

  @Override
  public final double getLearningRate(int iteration, int epoch) {
    return learningRateSchedule == null
        ? learningRate
        : learningRateSchedule.valueAt(iteration, epoch);
  }

  @Override
  public final boolean hasLearningRate() {
    return true;
  }

  @Override
  public final void setLrAndSchedule(double lr, ISchedule lrSchedule) {
    if (lrSchedule == null) {
      require(
          lr >= 0 && lr < Double.POSITIVE_INFINITY, "learningRate", lr, "a number of 0 or more");
    }
    learningRate = lr;
    learningRateSchedule = lrSchedule;
  }

  @Override
  public final LayerUpdater clone() {
    LayerUpdater copy = withBlock(block);
    if (learningRateSchedule != null) {
      copy.setLrAndSchedule(learningRate, learningRateSchedule.clone());
    }
    return copy;
  }

  @Override
  public final boolean equals(Object other) {
    return other instanceof LayerUpdater that
        && getClass() == that.getClass()
        && Double.compare(learningRate, that.learningRate) == 0
        && Objects.equals(learningRateSchedule, that.learningRateSchedule)
        && Objects.equals(block, that.block)
        && values().equals(that.values());
  }

  @Override
  public final int hashCode() {
    return Objects.hash(getClass(), learningRate, learningRateSchedule, block, values());
  }

  @Override
  public final String toString() {
    return "%s(learningRate=%s, %s)"
        .formatted(
            getClass().getSimpleName(),
            learningRateSchedule == null ? learningRate : learningRateSchedule,
            values());
  }

  /**
   * What all builders of such updaters have.
   *
   * @param <B> the builder itself
   */
  public abstract static class RateBuilder<B extends RateBuilder<B>> {

    private double learningRate;
    private ISchedule learningRateSchedule;

    /**
     * @param learningRate the default
     */
    protected RateBuilder(double learningRate) {
      this.learningRate = learningRate;
    }

    /** This builder. */
    protected abstract B self();

    /**
     * @param value above 0; replaces a schedule
     */
    public final B learningRate(double value) {
      learningRate = value;
      learningRateSchedule = null;
      return self();
    }

    /**
     * @param schedule by iteration or epoch; replaces a fixed rate
     */
    public final B learningRateSchedule(ISchedule schedule) {
      learningRateSchedule = Objects.requireNonNull(schedule, "learningRateSchedule must be set.");
      learningRate = Double.NaN;
      return self();
    }

    /** The fixed rate, NaN under a schedule. */
    public final double getLearningRate() {
      return learningRate;
    }

    /** The schedule, or {@code null}. */
    public final ISchedule getLearningRateSchedule() {
      return learningRateSchedule;
    }
  }
}
