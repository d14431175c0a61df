package org.adafisher.bench.optimizer;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.adafisher.bench.registry.Parameter;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;

class OptimizersTest {

  private static final int STEPS = 300;

  /** A rate of the right order for each family; anything not listed gets that of Adam. */
  static final Map<String, Double> RATES =
      Map.ofEntries(
          entry("adafisher", 3e-4),
          entry("adafisherw", 3e-4),
          entry("adafisher-paper", 0.01),
          entry("adahessian", 0.03),
          entry("centred", 0.05),
          entry("kfac", 0.1),
          entry("muon", 0.02),
          entry("muon-control", 0.05),
          entry("spectral", 0.05),
          entry("spectral-centred", 0.05),
          entry("nesterovs", 0.03),
          entry("placebo", 3e-4),
          entry("sgd", 0.1),
          entry("shampoo", 0.03),
          entry("adagrad", 0.1));

  static Stream<String> types() {
    return Optimizers.REGISTRY.names().stream();
  }

  /** All but AdaDelta, which has no learning rate. */
  static Stream<String> ratedTypes() {
    return types().filter(type -> !type.equals("adadelta"));
  }

  @ParameterizedTest
  @MethodSource("types")
  void everyOptimizerLowersTheLoss(String type) {
    double rate = RATES.getOrDefault(type, 0.01);
    ISchedule schedule = Schedules.REGISTRY.get("cosine").over(rate, STEPS);
    MultiLayerNetwork network = network(type, schedule);
    Nd4j.getRandom().setSeed(1);
    INDArray features = Nd4j.randn(DataType.FLOAT, 32, 6);
    INDArray labels = features.getColumns(0, 1, 2).gt(0.5).castTo(DataType.FLOAT);
    DataSet batch = new DataSet(features, labels);
    double before = network.score(batch);

    for (int i = 0; i < STEPS; i++) {
      network.fit(batch);
    }

    assertThat(network.score(batch)).isLessThan(0.8 * before);
  }

  @ParameterizedTest
  @MethodSource("ratedTypes")
  void everyOptimizerFollowsTheSchedule(String type) {
    ISchedule schedule = Schedules.REGISTRY.get("cosine").over(0.4, 10);
    IUpdater updater = updater(type, schedule);

    assertThat(updater.getLearningRate(0, 0)).isEqualTo(0.4);
    assertThat(updater.getLearningRate(5, 0)).isCloseTo(0.2, within(1e-9));
  }

  @ParameterizedTest
  @MethodSource("ratedTypes")
  void theLearningRateAloneIsRequired(String type) {
    assertThat(Optimizers.REGISTRY.get(type).parameters())
        .filteredOn(parameter -> parameter.defaultValue().isEmpty())
        .extracting(Parameter::name)
        .containsExactly("learningRate");
  }

  @ParameterizedTest
  @MethodSource("types")
  void defaultsAreInTheirOwnRange(String type) {
    assertThat(Optimizers.REGISTRY.get(type).parameters())
        .filteredOn(parameter -> parameter.defaultValue().isPresent())
        .allMatch(p -> p.range().contains(p.defaultValue().getAsDouble()));
  }

  @ParameterizedTest
  @MethodSource("types")
  void everyOptimizerIsDescribedInOneLine(String type) {
    assertThat(Optimizers.REGISTRY.get(type).description()).isNotBlank().doesNotContain("\n");
  }

  @ParameterizedTest
  @MethodSource("types")
  void theSharesOfItsStepsAddUpToOne(String type) {
    assertThat(
            Optimizers.REGISTRY.get(type).stepKinds(values(type)).stream()
                .mapToDouble(OptimizerType.StepKind::share)
                .sum())
        .isCloseTo(1, within(1e-12));
  }

  @Test
  void kfacTimesPlainStepsFactorsAndInverses() {
    assertThat(kfacShares(10, 100)).containsExactly("0.900 ..", "0.090 f.", "0.010 fi");
    assertThat(kfacShares(1, 1)).containsExactly("1.000 fi");
    assertThat(kfacShares(4, 6)).containsExactly("0.667 ..", "0.167 f.", "0.083 .i", "0.083 fi");
  }

  private static List<String> kfacShares(double factors, double inverses) {
    Map<String, Double> values = values("kfac");
    values.put("factorInterval", factors);
    values.put("inverseInterval", inverses);
    return Optimizers.REGISTRY.get("kfac").stepKinds(values).stream()
        .map(
            kind ->
                "%.3f %s%s"
                    .formatted(
                        kind.share(),
                        kind.values().get("factorInterval") == 1 ? "f" : ".",
                        kind.values().get("inverseInterval") == 1 ? "i" : "."))
        .toList();
  }

  @Test
  void regularizationIsSetOnWeightsAndReplacesWhatWasThere() {
    MultiLayerNetwork network = network("sgd", Schedules.REGISTRY.get("constant").over(0.1, 1));

    Regularization.apply(network, Map.of("weightDecay", 0.5, "l2", 0.0));
    Regularization.apply(network, Map.of("weightDecay", 0.25, "l2", 0.125));

    BaseLayer layer = (BaseLayer) network.getLayer(0).conf().getLayer();
    assertThat(layer.getRegularizationByParam("W"))
        .containsExactly(new WeightDecay(0.25, true), new L2Regularization(0.125));
    assertThat(layer.getRegularizationByParam("b")).isEmpty();
  }

  @Test
  void decoupledDecayShrinksWeightsByTheLearningRate() {
    MultiLayerNetwork network = network("sgd", Schedules.REGISTRY.get("constant").over(0.1, 1));
    Regularization.apply(network, Map.of("weightDecay", 0.5, "l2", 0.0));
    INDArray before = network.getParam("0_W").dup();
    INDArray zeros = Nd4j.zeros(DataType.FLOAT, 4, 6);

    network.fit(new DataSet(zeros, Nd4j.zeros(DataType.FLOAT, 4, 3)));

    assertThat(network.getParam("0_W").sub(before.mul(0.95)).norm2Number().doubleValue())
        .isLessThan(1e-6);
  }

  @Test
  void aConstantScheduleDoesNotMove() {
    assertThat(Schedules.REGISTRY.get("constant").over(0.1, 10).valueAt(9, 0)).isEqualTo(0.1);
  }

  private static IUpdater updater(String type, ISchedule schedule) {
    return Optimizers.REGISTRY.get(type).updater(schedule, values(type));
  }

  /** The defaults, but for refreshes that a short test would not see. */
  static Map<String, Double> values(String type) {
    Map<String, Double> values = new HashMap<>();
    Optimizers.REGISTRY
        .get(type)
        .parameters()
        .forEach(p -> p.defaultValue().ifPresent(value -> values.put(p.name(), value)));
    values.computeIfPresent("refreshInterval", (name, value) -> 10.0);
    return values;
  }

  private static MultiLayerNetwork network(String type, ISchedule schedule) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(updater(type, schedule))
                .list()
                .layer(new DenseLayer.Builder().nIn(6).nOut(8).activation(Activation.TANH).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.XENT)
                        .nIn(8)
                        .nOut(3)
                        .activation(Activation.SIGMOID)
                        .build())
                .build());
    network.init();
    ready(network, type, schedule, values(type));
    return network;
  }

  /** What the benchmark does to a network before the first step. */
  static void ready(
      MultiLayerNetwork network, String type, ISchedule schedule, Map<String, Double> values) {
    if (!type.equals("adadelta")) {
      network.setLearningRate(schedule); // AdaGrad's copies have none
    }
    Optimizers.REGISTRY.get(type).attach(network, values);
  }
}
