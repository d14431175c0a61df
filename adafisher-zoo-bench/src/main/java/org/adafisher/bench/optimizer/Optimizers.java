package org.adafisher.bench.optimizer;

import static java.util.Map.entry;
import static org.adafisher.bench.registry.Parameter.fraction;
import static org.adafisher.bench.registry.Parameter.positive;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.adafisher.Paper;
import org.adafisher.Placebo;
import org.adafisher.Released;
import org.adafisher.bench.registry.Parameter;
import org.adafisher.bench.registry.Registry;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;

/** The optimizers that a configuration can name; the next one is one more entry. */
public final class Optimizers {

  private static final double DECOUPLED_DECAY = 0.01;

  private static final BiFunction<ISchedule, Map<String, Double>, IUpdater> ADAM =
      (rate, values) ->
          Adam.builder()
              .learningRateSchedule(rate)
              .beta1(values.get("beta1"))
              .beta2(values.get("beta2"))
              .epsilon(values.get("epsilon"))
              .build();

  /** By type name. */
  public static final Registry<OptimizerType> REGISTRY =
      Registry.of(
          "optimizer type",
          entry(
              "adafisher",
              new AdaFisherOptimizer(
                  "AdaFisher as its authors released it: momentum / (H x S + damping)",
                  Released::new,
                  0)),
          entry(
              "adafisherw",
              new AdaFisherOptimizer(
                  "AdaFisher with decoupled weight decay (0.01 unless set)",
                  Released::new,
                  DECOUPLED_DECAY)),
          entry(
              "adafisher-paper",
              new AdaFisherOptimizer(
                  "AdaFisher with the averaging of the factors as printed in the paper",
                  Paper::new,
                  0)),
          entry(
              "placebo",
              new AdaFisherOptimizer(
                  "AdaFisher without curvature: the same warm-up and damping, no factors; the"
                      + " control",
                  Placebo::new,
                  0)),
          entry("sgd", Dl4jOptimizer.of("Gradient descent", List.of(), (r, v) -> new Sgd(r))),
          entry(
              "nesterovs",
              Dl4jOptimizer.of(
                  "SGD with Nesterov momentum (0.9 unless set)",
                  List.of(fraction("momentum", Nesterovs.DEFAULT_NESTEROV_MOMENTUM)),
                  (rate, values) -> new Nesterovs(rate, values.get("momentum")))),
          entry("adam", Dl4jOptimizer.of("Adam", adamParameters(1e-8), ADAM)),
          entry(
              "adamw",
              Dl4jOptimizer.of(
                      "Adam with decoupled weight decay (0.01 unless set)",
                      adamParameters(1e-8),
                      ADAM)
                  .decaying(DECOUPLED_DECAY)),
          entry(
              "amsgrad",
              Dl4jOptimizer.of(
                  "Adam with a second moment that never decreases",
                  adamParameters(AMSGrad.DEFAULT_AMSGRAD_EPSILON),
                  (rate, values) ->
                      AMSGrad.builder()
                          .learningRateSchedule(rate)
                          .beta1(values.get("beta1"))
                          .beta2(values.get("beta2"))
                          .epsilon(values.get("epsilon"))
                          .build())),
          entry(
              "nadam",
              Dl4jOptimizer.of(
                  "Adam with Nesterov momentum",
                  adamParameters(Nadam.DEFAULT_NADAM_EPSILON),
                  (rate, values) ->
                      Nadam.builder()
                          .learningRateSchedule(rate)
                          .beta1(values.get("beta1"))
                          .beta2(values.get("beta2"))
                          .epsilon(values.get("epsilon"))
                          .build())),
          entry(
              "adamax",
              Dl4jOptimizer.of(
                  "Adam with the infinity norm in place of the second moment",
                  adamParameters(AdaMax.DEFAULT_ADAMAX_EPSILON),
                  (rate, values) -> adaMax(rate, values))),
          entry(
              "adabelief",
              Dl4jOptimizer.of(
                  "Adam with the variance about the momentum as second moment",
                  adamParameters(AdaBelief.DEFAULT_EPSILON),
                  (rate, values) -> adaBelief(rate, values))),
          entry(
              "rmsprop",
              Dl4jOptimizer.of(
                  "RMSProp",
                  List.of(
                      fraction("rmsDecay", RmsProp.DEFAULT_RMSPROP_RMSDECAY),
                      positive("epsilon", RmsProp.DEFAULT_RMSPROP_EPSILON)),
                  (rate, values) ->
                      RmsProp.builder()
                          .learningRateSchedule(rate)
                          .rmsDecay(values.get("rmsDecay"))
                          .epsilon(values.get("epsilon"))
                          .build())),
          entry(
              "adagrad",
              Dl4jOptimizer.of(
                  "AdaGrad",
                  List.of(positive("epsilon", AdaGrad.DEFAULT_ADAGRAD_EPSILON)),
                  (rate, values) -> new AdaGrad(rate, values.get("epsilon")))),
          entry(
              "adadelta",
              new Dl4jOptimizer(
                  "AdaDelta, which has no learning rate",
                  List.of(
                      fraction("rho", AdaDelta.DEFAULT_ADADELTA_RHO),
                      positive("epsilon", AdaDelta.DEFAULT_ADADELTA_EPSILON)),
                  0,
                  (rate, values) -> new AdaDelta(values.get("rho"), values.get("epsilon")))));

  private Optimizers() {}

  private static IUpdater adaBelief(ISchedule rate, Map<String, Double> values) {
    AdaBelief updater = new RepairedAdaBelief();
    updater.setLrAndSchedule(Double.NaN, rate);
    updater.setBeta1(values.get("beta1"));
    updater.setBeta2(values.get("beta2"));
    updater.setEpsilon(values.get("epsilon"));
    return updater;
  }

  /** It is the only one of them without a builder. */
  private static IUpdater adaMax(ISchedule rate, Map<String, Double> values) {
    AdaMax updater =
        new AdaMax(
            AdaMax.DEFAULT_ADAMAX_LEARNING_RATE,
            values.get("beta1"),
            values.get("beta2"),
            values.get("epsilon"));
    updater.setLrAndSchedule(Double.NaN, rate);
    return updater;
  }

  private static List<Parameter> adamParameters(double epsilon) {
    return List.of(
        fraction("beta1", Adam.DEFAULT_ADAM_BETA1_MEAN_DECAY),
        fraction("beta2", Adam.DEFAULT_ADAM_BETA2_VAR_DECAY),
        positive("epsilon", epsilon));
  }
}
