package org.adafisher;

import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.multiBatches;
import static org.adafisher.TestNetworks.parameters;
import static org.adafisher.TestNetworks.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.adafisher.capture.Network;
import org.adafisher.curvature.KroneckerFactors;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What averaging after every step makes of two workers with half a batch each: exactly the mean of
 * what either would have done alone; and, as far as that is linear in the examples, what one worker
 * does with the whole batch. {@code docs/distributed.md} has the derivation.
 */
class ParallelAveragingTest {

  private static final int ROUNDS = 8;
  private static final double BETA = AdaFisher.DEFAULT_BETA;
  private static final double RATE = 1e-3;

  static Stream<AdaFisher> formulations() {
    return Stream.of(
        AdaFisher.builder().learningRate(RATE).refreshInterval(3).build(),
        AdaFisher.builder().formulation(new Centred().withBurnIn(2)).refreshInterval(3).build());
  }

  @ParameterizedTest
  @MethodSource("formulations")
  void twoWorkersAreTheMeanOfEitherAlone(AdaFisher adaFisher) {
    List<DataSet> halves = batches(2 * ROUNDS);
    MultiLayerNetwork net = attached(adaFisher);
    try (Workers workers = Workers.averaging(net)) {
      workers.fit(halves);
      // the state, before anybody else's network is made
      double[] state = state(net);

      MultiLayerNetwork one = attached(adaFisher);
      MultiLayerNetwork other = attached(adaFisher);
      for (int round = 0; round < ROUNDS; round++) {
        one.fit(halves.get(2 * round));
        other.fit(halves.get(2 * round + 1));
        INDArray parameters = one.params().add(other.params()).divi(2);
        INDArray mean = stateOf(one).add(stateOf(other)).divi(2);
        Stream.of(one, other)
            .forEach(
                worker -> {
                  worker.setParams(parameters);
                  stateOf(worker).assign(mean);
                });
      }
      assertThat(parameters(net)).containsExactly(parameters(one), within(1e-13));
      assertThat(state).containsExactly(state(one), within(1e-13));
    }
  }

  @ParameterizedTest
  @MethodSource("formulations")
  void soAreTheWorkersOfAGraph(AdaFisher adaFisher) {
    List<MultiDataSet> halves = multiBatches(2 * ROUNDS);
    ComputationGraph net = attachedGraph(adaFisher);
    try (Workers workers = Workers.averaging(net)) {
      workers.fitMulti(halves);

      ComputationGraph one = attachedGraph(adaFisher);
      ComputationGraph other = attachedGraph(adaFisher);
      for (int round = 0; round < ROUNDS; round++) {
        one.fit(halves.get(2 * round));
        other.fit(halves.get(2 * round + 1));
        INDArray parameters = one.params().add(other.params()).divi(2);
        INDArray mean =
            one.getUpdater()
                .getStateViewArray()
                .add(other.getUpdater().getStateViewArray())
                .divi(2);
        Stream.of(one, other)
            .forEach(
                worker -> {
                  worker.setParams(parameters);
                  worker.getUpdater().getStateViewArray().assign(mean);
                });
      }
      assertThat(parameters(net)).containsExactly(parameters(one), within(1e-13));
      assertThat(state(net)).containsExactly(state(one), within(1e-13));
    }
  }

  /** Its F has no data in it, so every part of a step is linear in the gradient. */
  @Test
  void placeboOnHalvesIsPlaceboOnTheWhole() {
    AdaFisher placebo =
        AdaFisher.builder()
            .formulation(new Placebo())
            .learningRate(RATE)
            .refreshInterval(3)
            .build();
    List<DataSet> halves = batches(2 * ROUNDS);
    MultiLayerNetwork net = attached(placebo);
    MultiLayerNetwork whole = attached(placebo);
    try (Workers workers = Workers.averaging(net)) {
      workers.fit(halves);
      for (int round = 0; round < ROUNDS; round++) {
        whole.fit(whole(halves, round));
      }
      assertThat(parameters(net)).containsExactly(parameters(whole), within(1e-12));
      assertThat(state(net)).containsExactly(state(whole), within(1e-12));
    }
  }

