package org.adafisher.bench.optimizer;

import static org.adafisher.bench.registry.Parameter.count;
import static org.adafisher.bench.registry.Parameter.fraction;
import static org.adafisher.bench.registry.Parameter.nonNegative;
import static org.adafisher.bench.registry.Parameter.positive;
import static org.adafisher.bench.registry.Parameter.whole;

import java.util.List;
import java.util.Map;
import org.adafisher.AdaFisher;
import org.adafisher.Centred;
import org.adafisher.bench.registry.Parameter;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** AdaFisher in the centred formulation; the decay of 0.03 is part of its recommended defaults. */
final class CentredOptimizer implements OptimizerType {

  private static final Centred DEFAULTS = new Centred();
  private static final String REFRESH_INTERVAL = "refreshInterval";
  private static final String BURN_IN = "burnIn";

  /** Its weight decay unless set. */
  static final double DECAY = 0.03;

  /** What can be set of it. */
  static final List<Parameter> PARAMETERS =
      List.of(
          Parameter.LEARNING_RATE,
          fraction("beta", AdaFisher.DEFAULT_BETA),
          count(REFRESH_INTERVAL, DEFAULTS.defaultRefreshInterval()),
          whole(BURN_IN, DEFAULTS.burnIn()),
          fraction("rho", DEFAULTS.rho()),
          fraction("beta2", DEFAULTS.beta2()),
          nonNegative("eps", DEFAULTS.eps()),
          positive("dampingIn", DEFAULTS.dampingIn()),
          positive("dampingOut", DEFAULTS.dampingOut()),
          positive("dampingRest", DEFAULTS.dampingRest()),
          positive("lrRest", DEFAULTS.lrRest()));

  @Override
  public String description() {
    return "AdaFisher centred: the mean of a layer's inputs taken exactly, each layer's step"
        + " normalised (weight decay 0.03 unless set)";
  }

  @Override
  public List<Parameter> ownParameters() {
    return PARAMETERS;
  }

  @Override
  public double defaultWeightDecay() {
    return DECAY;
  }

  @Override
  public IUpdater updater(ISchedule learningRate, Map<String, Double> values) {
    return builder(learningRate, values).formulation(formulation(values)).build();
  }

  /** With the rate, the momentum and the refresh interval. */
  static AdaFisher.Builder builder(ISchedule learningRate, Map<String, Double> values) {
    return AdaFisher.builder()
        .learningRateSchedule(learningRate)
        .beta(values.get("beta"))
        .refreshInterval(values.get(REFRESH_INTERVAL).intValue());
  }

  /** With the constants. */
  static Centred formulation(Map<String, Double> values) {
    return new Centred(
        values.get("rho"),
        values.get("beta2"),
        values.get("eps"),
        values.get("dampingIn"),
        values.get("dampingOut"),
        values.get("dampingRest"),
        values.get("lrRest"),
        values.get(BURN_IN).intValue(),
        DEFAULTS.guardIn(),
        DEFAULTS.guardMean(),
        DEFAULTS.guardNorm());
  }

  @Override
  public void attach(Model network, Map<String, Double> values) {
    AdaFisher.attach(network);
  }

  @Override
  public List<StepKind> stepKinds(Map<String, Double> values) {
    return refreshing(values);
  }

  /** Without the burn-in, in which every step refreshes. */
  static List<StepKind> refreshing(Map<String, Double> values) {
    return StepKind.refreshing(
        REFRESH_INTERVAL, OptimizerType.changed(values, Map.of(BURN_IN, 0.0)));
  }
}
