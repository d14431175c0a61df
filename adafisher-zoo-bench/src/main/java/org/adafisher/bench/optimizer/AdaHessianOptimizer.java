package org.adafisher.bench.optimizer;

import static org.adafisher.bench.registry.Parameter.count;
import static org.adafisher.bench.registry.Parameter.fraction;
import static org.adafisher.bench.registry.Parameter.positive;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.adafisher.bench.registry.Parameter;
import org.adafisher.bench.registry.Parameter.Range;
import org.adafisher.bench.rival.adahessian.AdaHessian;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** AdaHessian. */
final class AdaHessianOptimizer implements OptimizerType {

  private static final String HESSIAN_INTERVAL = "hessianInterval";

  @Override
  public String description() {
    return "AdaHessian: Adam with Hutchinson's diagonal of the Hessian, from two more passes";
  }

  @Override
  public List<Parameter> ownParameters() {
    return List.of(
        Parameter.LEARNING_RATE,
        fraction("beta1", AdaHessian.DEFAULT_BETA1),
        fraction("beta2", AdaHessian.DEFAULT_BETA2),
        positive("epsilon", AdaHessian.DEFAULT_EPSILON),
        new Parameter(
            "hessianPower", OptionalDouble.of(AdaHessian.DEFAULT_HESSIAN_POWER), Range.SHARE),
        count(HESSIAN_INTERVAL, AdaHessian.DEFAULT_HESSIAN_INTERVAL));
  }

  @Override
  public IUpdater updater(ISchedule learningRate, Map<String, Double> values) {
    return AdaHessian.builder()
        .learningRateSchedule(learningRate)
        .beta1(values.get("beta1"))
        .beta2(values.get("beta2"))
        .epsilon(values.get("epsilon"))
        .hessianPower(values.get("hessianPower"))
        .hessianInterval(values.get(HESSIAN_INTERVAL).intValue())
        .build();
  }

  @Override
  public void attach(Model network, Map<String, Double> values) {
    AdaHessian.attach(network);
  }

  @Override
  public List<StepKind> stepKinds(Map<String, Double> values) {
    return StepKind.refreshing(HESSIAN_INTERVAL, values);
  }
}