  /**
   * Every factor is between l, what is left of its start, and u, which it has if its statistics
   * were the largest each time; so F is between l^2 + lambda and u^2 + lambda, on the halves as on
   * the whole, and with m = (m1 + m2) / 2
   *
   * <pre>
   * |(m1 / F1 + m2 / F2) / 2 - m / F| <= (|m1| + |m2|) / 2 (1 / (l^2 + lambda) - 1 / (u^2 + lambda))
   * </pre>
   *
   * The one worker here has factors of its own, of whole batches, from the first step on.
   */
  @Test
  void releasedOnHalvesIsWithinTheRangeOfFOfTheWhole() {
    Released released = new Released();
    int interval = 3;
    AdaFisher adaFisher =
        AdaFisher.builder()
            .formulation(released)
            .learningRate(RATE)
            .refreshInterval(interval)
            .build();
    List<DataSet> halves = batches(2 * ROUNDS);
    MultiLayerNetwork net = attached(adaFisher);
    MultiLayerNetwork whole = attached(adaFisher);
    try (Workers workers = Workers.averaging(net)) {
      for (int round = 0; round < ROUNDS; round++) {
        MultiLayerNetwork one = copy(net, adaFisher);
        MultiLayerNetwork other = copy(net, adaFisher);
        whole.setParams(net.params());
        setMomentum(whole, net);
        one.fit(halves.get(2 * round));
        other.fit(halves.get(2 * round + 1));
        whole.fit(whole(halves, round));
        workers.fit(halves.subList(2 * round, 2 * round + 2));

        double left = 1;
        double most = 1;
        for (int refresh = 0; refresh <= round / interval; refresh++) {
          left *= 0.1 * released.gamma();
          most = 0.1 * released.gamma() * most + 0.01 * released.gamma();
        }
        double spread =
            1 / (left * left + released.damping()) - 1 / (most * most + released.damping());
        double rate = RATE / (1 - Math.pow(BETA, round + 1));
        double[] m1 = momentum(one);
        double[] m2 = momentum(other);
        double[] m = momentum(whole);
        double[] actual = parameters(net);
        double[] expected = parameters(whole);
        double largest = 0;
        for (int i = 0; i < m.length; i++) {
          assertThat((m1[i] + m2[i]) / 2).isCloseTo(m[i], within(1e-14));
          double bound = rate * (Math.abs(m1[i]) + Math.abs(m2[i])) / 2 * spread;
          assertThat(actual[i])
              .as("parameter %d in round %d", i, round)
              .isCloseTo(expected[i], within(bound + 1e-13));
          largest = Math.max(largest, Math.abs(actual[i] - expected[i]) / bound);
        }
        assertThat(momentum(net)).containsExactly(m, within(1e-14));
        assertThat(largest).as("share of the bound that is used").isGreaterThan(0.01);
      }
    }
  }

  /**
   * Between two refreshes U(M) is linear, and each layer's r the only thing that is not: the steps
   * times r of two halves are that of the whole, and by convexity its r is at most their root mean
   * square.
   */
  @Test
  void betweenRefreshesCentredOnHalvesDiffersInTheNormaliserAlone() {
    AdaFisher centred =
        AdaFisher.builder().formulation(new Centred().withBurnIn(1)).refreshInterval(100).build();
    List<DataSet> halves = batches(2 * ROUNDS);
    MultiLayerNetwork net = attached(centred);
    try (Workers workers = Workers.averaging(net)) {
      workers.fit(halves.subList(0, 2)); // the refresh
      for (int round = 1; round < ROUNDS; round++) {
        MultiLayerNetwork one = copy(net, centred);
        MultiLayerNetwork other = copy(net, centred);
        MultiLayerNetwork whole = copy(net, centred);
        double[] before = parameters(net);
        one.fit(halves.get(2 * round));
        other.fit(halves.get(2 * round + 1));
        whole.fit(whole(halves, round));
        workers.fit(halves.subList(2 * round, 2 * round + 2));

        for (int layer = 0; layer < blocks(net).size(); layer++) {
          UpdaterBlock block = blocks(net).get(layer);
          double r1 = normaliser(one, layer);
          double r2 = normaliser(other, layer);
          double r = normaliser(whole, layer);
          assertThat(r * r).isLessThanOrEqualTo((r1 * r1 + r2 * r2) / 2 * (1 + 1e-12));
          assertThat(normaliser(net, layer)).isCloseTo((r1 + r2) / 2, within(1e-15));
          for (int i = block.getParamOffsetStart(); i < block.getParamOffsetEnd(); i++) {
            double step1 = parameters(one)[i] - before[i];
            double step2 = parameters(other)[i] - before[i];
            double step = parameters(whole)[i] - before[i];
            assertThat(step * r).isCloseTo((step1 * r1 + step2 * r2) / 2, within(1e-14));
            assertThat(parameters(net)[i] - before[i])
                .isCloseTo((step1 + step2) / 2, within(1e-14));
          }
        }
      }
    }
  }

