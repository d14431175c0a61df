package org.adafisher.bench.optimizer;

import static java.util.Map.entry;
import static org.adafisher.bench.optimizer.Parameter.count;
import static org.adafisher.bench.optimizer.Parameter.fraction;
import static org.adafisher.bench.optimizer.Parameter.positive;

import java.util.List;
import java.util.function.BiFunction;
import org.adafisher.AdaFisher;
import org.adafisher.Formulation;
import org.adafisher.Paper;
import org.adafisher.Placebo;
import org.adafisher.Released;
import org.adafisher.bench.registry.Registry;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** The optimizers that a configuration can name; the next one is one more entry. */
public final class Optimizers {

  /** By type name. */
  public static final Registry<OptimizerType> REGISTRY =
      Registry.of(
          "optimizer type",
          entry("adafisher", adaFisher(Released::new)),
          entry("adafisher-paper", adaFisher(Paper::new)),
          entry("placebo", adaFisher(Placebo::new)),
          entry(
              "adam",
              OptimizerType.of(
                  List.of(
                      fraction("beta1", Adam.DEFAULT_ADAM_BETA1_MEAN_DECAY),
                      fraction("beta2", Adam.DEFAULT_ADAM_BETA2_VAR_DECAY),
                      positive("epsilon", Adam.DEFAULT_ADAM_EPSILON)),
                  (rate, values) ->
                      Adam.builder()
                          .learningRateSchedule(rate)
                          .beta1(values.get("beta1"))
                          .beta2(values.get("beta2"))
                          .epsilon(values.get("epsilon"))
                          .build())),
          entry(
              "nesterovs",
              OptimizerType.of(
                  List.of(fraction("momentum", Nesterovs.DEFAULT_NESTEROV_MOMENTUM)),
                  (rate, values) -> new Nesterovs(rate, values.get("momentum")))),
          entry("sgd", OptimizerType.of(List.of(), (rate, values) -> new Sgd(rate))));

  private Optimizers() {}

  private static OptimizerType adaFisher(BiFunction<Double, Double, Formulation> formulation) {
    return OptimizerType.of(
        List.of(
            fraction("beta", AdaFisher.DEFAULT_BETA),
            count("refreshInterval", 100),
            fraction("gamma", 0.8),
            positive("damping", 1e-3)),
        (rate, values) ->
            AdaFisher.builder()
                .learningRateSchedule(rate)
                .beta(values.get("beta"))
                .refreshInterval(values.get("refreshInterval").intValue())
                .formulation(formulation.apply(values.get("gamma"), values.get("damping")))
                .build(),
        AdaFisher::attach);
  }
}
