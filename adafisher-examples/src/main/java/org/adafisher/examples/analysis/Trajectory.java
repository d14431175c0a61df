package org.adafisher.examples.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.adafisher.AdaFisher;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * The trajectory of one optimizer: all parameters at the start and after every step, each step on
 * all examples.
 *
 * @param optimizer its name
 * @param learningRate that it was run with
 * @param points [steps + 1] parameter vectors
 * @param losses [steps + 1] the loss at each; not finite if it diverged
 */
public record Trajectory(
    String optimizer, double learningRate, List<double[]> points, List<Double> losses) {

  /** Copies the lists, but not the vectors. */
  public Trajectory {
    points = List.copyOf(points);
    losses = List.copyOf(losses);
  }

  /**
   * An optimizer that is to go.
   *
   * @param name its name
   * @param rates learning rates to choose from
   * @param updater makes it from a rate
   */
  public record Contestant(String name, List<Double> rates, Function<Double, IUpdater> updater) {}

  /**
   * Goes with every rate of a contestant and keeps the trajectory that ends at the lowest loss.
   *
   * @param contestant the optimizer
   * @param network makes the network from an updater, at the same start every time
   * @param data all examples
   * @param steps how many, at least 1
   * @return the best trajectory
   * @throws IllegalArgumentException if it diverges with every rate
   */
  public static Trajectory tuned(
      Contestant contestant,
      Function<IUpdater, MultiLayerNetwork> network,
      DataSet data,
      int steps) {
    Trajectory best = null;
    for (double rate : contestant.rates()) {
      Trajectory one =
          of(
              contestant.name(),
              rate,
              () -> network.apply(contestant.updater().apply(rate)),
              data,
              steps);
      if (Double.isFinite(one.lastLoss()) && (best == null || one.lastLoss() < best.lastLoss())) {
        best = one;
      }
    }
    if (best == null) {
      throw new IllegalArgumentException(
          "%s diverges with every learning rate of %s."
              .formatted(contestant.name(), contestant.rates()));
    }
    return best;
  }

  private static Trajectory of(
      String name, double rate, Supplier<MultiLayerNetwork> start, DataSet data, int steps) {
    MultiLayerNetwork network = start.get();
    if (network.getLayerWiseConfigurations().toJson().contains(AdaFisher.class.getName())) {
      AdaFisher.attach(network);
    }
    List<double[]> points = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      points.add(parameters(network));
      network.fit(data);
      losses.add(network.score()); // that of the pass before the step
    }
    points.add(parameters(network));
    losses.add(network.score(data));
    return new Trajectory(name, rate, points, losses);
  }

  private static double[] parameters(MultiLayerNetwork network) {
    return network.params().dup().reshape(-1).toDoubleVector();
  }

  /**
   * @return the loss after the last step
   */
  public double lastLoss() {
    return losses.get(losses.size() - 1);
  }
}
