package org.adafisher.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.adafisher.AdaFisher;
import org.adafisher.AdaFisherListener;
import org.adafisher.onednn.OneDnn;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.earlystopping.SparkDataSetLossCalculator;
import org.deeplearning4j.spark.earlystopping.SparkEarlyStoppingTrainer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

/** Training by parameter averaging, by two workers in this JVM. */
class SparkTrainingTest {

  private static final int WORKERS = 2;
  private static final int BATCH = 8;
  private static final int FREQUENCY = 2;
  private static final int ROUNDS = 3;

  /** Between the first refresh of the factors and the last step of any test with this interval. */
  private static final int NEVER_AGAIN = 100;

  private static JavaSparkContext spark;

  @TempDir Path folder;

  /** The build runs these tests twice: with plain natives, and on oneDNN. */
  @BeforeAll
  static void start() {
    if (Boolean.getBoolean("adafisher.onednn")) {
      OneDnn.Status status = OneDnn.enable();
      assertThat(status.enabled()).as(status.reason()).isTrue();
    }
    spark =
        new JavaSparkContext(
            new SparkConf().setMaster("local[" + WORKERS + "]").setAppName("test"));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static ParameterAveragingTrainingMaster.Builder master(int frequency) {
    return new ParameterAveragingTrainingMaster.Builder(WORKERS, BATCH)
        .batchSizePerWorker(BATCH)
        .averagingFrequency(frequency)
        .saveUpdater(true)
        .rddTrainingApproach(RDDTrainingApproach.Direct);
  }

  private static List<DataSet> batches(DataType type, int count, long seed) {
    return SyntheticDigits.batches(type, count, BATCH, seed);
  }

  private static JavaRDD<DataSet> rdd(List<DataSet> data) {
    return spark.parallelize(data, WORKERS);
  }

  /** What gives each worker FREQUENCY minibatches in each of ROUNDS rounds. */
  private static JavaRDD<DataSet> rounds() {
    return rdd(batches(DataType.FLOAT, WORKERS * FREQUENCY * ROUNDS, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "MULTI_LAYER_NETWORK, false", "MULTI_LAYER_NETWORK, true",
    "COMPUTATION_GRAPH, false", "COMPUTATION_GRAPH, true"
  })
  void aRoundIsTheMeanOfWhatEachWorkerDid(NetworkClass kind, boolean centred) {
    AdaFisher updater = centred ? AdaFisher.centred() : NetworkClass.refreshing(1);
    Model net = kind.network(DataType.DOUBLE, updater);
    List<DataSet> data = batches(DataType.DOUBLE, 3 * WORKERS, 1);
    for (int round = 0; round < 3; round++) {
      List<DataSet> two = data.subList(WORKERS * round, WORKERS * (round + 1));
      List<Model> alone = two.stream().map(batch -> aStepAlone(kind, net, batch)).toList();

      kind.train(spark, net, master(1).build(), rdd(two));

      assertThat(net.params().toDoubleVector())
          .containsExactly(
              mean(alone.stream().map(one -> one.params().toDoubleVector()).toList()),
              within(1e-12));
      assertThat(kind.state(net))
          .containsExactly(mean(alone.stream().map(kind::state).toList()), within(1e-12));
      assertThat(kind.steps(net)).containsOnly(round + 1.0);
    }
  }

  private static Model aStepAlone(NetworkClass kind, Model driver, DataSet batch) {
    Model net = kind.copy(driver);
    AdaFisher.attach(net);
    kind.fitHere(net, batch);
    return net;
  }

  private static double[] mean(List<double[]> vectors) {
    double[] result = new double[vectors.get(0).length];
    for (double[] vector : vectors) {
      for (int i = 0; i < result.length; i++) {
        result[i] += vector[i] / vectors.size();
      }
    }
    return result;
  }

  @ParameterizedTest
  @EnumSource
  void theNextFitGoesOnWhereTheLastEnded(NetworkClass kind) {
    Model net = kind.network(DataType.FLOAT, NetworkClass.refreshing(NEVER_AGAIN));
    ParameterAveragingTrainingMaster master = master(FREQUENCY).build();

    AdaFisherListener listener = kind.train(spark, net, master, rounds());
    assertThat(kind.steps(net)).containsOnly((double) FREQUENCY * ROUNDS);
    assertThat(kind.iterations(net)).isEqualTo(FREQUENCY * ROUNDS);
    Map<String, double[]> first = factors(listener, net);
    first.forEach((layer, values) -> assertRefreshedOnce(values));

    kind.train(spark, net, master, rounds());
    assertThat(kind.steps(net)).containsOnly(2.0 * FREQUENCY * ROUNDS);
    // No refresh was due; workers that began anew would have had one.
    factors(listener, net)
        .forEach((layer, values) -> assertThat(values).isEqualTo(first.get(layer)));
  }

  @ParameterizedTest
  @EnumSource
  void aSavedNetworkGoesOnAsTheOneThatWasNot(NetworkClass kind) throws IOException {
    Model net = kind.network(DataType.DOUBLE, NetworkClass.refreshing(2));
    List<DataSet> data = batches(DataType.DOUBLE, WORKERS * ROUNDS, 1);
    kind.train(spark, net, master(1).build(), rdd(data));
    File file = folder.resolve("net.zip").toFile();
    ModelSerializer.writeModel(net, file, true);

    Model restored = kind.load(file);
    assertThat(kind.state(restored)).isEqualTo(kind.state(net));
    // One round of one step, whose outcome does not depend on which worker gets which minibatch.
    List<DataSet> two = batches(DataType.DOUBLE, WORKERS, 2);
    kind.train(spark, net, master(1).build(), rdd(two));
    kind.train(spark, restored, master(1).build(), rdd(two));

    assertThat(kind.steps(restored)).containsOnly(ROUNDS + 1.0);
    assertThat(restored.params().toDoubleVector())
        .containsExactly(net.params().toDoubleVector(), within(1e-12));
    assertThat(kind.state(restored)).containsExactly(kind.state(net), within(1e-12));
  }

  /** Both factors of every layer, input factor first. */
  private static Map<String, double[]> factors(AdaFisherListener listener, Model net) {
    Map<String, double[]> result = new LinkedHashMap<>();
    listener
        .factors(net)
        .forEach(
            (layer, factors) -> {
              result.put(layer + " H", factors.inputFactor().toDoubleVector());
              result.put(layer + " S", factors.gradientFactor().toDoubleVector());
            });
    return result;
  }

  /**
   * The start value 1 has become 0.08, the signal has added 0.008 of itself, which is in [0, 1].
   */
  private static void assertRefreshedOnce(double[] factor) {
    double least = Arrays.stream(factor).min().orElseThrow();
    double greatest = Arrays.stream(factor).max().orElseThrow();
    assertThat(least).isBetween(0.08 - 1e-6, 0.088);
    assertThat(greatest).isBetween(0.082, 0.088 + 1e-6);
    assertThat(greatest).isGreaterThan(least);
  }

  @ParameterizedTest
  @CsvSource({
    "MULTI_LAYER_NETWORK, false", "MULTI_LAYER_NETWORK, true",
    "COMPUTATION_GRAPH, false", "COMPUTATION_GRAPH, true"
  })
  void theLossFalls(NetworkClass kind, boolean centred) {
    Model net =
        kind.network(
            DataType.FLOAT, centred ? AdaFisher.centred() : NetworkClass.refreshing(FREQUENCY));
    List<DataSet> data = batches(DataType.FLOAT, WORKERS * FREQUENCY * ROUNDS, 1);
    double before = kind.score(net, DataSet.merge(data));
    ParameterAveragingTrainingMaster master = master(FREQUENCY).build();
    for (int epoch = 0; epoch < 4; epoch++) {
      kind.train(spark, net, master, rdd(data));
    }
    assertThat(kind.score(net, DataSet.merge(data))).isLessThan(0.7 * before);
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerThatNobodyAttachedSaysSo(NetworkClass kind) {
    Model net = kind.network(DataType.FLOAT, NetworkClass.refreshing(NEVER_AGAIN));
    AdaFisher.attach(net); // the driver's network alone
    double[] before = net.params().toDoubleVector();
    NetworkClass.OnSpark network = kind.onSpark(spark, net, master(FREQUENCY).build());

    assertThatThrownBy(() -> network.fit().fit(rounds()))
        .hasStackTraceContaining("AdaFisher is not attached to this network (layer '");
    assertThat(net.params().toDoubleVector()).isEqualTo(before);
  }

  @Test
  void aMasterThatDropsTheStateIsRefused() {
    Model net =
        NetworkClass.MULTI_LAYER_NETWORK.network(
            DataType.FLOAT, NetworkClass.refreshing(NEVER_AGAIN));
    assertThatThrownBy(
            () -> AdaFisherSpark.attach(net, master(FREQUENCY).saveUpdater(false).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("saveUpdater(true)");
    assertThatThrownBy(() -> AdaFisherSpark.attach(net, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ParameterAveragingTrainingMaster, not under null");
  }

  @Test
  void aMastersOtherHooksStay() {
    TrainingHook other = new IdleHook();
    ParameterAveragingTrainingMaster master = master(FREQUENCY).trainingHooks(other).build();
    Model net =
        NetworkClass.MULTI_LAYER_NETWORK.network(
            DataType.FLOAT, NetworkClass.refreshing(NEVER_AGAIN));

    AdaFisherListener listener = AdaFisherSpark.attach(net, master);

    assertThat(AdaFisherSpark.attach(net, master)).isSameAs(listener);
    assertThat(master.getTrainingHookList()).hasSize(2).contains(other);
  }

  private static final class IdleHook implements TrainingHook {

    private static final long serialVersionUID = 1L;

    @Override
    public void preUpdate(org.nd4j.linalg.dataset.api.DataSet minibatch, Model model) {}

    @Override
    public void preUpdate(org.nd4j.linalg.dataset.api.MultiDataSet minibatch, Model model) {}

    @Override
    public void postUpdate(org.nd4j.linalg.dataset.api.DataSet minibatch, Model model) {}

    @Override
    public void postUpdate(org.nd4j.linalg.dataset.api.MultiDataSet minibatch, Model model) {}
  }

  @Test
  void earlyStopping() {
    MultiLayerNetwork net =
        (MultiLayerNetwork)
            NetworkClass.MULTI_LAYER_NETWORK.network(
                DataType.FLOAT, NetworkClass.refreshing(NEVER_AGAIN));
    ParameterAveragingTrainingMaster master = master(FREQUENCY).build();
    JavaRDD<DataSet> data = rounds();
    AdaFisherSpark.attach(net, master);

    EarlyStoppingResult<MultiLayerNetwork> result =
        new SparkEarlyStoppingTrainer(
                spark,
                master,
                new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                    .epochTerminationConditions(new MaxEpochsTerminationCondition(2))
                    .scoreCalculator(new SparkDataSetLossCalculator(data, true, spark.sc()))
                    .modelSaver(new InMemoryModelSaver<>())
                    .build(),
                net,
                data)
            .fit();

    assertThat(result.getTotalEpochs()).isEqualTo(2);
    assertThat(NetworkClass.MULTI_LAYER_NETWORK.steps(net)).containsOnly(2.0 * FREQUENCY * ROUNDS);
    assertThat(NetworkClass.MULTI_LAYER_NETWORK.steps(result.getBestModel()))
        .containsOnly((result.getBestModelEpoch() + 1.0) * FREQUENCY * ROUNDS);
  }
}
