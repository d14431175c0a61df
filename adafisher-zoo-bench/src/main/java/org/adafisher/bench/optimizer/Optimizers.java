package org.adafisher.bench.optimizer;

import static java.util.Map.entry;
import static org.adafisher.bench.registry.Parameter.fraction;
import static org.adafisher.bench.registry.Parameter.positive;

import java.util.List;
import org.adafisher.Paper;
import org.adafisher.Placebo;
import org.adafisher.Released;
import org.adafisher.Spectral;
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

/** The optimizers that a configuration can name; the next one is one more entry. */
public final class Optimizers {

  private static final double DECOUPLED_DECAY = 0.01;

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
          entry("centred", new CentredOptimizer()),
          entry(
              "spectral",
              new SpectralOptimizer(
                  "AdaFisher spectral: the polar factor of the momentum where the layer's centred"
                      + " Fisher matrix is the identity (weight decay 0.03 unless set)",
                  Spectral.Coordinates.FISHER)),
          entry(
              "spectral-centred",
              new SpectralOptimizer(
                  "spectral without its diagonal: the inputs less their mean alone; a control",
                  Spectral.Coordinates.CENTRED)),
          entry(
              "muon-control",
              new SpectralOptimizer(
                  "spectral without curvature and centring, a Muon in its units; the control",
                  Spectral.Coordinates.PLAIN)),
          entry("muon", new MuonOptimizer()),
          entry(
              "placebo",
              new AdaFisherOptimizer(
                  "AdaFisher without curvature: the same warm-up and damping, no factors; the"
                      + " control",
                  Placebo::new,
                  0)),
          entry("adahessian", new AdaHessianOptimizer()),
          entry("shampoo", new ShampooOptimizer()),
          entry("kfac", new KFacOptimizer()),
          entry("sgd", Dl4jOptimizer.of("Gradient descent", List.of(), (r, v) -> new Sgd(r))),
          entry(
              "nesterovs",
              Dl4jOptimizer.of(
                  "SGD with Nesterov momentum (0.9 unless set)",
                  List.of(fraction("momentum", Nesterovs.DEFAULT_NESTEROV_MOMENTUM)),
                  (rate, values) -> new Nesterovs(rate, values.get("momentum")))),
          entry("adam", adam("Adam", Adam.DEFAULT_ADAM_EPSILON, Adam::new)),
          entry("centred-adam", new CentredAdam()),
          entry(
              "adamw",
              adam(
                      "Adam with decoupled weight decay (0.01 unless set)",
                      Adam.DEFAULT_ADAM_EPSILON,
                      Adam::new)
                  .decaying(DECOUPLED_DECAY)),
          entry(
              "amsgrad",
              adam(
                  "Adam with a second moment that never decreases",
                  AMSGrad.DEFAULT_AMSGRAD_EPSILON,
                  AMSGrad::new)),
          entry(
              "nadam",
              adam("Adam with Nesterov momentum", Nadam.DEFAULT_NADAM_EPSILON, Nadam::new)),
          entry(
              "adamax",
              adam(
                  "Adam with the infinity norm in place of the second moment",
                  AdaMax.DEFAULT_ADAMAX_EPSILON,
                  AdaMax::new)),
          entry(
              "adabelief",
              adam(
                  "Adam with the variance about the momentum as second moment",
                  AdaBelief.DEFAULT_EPSILON,
                  RepairedAdaBelief::new)),
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

  /** A constructor of Adam's family: learning rate, two decays, epsilon. */
  @FunctionalInterface
  private interface AdamConstructor {
    IUpdater create(double learningRate, double beta1, double beta2, double epsilon);
  }

  private static Dl4jOptimizer adam(
      String description, double epsilon, AdamConstructor constructor) {
    return Dl4jOptimizer.of(
        description,
        List.of(
            fraction("beta1", Adam.DEFAULT_ADAM_BETA1_MEAN_DECAY),
            fraction("beta2", Adam.DEFAULT_ADAM_BETA2_VAR_DECAY),
            positive("epsilon", epsilon)),
        (rate, values) -> {
          IUpdater updater =
              constructor.create(
                  Double.NaN, values.get("beta1"), values.get("beta2"), values.get("epsilon"));
          updater.setLrAndSchedule(Double.NaN, rate);
          return updater;
        });
  }
}
