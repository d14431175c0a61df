package org.adafisher.bench.optimizer;

import static org.adafisher.bench.registry.Parameter.count;
import static org.adafisher.bench.registry.Parameter.fraction;
import static org.adafisher.bench.registry.Parameter.positive;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.adafisher.AdaFisher;
import org.adafisher.Formulation;
import org.adafisher.bench.registry.Parameter;
import org.adafisher.bench.result.EpochResult.FactorSpread;
import org.adafisher.curvature.KroneckerFactors;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * AdaFisher in a formulation with a decay and a damping.
 *
 * @param description one line
 * @param formulation from gamma and damping
 * @param defaultWeightDecay where the configuration is silent
 */
record AdaFisherOptimizer(
    String description,
    BiFunction<Double, Double, Formulation> formulation,
    double defaultWeightDecay)
    implements OptimizerType {

  private static final String REFRESH_INTERVAL = "refreshInterval";

  @Override
  public List<Parameter> ownParameters() {
    return List.of(
        Parameter.LEARNING_RATE,
        fraction("beta", AdaFisher.DEFAULT_BETA),
        count(REFRESH_INTERVAL, 100),
        fraction("gamma", 0.8),
        positive("damping", 1e-3));
  }

  @Override
  public IUpdater updater(ISchedule learningRate, Map<String, Double> values) {
    return AdaFisher.builder()
        .learningRateSchedule(learningRate)
        .beta(values.get("beta"))
        .refreshInterval(values.get(REFRESH_INTERVAL).intValue())
        .formulation(formulation.apply(values.get("gamma"), values.get("damping")))
        .build();
  }

  @Override
  public void attach(Model network, Map<String, Double> values) {
    AdaFisher.attach(network);
  }

  @Override
  public Map<String, FactorSpread> factorSpread(Model network, Map<String, Double> values) {
    double damping = values.get("damping");
    Map<String, FactorSpread> spread = new LinkedHashMap<>();
    AdaFisher.attach(network)
        .factors(network)
        .forEach((layer, factors) -> spread.put(layer, spread(factors, damping)));
    return spread;
  }

  private static FactorSpread spread(KroneckerFactors factors, double damping) {
    INDArray h = factors.inputFactor();
    INDArray s = factors.gradientFactor();
    return new FactorSpread(
        h.minNumber().doubleValue() * s.minNumber().doubleValue() + damping,
        h.meanNumber().doubleValue() * s.meanNumber().doubleValue() + damping,
        h.maxNumber().doubleValue() * s.maxNumber().doubleValue() + damping,
        damping);
  }

  @Override
  public List<StepKind> stepKinds(Map<String, Double> values) {
    return StepKind.refreshing(REFRESH_INTERVAL, values);
  }
}