  /**
   * Means over rows are linear: E[x] and E[x^2] of the whole are the means of those of the halves,
   * and so is s, four times as large since half a batch divides the loss by half as much. The
   * variance, which is what the state has, lacks what is between the halves.
   */
  @Test
  void statisticsOfHalvesAverageToThoseOfTheWhole() {
    AdaFisher centred = AdaFisher.centred();
    List<DataSet> halves = batches(2);
    MultiLayerNetwork net = attached(centred);
    MultiLayerNetwork whole = attached(centred);
    AdaFisherListener listener = new AdaFisherListener();
    whole.fit(whole(halves, 0));
    try (Workers workers = Workers.averaging(net)) {
      workers.fit(halves);
    }
    for (String layer : List.of("layer0", "layer1", "layer2")) {
      KroneckerFactors averaged = listener.factors(net).get(layer);
      KroneckerFactors expected = listener.factors(whole).get(layer);
      assertThat(averaged.gradientFactor().toDoubleVector())
          .containsExactly(expected.gradientFactor().mul(4).toDoubleVector(), within(1e-14));
    }
    INDArray between =
        halves.get(0).getFeatures().mean(0).sub(halves.get(1).getFeatures().mean(0)).divi(2);
    double[] a = listener.factors(whole).get("layer0").inputFactor().toDoubleVector();
    double[] averaged = listener.factors(net).get("layer0").inputFactor().toDoubleVector();
    for (int j = 0; j < TestNetworks.INPUTS; j++) {
      double square = between.getDouble(j) * between.getDouble(j);
      assertThat(square).isPositive();
      double floor = square * new Centred().eps(); // a is the variance and eps E[x^2]
      assertThat(averaged[j]).isCloseTo(a[j] - square - floor, within(1e-14));
    }
  }

  private static MultiLayerNetwork attached(AdaFisher adaFisher) {
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher);
    AdaFisher.attach(net);
    return net;
  }

  private static ComputationGraph attachedGraph(AdaFisher adaFisher) {
    ComputationGraph net = TestNetworks.graph(adaFisher);
    AdaFisher.attach(net);
    return net;
  }

  /** One worker that goes on from a network's parameters and state. */
  private static MultiLayerNetwork copy(MultiLayerNetwork net, AdaFisher adaFisher) {
    MultiLayerNetwork copy = attached(adaFisher);
    copy.setParams(net.params());
    stateOf(copy).assign(stateOf(net));
    return copy;
  }

  private static DataSet whole(List<DataSet> halves, int round) {
    return DataSet.merge(halves.subList(2 * round, 2 * round + 2));
  }

  private static INDArray stateOf(MultiLayerNetwork net) {
    return net.getUpdater().getStateViewArray();
  }

  private static List<UpdaterBlock> blocks(MultiLayerNetwork net) {
    return Network.of(net).updaterBlocks();
  }

  /** Of all parameters, in their order. */
  private static double[] momentum(MultiLayerNetwork net) {
    return blocks(net).stream()
        .flatMapToDouble(
            block ->
                Arrays.stream(block.getUpdaterView().toDoubleVector())
                    .limit(block.getParamOffsetEnd() - block.getParamOffsetStart()))
        .toArray();
  }

  private static void setMomentum(MultiLayerNetwork net, MultiLayerNetwork from) {
    for (int i = 0; i < blocks(net).size(); i++) {
      UpdaterBlock block = blocks(net).get(i);
      var momentum =
          NDArrayIndex.interval(0, block.getParamOffsetEnd() - block.getParamOffsetStart());
      block
          .getUpdaterView()
          .get(momentum)
          .assign(blocks(from).get(i).getUpdaterView().get(momentum));
    }
  }

  /** Behind the momentum and the step count. */
  private static double normaliser(MultiLayerNetwork net, int layer) {
    UpdaterBlock block = blocks(net).get(layer);
    return block
        .getUpdaterView()
        .getDouble(block.getParamOffsetEnd() - block.getParamOffsetStart() + 1);
  }
}
