package org.adafisher.bench.optimizer;

import static org.adafisher.bench.registry.Parameter.count;
import static org.adafisher.bench.registry.Parameter.fraction;
import static org.adafisher.bench.registry.Parameter.positive;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.adafisher.bench.registry.Parameter;
import org.adafisher.bench.rival.kfac.KFac;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** K-FAC with full factors. */
final class KFacOptimizer implements OptimizerType {

  private static final String FACTOR_INTERVAL = "factorInterval";
  private static final String INVERSE_INTERVAL = "inverseInterval";

  @Override
  public String description() {
    return "K-FAC: the gradient between the inverses of each layer's full Kronecker factors";
  }

  @Override
  public List<Parameter> ownParameters() {
    return List.of(
        Parameter.LEARNING_RATE,
        fraction("momentum", KFac.DEFAULT_MOMENTUM),
        fraction("statDecay", KFac.DEFAULT_STAT_DECAY),
        positive("damping", KFac.DEFAULT_DAMPING),
        positive("klClip", KFac.DEFAULT_KL_CLIP),
        count(FACTOR_INTERVAL, KFac.DEFAULT_FACTOR_INTERVAL),
        count(INVERSE_INTERVAL, KFac.DEFAULT_INVERSE_INTERVAL));
  }

  @Override
  public IUpdater updater(ISchedule learningRate, Map<String, Double> values) {
    return KFac.builder()
        .learningRateSchedule(learningRate)
        .momentum(values.get("momentum"))
        .statDecay(values.get("statDecay"))
        .damping(values.get("damping"))
        .klClip(values.get("klClip"))
        .factorInterval(values.get(FACTOR_INTERVAL).intValue())
        .inverseInterval(values.get(INVERSE_INTERVAL).intValue())
        .build();
  }

  @Override
  public void attach(Model network, Map<String, Double> values) {
    KFac.attach(network);
  }

  /** Plain steps, those with new factors, and those with new inverses, which mostly have both. */
  @Override
  public List<StepKind> stepKinds(Map<String, Double> values) {
    long factors = values.get(FACTOR_INTERVAL).longValue();
    long inverses = values.get(INVERSE_INTERVAL).longValue();
    double factorShare = 1.0 / factors;
    double inverseShare = 1.0 / inverses;
    double bothShare = 1.0 / (factors / greatestCommonDivisor(factors, inverses) * inverses);
    double never = StepKind.NEVER;
    return Stream.of(
            kind(values, 1 - factorShare - inverseShare + bothShare, never, never),
            kind(values, factorShare - bothShare, 1, never),
            kind(values, inverseShare - bothShare, never, 1),
            kind(values, bothShare, 1, 1))
        .filter(kind -> kind.share() > 1e-12)
        .toList();
  }

  private static StepKind kind(
      Map<String, Double> values, double share, double factors, double inverses) {
    return new StepKind(
        share,
        OptimizerType.changed(
            values, Map.of(FACTOR_INTERVAL, factors, INVERSE_INTERVAL, inverses)));
  }

  private static long greatestCommonDivisor(long a, long b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
