package org.adafisher.bench.optimizer;

import static org.adafisher.bench.registry.Parameter.fraction;
import static org.adafisher.bench.registry.Parameter.positive;

import java.util.List;
import java.util.Map;
import org.adafisher.bench.registry.Parameter;
import org.adafisher.bench.rival.muon.Muon;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** Muon in its usual form. */
final class MuonOptimizer implements OptimizerType {

  @Override
  public String description() {
    return "Muon: the momentum of each matrix made orthogonal; AdamW for embeddings, output layers"
        + " and vectors";
  }

  @Override
  public List<Parameter> ownParameters() {
    return List.of(
        Parameter.LEARNING_RATE,
        fraction("momentum", Muon.DEFAULT_MOMENTUM),
        positive("adamShare", Muon.DEFAULT_ADAM_SHARE),
        fraction("beta1", Muon.DEFAULT_BETA1),
        fraction("beta2", Muon.DEFAULT_BETA2));
  }

  @Override
  public double defaultWeightDecay() {
    return 0.01;
  }

  @Override
  public IUpdater updater(ISchedule learningRate, Map<String, Double> values) {
    return Muon.builder()
        .learningRateSchedule(learningRate)
        .momentum(values.get("momentum"))
        .adamShare(values.get("adamShare"))
        .beta1(values.get("beta1"))
        .beta2(values.get("beta2"))
        .build();
  }

  @Override
  public void attach(Model network, Map<String, Double> values) {
    Muon.attach(network);
  }
}
