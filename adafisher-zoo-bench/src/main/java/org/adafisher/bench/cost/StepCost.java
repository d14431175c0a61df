package org.adafisher.bench.cost;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.adafisher.AdaFisher;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Times whole training steps under several updaters: one process, one network for each, one step of
 * each in turn, in an order that rotates, so that noise and neighbours hit all alike. Ratios are
 * medians of the ratios within each round, which slow drift does not touch.
 *
 * <p>AdaFisher's step is timed without a refresh and with one. At interval k its cost is {@code ((k
 * - 1) plain + refresh) / k}.
 */
final class StepCost {

  /** Small enough that no arm diverges on random data. */
  private static final double LEARNING_RATE = 1e-5;

  private static final int WARM_UP = 6;
  private static final int NEVER = Integer.MAX_VALUE;

  private static final String PLAIN = "AdaFisher without refresh";
  private static final String REFRESH = "AdaFisher with refresh";
  private static final int[] INTERVALS = {100, 10, 1};

  private static final Map<String, Supplier<IUpdater>> ARMS = arms();

  private StepCost() {}

  private static Map<String, Supplier<IUpdater>> arms() {
    Map<String, Supplier<IUpdater>> arms = new LinkedHashMap<>();
    arms.put("Adam", () -> new Adam(LEARNING_RATE));
    arms.put(PLAIN, () -> adaFisher(NEVER));
    arms.put(REFRESH, () -> adaFisher(1));
    arms.put("Nesterovs", () -> new Nesterovs(LEARNING_RATE, 0.9));
    arms.put("Sgd", () -> new Sgd(LEARNING_RATE));
    return arms;
  }

  /** A smaller rate for AdaFisher, which divides it by the damping. */
  private static IUpdater adaFisher(int interval) {
    return AdaFisher.builder().learningRate(LEARNING_RATE * 1e-3).refreshInterval(interval).build();
  }

  /**
   * One line of the table.
   *
   * @param problem name of the problem
   * @param updater name of the updater
   * @param milliseconds median of a step
   * @param ofAdam median over rounds of its share of Adam's step in the same round
   * @param stateOfAdam size of the updater state as a share of Adam's
   */
  record Row(
      String problem, String updater, double milliseconds, double ofAdam, double stateOfAdam) {}

  /**
   * Times a problem.
   *
   * @param problem what is trained
   * @param tick called after each round
   * @return a row for each updater and each refresh interval
   */
  static List<Row> measure(CostProblem problem, Runnable tick) {
    DataSet data = problem.data();
    Map<String, Model> networks = new LinkedHashMap<>();
    Map<String, double[]> times = new LinkedHashMap<>();
    ARMS.forEach(
        (name, updater) -> {
          Model network = problem.network().apply(updater.get());
          if (name.equals(PLAIN) || name.equals(REFRESH)) {
            AdaFisher.attach(network);
          }
          networks.put(name, network);
          times.put(name, new double[problem.rounds()]);
        });
    List<String> order = new ArrayList<>(networks.keySet());
    for (int round = -WARM_UP; round < problem.rounds(); round++) {
      for (String name : order) {
        long start = System.nanoTime();
        fit(networks.get(name), data);
        if (round >= 0) {
          times.get(name)[round] = (System.nanoTime() - start) / 1e6;
        }
      }
      Collections.rotate(order, 1);
      tick.run();
    }
    return rows(problem, networks, times);
  }

  private static List<Row> rows(
      CostProblem problem, Map<String, Model> networks, Map<String, double[]> times) {
    double[] adam = times.get("Adam");
    double adamState = state(networks.get("Adam"));
    Map<String, Row> rows = new LinkedHashMap<>();
    times.forEach(
        (name, steps) ->
            rows.put(
                name,
                new Row(
                    problem.name(),
                    name,
                    median(steps),
                    median(ratios(steps, adam)),
                    state(networks.get(name)) / adamState)));
    Row plain = rows.get(PLAIN);
    Row refresh = rows.get(REFRESH);
    List<Row> result = new ArrayList<>(rows.values());
    for (int interval : INTERVALS) {
      result.add(
          new Row(
              problem.name(),
              "AdaFisher, interval " + interval,
              mix(plain.milliseconds(), refresh.milliseconds(), interval),
              mix(plain.ofAdam(), refresh.ofAdam(), interval),
              plain.stateOfAdam()));
    }
    return result;
  }

  /** The mean over an interval of which one step refreshes. */
  private static double mix(double plain, double refresh, int interval) {
    return ((interval - 1) * plain + refresh) / interval;
  }

  private static double[] ratios(double[] steps, double[] reference) {
    double[] result = new double[steps.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = steps[i] / reference[i];
    }
    return result;
  }

  private static void fit(Model network, DataSet data) {
    if (network instanceof MultiLayerNetwork stack) {
      stack.fit(data);
    } else {
      ((ComputationGraph) network).fit(data);
    }
  }

  private static double state(Model network) {
    INDArray state =
        network instanceof MultiLayerNetwork stack
            ? stack.getUpdater().getStateViewArray()
            : ((ComputationGraph) network).getUpdater().getStateViewArray();
    return state == null ? 0 : state.length();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
