package org.adafisher.bench.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.adafisher.bench.rival.muon.Muon;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;

/** Every optimizer of the registry through the same checks, in both data types. */
class OptimizerContractTest {

  private static final int STEPS = 100;

  /** These networks are an output layer alone, which steps by AdamW at a share of Muon's rate. */
  private static final double MUON_RATE = 0.02 / Muon.DEFAULT_ADAM_SHARE;

  /** Where the rate that is right for a network is too large for curvatures of a thousand. */
  private static final Map<String, Double> ROSENBROCK_RATES =
      Map.of(
          "adafisher", 3e-6,
          "adafisherw", 3e-6,
          "adafisher-paper", 1e-4,
          "placebo", 3e-6,
          "kfac", 0.1,
          "muon", MUON_RATE,
          "nesterovs", 1e-4,
          "sgd", 5e-4,
          "shampoo", 1e-4);

  /** Intervals that steps 9 to 16 cross, whichever optimizer has them. */
  private static final Map<String, Double> INTERVALS =
      Map.of(
          "refreshInterval", 5.0,
          "factorInterval", 3.0,
          "inverseInterval", 6.0,
          "rootInterval", 5.0,
          "hessianInterval", 3.0);

  static Stream<Arguments> typesAndPrecisions() {
    return Optimizers.REGISTRY.names().stream()
        .flatMap(
            type ->
                Stream.of(DataType.FLOAT, DataType.DOUBLE)
                    .map(precision -> Arguments.of(type, precision)));
  }

  @ParameterizedTest
  @MethodSource("typesAndPrecisions")
  void aParabolaDescends(String type, DataType precision) {
    // A linear layer with a squared error; the curvatures are 2.5 to 62 in its four inputs.
    INDArray features =
        Nd4j.createFromArray(
                new double[][] {
                  {1, 1, 1, 0.2}, {1, -1, 1, -0.2}, {-1, 1, 1, -0.2}, {-1, -1, 1, 0.2}
                })
            .castTo(precision);
    INDArray target =
        Nd4j.createFromArray(new double[][] {{1, -0.5}, {0.5, 1}, {-1, 0.5}, {0.5, -1}})
            .castTo(precision);
    MultiLayerNetwork network =
        network(
            type,
            precision,
            type.equals("muon") ? MUON_RATE : OptimizersTest.RATES.getOrDefault(type, 0.02),
            new OutputLayer.Builder(LossFunction.MSE)
                .nIn(4)
                .nOut(2)
                .activation(Activation.IDENTITY)
                .build());
    network.params().assign(0);

    assertThat(descend(network, new DataSet(features, features.mmul(target)))).isLessThan(0.5);
  }

  @ParameterizedTest
  @MethodSource("typesAndPrecisions")
  void rosenbrockDescends(String type, DataType precision) {
    MultiLayerNetwork network =
        network(
            type,
            precision,
            ROSENBROCK_RATES.getOrDefault(type, 0.01),
            new OutputLayer.Builder(new Rosenbrock())
                .nIn(1)
                .nOut(2)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build());
    network.setParams(Nd4j.createFromArray(new double[][] {{-1.2, 1}}).castTo(precision));
    DataSet one = new DataSet(Nd4j.ones(precision, 1, 1), Nd4j.zeros(precision, 1, 2));

    assertThat(descend(network, one)).isLessThan(0.5);
  }

  @ParameterizedTest
  @MethodSource("typesAndPrecisions")
  void aRestoredRunGoesOnBitForBit(String type, DataType precision) throws IOException {
    OptimizerType optimizer = Optimizers.REGISTRY.get(type);
    MultiLayerNetwork network =
        network(
            type,
            precision,
            OptimizersTest.RATES.getOrDefault(type, 0.01),
            new DenseLayer.Builder().nIn(5).nOut(6).activation(Activation.TANH).build(),
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(6)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build());
    Nd4j.getRandom().setSeed(5);
    DataSet[] batches = new DataSet[16];
    for (int t = 0; t < batches.length; t++) {
      INDArray labels = Nd4j.zeros(precision, 7, 3);
      for (int i = 0; i < 7; i++) {
        labels.putScalar(i, (i + t) % 3, 1);
      }
      batches[t] = new DataSet(Nd4j.randn(precision, 7, 5), labels);
    }
    fit(network, batches, 0, 8);
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, saved, true);
    Map<String, double[]> own = new HashMap<>();
    optimizer.ownState(network).forEach((name, values) -> own.put(name, values.clone()));
    fit(network, batches, 8, 16);

    Nd4j.getRandom().setSeed(99); // nothing may hang on where the global generator stands
    MultiLayerNetwork restored =
        ModelSerializer.restoreMultiLayerNetwork(
            new ByteArrayInputStream(saved.toByteArray()), true);
    optimizer.attach(restored, values(type));
    optimizer.restoreOwnState(restored, own);
    fit(restored, batches, 8, 16);

    assertThat(restored.params()).isEqualTo(network.params());
    assertThat(restored.updaterState()).isEqualTo(network.updaterState());
  }

  /** Trains, every score on the way being finite; the last one as a share of the first. */
  private static double descend(MultiLayerNetwork network, DataSet batch) {
    double before = network.score(batch);
    for (int t = 0; t < STEPS; t++) {
      network.fit(batch);
      assertThat(network.score()).as("score before step %d", t).isFinite();
    }
    return network.score(batch) / before;
  }

  private static void fit(MultiLayerNetwork network, DataSet[] batches, int from, int to) {
    for (int t = from; t < to; t++) {
      network.fit(batches[t]);
    }
  }

  private static Map<String, Double> values(String type) {
    Map<String, Double> values = OptimizersTest.values(type);
    INTERVALS.forEach((name, value) -> values.computeIfPresent(name, (key, old) -> value));
    return values;
  }

  private static MultiLayerNetwork network(
      String type, DataType precision, double rate, Layer... layers) {
    ISchedule schedule = Schedules.REGISTRY.get("cosine").over(rate, STEPS);
    NeuralNetConfiguration.ListBuilder list =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .dataType(precision)
            .updater(Optimizers.REGISTRY.get(type).updater(schedule, values(type)))
            .list();
    Stream.of(layers).forEach(list::layer);
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    OptimizersTest.ready(network, type, schedule, values(type));
    return network;
  }
}
