package org.adafisher;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.adafisher.capture.Workspaces;
import org.adafisher.curvature.KroneckerFactors;
import org.adafisher.curvature.ParameterSpan;
import org.adafisher.curvature.RawFactors;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.blas.Level1;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * One updater block's momentum, curvature and step count, and the step they make.
 *
 * <p>All of it lives in DL4J's updater state, the one thing that DL4J saves, restores, averages and
 * copies: momentum [n], the block's own count of steps [1], then what the formulation keeps. On the
 * CPU nothing of it is cached, since DL4J overwrites state without telling. On a device the count
 * is read again where factors are refreshed, and whatever else was read is checked by what a step
 * reads anyway. A state of zeros is a fresh one.
 */
public final class AdaFisherUpdater implements GradientUpdater<AdaFisher> {

  private static final String STATE = "state";

  private final AdaFisher config;
  private INDArray state;

  // Known once the listener has said which parameters this block has.
  private INDArray momentum;
  private StateValue stepCount;
  private Preconditioner preconditioner;
  private BlockArrangement arrangement;
  private UpdaterBlock block;
  private PassWatch passes;

  // Between the forward pass and the update.
  private boolean passSeen;
  private long steps;
  private Map<String, RawFactors> statistics = Map.of();
  private boolean keepMissing;
  private RefreshClock clock = new RefreshClock();

  AdaFisherUpdater(AdaFisher config) {
    this.config = config;
  }

  @Override
  public AdaFisher getConfig() {
    return config;
  }

  @Override
  public void setState(Map<String, INDArray> stateMap, boolean initialize) {
    INDArray view = stateMap.get(STATE);
    if (view == null || stateMap.size() != 1) {
      throw new IllegalStateException(
          "AdaFisher: expected one array named '%s' as updater state, got %s."
              .formatted(STATE, stateMap.keySet()));
    }
    setStateViewArray(view, view.shape(), view.ordering(), initialize);
  }

  INDArray state() {
    return state;
  }

  @Override
  public Map<String, INDArray> getState() {
    return Map.of(STATE, state);
  }

  /**
   * @throws IllegalStateException if the state has not the size that the layer needs
   */
  @Override
  public void setStateViewArray(
      INDArray viewArray, long[] gradientShape, char gradientOrder, boolean initialize) {
    LayerSlot slot = config.slot();
    Preconditioning preconditioning = config.preconditioning();
    if (slot != null
        && slot.blocks().stream()
            .noneMatch(b -> slot.blockStateSize(b, preconditioning) == viewArray.length())) {
      throw new IllegalStateException(
          "AdaFisher: the updater state of layer '%s' has %d values where %s are needed; it is from a network of other layer sizes or from another updater."
              .formatted(
                  slot.layer(),
                  viewArray.length(),
                  slot.blocks().stream()
                      .map(b -> Long.toString(slot.blockStateSize(b, preconditioning)))
                      .collect(Collectors.joining(" or "))));
    }
    state = viewArray.reshape(viewArray.length());
    if (initialize) {
      state.assign(0);
    }
    momentum = null;
    passSeen = false;
  }

  /** Told by the listener, in each forward pass, which parameters the block has. */
  void bind(UpdaterBlock newBlock) {
    if (momentum != null) {
      return;
    }
    block = newBlock;
    long n = block.getParamOffsetEnd() - block.getParamOffsetStart();
    LayerSlot slot = config.slot();
    List<ParameterSpan> spans =
        slot == null
            ? List.of()
            : slot.blockOf(block.getLayersAndVariablesInBlock().get(0).getParamName());
    Workspaces.outside(
        () -> {
          INDArray rest =
              state.get(NDArrayIndex.interval(n + LayerSlot.STEP_COUNT, state.length()));
          preconditioner =
              config
                  .preconditioning()
                  .bind(slot == null ? List.of() : slot.partsOf(spans), spans, block, rest);
          arrangement = BlockArrangement.of(spans);
          stepCount = new StateValue(state.get(NDArrayIndex.interval(n, n + LayerSlot.STEP_COUNT)));
          momentum = state.get(NDArrayIndex.interval(0, n));
        });
  }

  /**
   * A forward pass has begun: an update may follow.
   *
   * @return whether that update needs statistics of the layer
   */
  boolean beginPass() {
    steps = stepCount.count();
    if (refreshes()) {
      stepCount.forget();
      steps = stepCount.count();
    }
    if (steps == 0) {
      preconditioner.start();
    }
    statistics = Map.of();
    keepMissing = false;
    passSeen = true;
    return wantsStatistics(steps);
  }

  /** Whether the block has not yet made a step. */
  boolean isFresh(UpdaterBlock block) {
    bind(block);
    stepCount.forget();
    return stepCount.count() == 0;
  }

  /**
   * DL4J may make another updater between a pass and its update: what the first one was told holds
   * for the other.
   */
  private void takeOver(AdaFisherUpdater announced) {
    bind(announced.block);
    timeBy(announced.clock);
    watchedBy(announced.passes);
    beginPass();
    deliver(announced.statistics, announced.keepMissing);
  }

