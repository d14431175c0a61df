package org.adafisher.bench.optimizer;

import static org.adafisher.bench.registry.Parameter.count;
import static org.adafisher.bench.registry.Parameter.fraction;
import static org.adafisher.bench.registry.Parameter.positive;
import static org.adafisher.bench.registry.Parameter.whole;

import java.util.List;
import java.util.Map;
import org.adafisher.Centred;
import org.adafisher.bench.registry.Parameter;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Adam in centred coordinates: what {@link Centred} is without its factors, and so the control that
 * tells what they add to centring. See {@link CentringListener} for what it computes.
 *
 * <p>Without a bias there is no exact change of coordinates: such layers, embeddings,
 * normalizations and all that is not a dense layer or 2-d convolution have plain Adam.
 */
final class CentredAdam implements OptimizerType {

  private static final Centred DEFAULTS = new Centred();
  private static final String REFRESH_INTERVAL = "refreshInterval";
  private static final String BURN_IN = "burnIn";

  @Override
  public String description() {
    return "Adam with the mean of a layer's inputs taken exactly, where the layer has a bias; the"
        + " control of centred";
  }

  @Override
  public List<Parameter> ownParameters() {
    return List.of(
        Parameter.LEARNING_RATE,
        fraction("beta1", Adam.DEFAULT_ADAM_BETA1_MEAN_DECAY),
        fraction("beta2", Adam.DEFAULT_ADAM_BETA2_VAR_DECAY),
        positive("epsilon", Adam.DEFAULT_ADAM_EPSILON),
        count(REFRESH_INTERVAL, DEFAULTS.defaultRefreshInterval()),
        whole(BURN_IN, DEFAULTS.burnIn()),
        fraction("rho", DEFAULTS.rho()));
  }

  @Override
  public IUpdater updater(ISchedule learningRate, Map<String, Double> values) {
    Adam adam =
        new Adam(Double.NaN, values.get("beta1"), values.get("beta2"), values.get("epsilon"));
    adam.setLrAndSchedule(Double.NaN, learningRate);
    return adam;
  }

  @Override
  public void attach(Model network, Map<String, Double> values) {
    CentringListener.attach(
        network,
        DEFAULTS.withBurnIn(values.get(BURN_IN).intValue()),
        values.get(REFRESH_INTERVAL).intValue(),
        values.get("rho"));
  }

  @Override
  public Map<String, double[]> ownState(Model network) {
    return CentringListener.of(network).state();
  }

  @Override
  public void restoreOwnState(Model network, Map<String, double[]> state) {
    CentringListener.of(network).restore(state);
  }

  /** Without the burn-in, in which every step refreshes. */
  @Override
  public List<StepKind> stepKinds(Map<String, Double> values) {
    return StepKind.refreshing(
        REFRESH_INTERVAL, OptimizerType.changed(values, Map.of(BURN_IN, 0.0)));
  }
}
