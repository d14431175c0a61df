package org.adafisher.bench.optimizer;

import static org.adafisher.bench.registry.Parameter.count;
import static org.adafisher.bench.registry.Parameter.fraction;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.adafisher.bench.registry.Parameter;
import org.adafisher.bench.registry.Parameter.Range;
import org.adafisher.bench.rival.shampoo.Grafting;
import org.adafisher.bench.rival.shampoo.Shampoo;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** Shampoo; {@code grafting} is 0 for none, 1 for SGD's norm, 2 for AdaGrad's. */
final class ShampooOptimizer implements OptimizerType {

  private static final String ROOT_INTERVAL = "rootInterval";
  private static final String GRAFTING = "grafting";

  @Override
  public String description() {
    return "Shampoo: inverse fourth roots of G G^T and G^T G, in blocks (grafting: 0 none, 1 SGD's"
        + " norm, 2 AdaGrad's)";
  }

  @Override
  public List<Parameter> ownParameters() {
    return List.of(
        Parameter.LEARNING_RATE,
        fraction("momentum", Shampoo.DEFAULT_MOMENTUM),
        number("beta2", Shampoo.DEFAULT_BETA2, Range.SHARE),
        number("epsilon", Shampoo.DEFAULT_EPSILON, Range.SHARE),
        count("blockSize", Shampoo.DEFAULT_BLOCK_SIZE),
        count(ROOT_INTERVAL, Shampoo.DEFAULT_ROOT_INTERVAL),
        number(GRAFTING, Grafting.SGD.ordinal(), Range.ONE_OF_THREE));
  }

  @Override
  public IUpdater updater(ISchedule learningRate, Map<String, Double> values) {
    return Shampoo.builder()
        .learningRateSchedule(learningRate)
        .momentum(values.get("momentum"))
        .beta2(values.get("beta2"))
        .epsilon(values.get("epsilon"))
        .blockSize(values.get("blockSize").intValue())
        .rootInterval(values.get(ROOT_INTERVAL).intValue())
        .grafting(Grafting.values()[values.get(GRAFTING).intValue()])
        .build();
  }

  private static Parameter number(String name, double defaultValue, Range range) {
    return new Parameter(name, OptionalDouble.of(defaultValue), range);
  }

  @Override
  public void attach(Model network, Map<String, Double> values) {
    Shampoo.attach(network);
  }

  @Override
  public List<StepKind> stepKinds(Map<String, Double> values) {
    return StepKind.refreshing(ROOT_INTERVAL, values);
  }
}
