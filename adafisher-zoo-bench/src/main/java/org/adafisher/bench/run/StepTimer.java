package org.adafisher.bench.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.config.ModelConfig;
import org.adafisher.bench.config.OptimizerConfig;
import org.adafisher.bench.optimizer.OptimizerType;
import org.adafisher.bench.optimizer.Optimizers;
import org.adafisher.bench.result.CostResult;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Times a training step under every optimizer of an experiment: one process, one network for each,
 * one step of each in turn, in an order that rotates, so that noise and neighbours hit all alike.
 * Ratios are medians of the ratios within each round, which slow drift does not touch.
 *
 * <p>An optimizer that refreshes something now and then is timed without a refresh and with one; at
 * an interval of k its cost is {@code ((k - 1) plain + refresh) / k}.
 */
final class StepTimer {

  private static final int WARM_UP = 5;

  /** Of the configured learning rate: numbers stay finite however many rounds there are. */
  private static final double SLOW = 1e-3;

  private final ExperimentConfig config;
  private final Setup setup;

  StepTimer(ExperimentConfig config, Setup setup) {
    this.config = config;
    this.setup = setup;
  }

  /** A network in the race. */
  private record Lane(Model network, double[] millis) {}

  /** An optimizer's lanes, one for each kind of its steps, and their shares. */
  private record Lanes(OptimizerConfig optimizer, List<Lane> lanes, List<Double> shares) {

    double millis(int round) {
      double millis = 0;
      for (int kind = 0; kind < lanes.size(); kind++) {
        millis += shares.get(kind) * lanes.get(kind).millis[round];
      }
      return millis;
    }
  }

  /**
   * Times one model.
   *
   * @param rounds timed steps of each; more are steadier
   * @return one result for each optimizer, in order
   * @throws ExperimentException if the model cannot be built
   */
  List<CostResult> time(ModelConfig model, int batchSize, int rounds) throws ExperimentException {
    DataSet batch = setup.data().train(batchSize, 1).next();
    Map<String, Lanes> entrants = new LinkedHashMap<>();
    for (OptimizerConfig optimizer : config.optimizers()) {
      entrants.put(optimizer.name(), lanes(model, optimizer, rounds));
    }
    List<Lane> order =
        new ArrayList<>(
            entrants.values().stream().flatMap(entrant -> entrant.lanes().stream()).toList());
    for (int round = -WARM_UP; round < rounds; round++) {
      for (Lane lane : order) {
        long start = System.nanoTime();
        Networks.fit(lane.network(), batch);
        if (round >= 0) {
          lane.millis()[round] = (System.nanoTime() - start) / 1e6;
        }
      }
      Collections.rotate(order, 1);
    }
    Lanes reference = entrants.get(config.reference());
    return entrants.values().stream()
        .map(lanes -> result(model, batchSize, rounds, lanes, reference))
        .toList();
  }

  private Lanes lanes(ModelConfig model, OptimizerConfig optimizer, int rounds)
      throws ExperimentException {
    List<Lane> lanes = new ArrayList<>();
    List<Double> shares = new ArrayList<>();
    for (OptimizerType.StepKind kind :
        Optimizers.REGISTRY.get(optimizer.type()).stepKinds(optimizer.values())) {
      lanes.add(lane(model, optimizer, kind.values(), rounds));
      shares.add(kind.share());
    }
    return new Lanes(optimizer, lanes, shares);
  }

  private Lane lane(
      ModelConfig model, OptimizerConfig optimizer, Map<String, Double> values, int rounds)
      throws ExperimentException {
    OptimizerConfig timed =
        new OptimizerConfig(optimizer.name(), optimizer.type(), values)
            .withLearningRate(optimizer.learningRate() * SLOW);
    Model network = setup.network(model, timed, 1, (long) rounds + WARM_UP);
    return new Lane(network, new double[rounds]);
  }

  private static CostResult result(
      ModelConfig model, int batchSize, int rounds, Lanes lanes, Lanes reference) {
    double[] millis = new double[rounds];
    double[] shares = new double[rounds];
    Model network = lanes.lanes().get(0).network();
    for (int round = 0; round < rounds; round++) {
      millis[round] = lanes.millis(round);
      shares[round] = millis[round] / reference.millis(round);
    }
    return new CostResult(
        model.name(),
        network.numParams(),
        lanes.optimizer().name(),
        batchSize,
        median(millis),
        median(shares),
        Networks.stateBytes(network));
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }
}