  /** Who tells of passes, and is told of steps. */
  void watchedBy(PassWatch watch) {
    passes = watch;
  }

  /** The layer whose parameters the block has, the first of them if there are several. */
  String layer() {
    return block.getLayersAndVariablesInBlock().get(0).getLayer().getConfig().getLayerName();
  }

  /** The Euclidean norm of the momentum after the last step, corrected for its start at 0. */
  double momentumNorm() {
    return Nd4j.getBlasWrapper().level1().nrm2(momentum)
        / (1 - Math.pow(config.getBeta(), steps + 1.0));
  }

  /** As if no pass had been announced. */
  void forgetPass() {
    passSeen = false;
  }

  /** Whether statistics of the layer refresh anything in the step with this count from 0. */
  private boolean wantsStatistics(long step) {
    Formulation formulation = config.getFormulation();
    return formulation.refreshesAt(step, config.getRefreshInterval())
        && preconditioner.hasFactors()
        && formulation.usesStatistics();
  }

  /** Whose time a refresh adds to. */
  void timeBy(RefreshClock newClock) {
    clock = newClock;
  }

  private boolean refreshes() {
    return config.getFormulation().refreshesAt(steps, config.getRefreshInterval());
  }

  /**
   * What the backward pass showed, for the refresh in the update that follows.
   *
   * @param raw by part
   * @param keep whether parts without statistics keep their factors rather than decay
   */
  void deliver(Map<String, RawFactors> raw, boolean keep) {
    statistics = raw;
    keepMissing = keep;
  }

  private void startIfFresh() {
    stepCount.forget();
    if (stepCount.count() == 0) {
      preconditioner.start();
    }
  }

  /** Copies of the block's factors, by part; empty for parameters without. */
  Map<String, KroneckerFactors> factors() {
    startIfFresh();
    return preconditioner.factors();
  }

  /** F of each of the block's parameters, by unit and input: a new vector. */
  INDArray fisher() {
    startIfFresh();
    return Workspaces.outside(
        () -> {
          INDArray fisher = Nd4j.createUninitialized(momentum.dataType(), momentum.length());
          preconditioner.fisher(fisher);
          return fisher;
        });
  }

  /** How much of every F is damping; NaN if it is not a term of F. */
  double damping() {
    return preconditioner.damping();
  }

  /** The step that begins: no listener has announced the pass that its gradient is from. */
  private void beginUnannounced() {
    Optional<StateKeeper> keeper = config.keeper();
    keeper.flatMap(known -> known.announcedInsteadOf(this)).ifPresent(this::takeOver);
    if (!passSeen) {
      Optional.ofNullable(passes)
          .or(() -> keeper.flatMap(StateKeeper::passes).filter(watch -> watch.isOf(this)))
          .ifPresent(PassWatch::updateUnannounced);
    }
    if (!passSeen) {
      throw new IllegalStateException(
          "AdaFisher is not attached to this network%s: call AdaFisher.attach(net) after net.init(), and after net.setListeners(...); again on a restored or cloned network, and on the one that TransferLearningHelper trains (unfrozenMLN(), unfrozenGraph()); give a trainer that makes its network itself (EarlyStoppingTrainer) an attached network in place of a configuration; for a ParallelWrapper call it before the wrapper is built, or wrapper.setListeners(AdaFisher.attach(net)). Layer-wise pretraining tells no listener of its passes: pretrain with another updater."
              .formatted(config.slot() == null ? "" : " (layer '" + config.slot().layer() + "')"));
    }
  }

  /**
   * @throws IllegalStateException if the network is not attached, or needs to know of the pass that
   *     this gradient is from and has not seen it
   */
  @Override
  public void applyUpdater(INDArray gradient, int iteration, int epoch) {
    if (!passSeen) {
      beginUnannounced();
    }
    if (passes != null) {
      passes.stepBegins(this, wantsStatistics(steps + 1));
    }
    double learningRate = config.getLearningRate(iteration, epoch);
    if (!(learningRate >= 0) || Double.isInfinite(learningRate)) {
      throw new IllegalStateException(
          "AdaFisher: the learning rate schedule %s gives %s at iteration %d, epoch %d."
              .formatted(config.getLearningRateSchedule(), learningRate, iteration, epoch));
    }
    passSeen = false;
    if (refreshes()) {
      long start = System.nanoTime();
      preconditioner.refresh(statistics, keepMissing);
      clock.add(System.nanoTime() - start);
      statistics = Map.of();
    }
    double beta = config.getBeta();
    // BLAS calls cost a microsecond where ND4J's own operations cost dozens: that counts in small
    // layers.
    Level1 blas = Nd4j.getBlasWrapper().level1();
    blas.scal(momentum.length(), beta, momentum);
    INDArray byUnit = arrangement.byUnit(gradient);
    blas.axpy(byUnit.length(), 1 - beta, byUnit, momentum);
    stepCount.set(steps + 1);
    preconditioner.apply(
        new Step(momentum, byUnit, beta, steps + 1, learningRate, iteration, epoch));
    arrangement.restore(byUnit, gradient);
  }
}
