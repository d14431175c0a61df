package org.adafisher;

import static org.adafisher.TestNetworks.adaFisher;
import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.adafisher.TestNetworks.parameters;
import static org.adafisher.TestNetworks.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.adafisher.capture.Network;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.BaseEarlyStoppingTrainer;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearningHelper;
import org.deeplearning4j.optimize.listeners.ScoreIterationListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.LoggerFactory;

/** A network whose listeners were replaced trains on as if nothing had happened. */
class LostListenerTest {

  @TempDir Path folder;

  private static void replaceListeners(Model net) {
    Network.of(net).setListeners(List.of(new ScoreIterationListener(1000)));
  }

  private static void replaced(Supplier<Model> network, List<DataSet> data) {
    Model undisturbed = network.get();
    AdaFisher.attach(undisturbed);
    Model disturbed = network.get();
    AdaFisherListener listener = AdaFisher.attach(disturbed);
    List<String> log =
        TestNetworks.said(
            AdaFisherListener.class,
            () -> {
              for (int step = 0; step < data.size(); step++) {
                if (step == 0 || step == 2 || step == 3) {
                  replaceListeners(disturbed);
                }
                Nd4j.getRandom().setSeed(step + 1);
                fit(undisturbed, data.subList(step, step + 1));
                Nd4j.getRandom().setSeed(step + 1);
                fit(disturbed, data.subList(step, step + 1));
                assertThat(parameters(disturbed))
                    .as("step " + step)
                    .isEqualTo(parameters(undisturbed));
              }
            });
    assertThat(state(disturbed)).isEqualTo(state(undisturbed));
    assertThat(log).filteredOn(line -> line.contains("setListeners")).hasSize(1);
    assertThat(Network.of(disturbed).listeners()).hasSize(2).contains(listener);
    assertThat(Network.of(disturbed).json()).isEqualTo(Network.of(undisturbed).json());
  }

  static Stream<LayerSamples.Sample> samples() {
    return LayerSamples.all().stream().filter(sample -> !sample.name().contains("apsule"));
  }

  /** No layer of these reads a parameter: DL4J runs them as graphs of SameDiff's. */
  static Stream<LayerSamples.Sample> capsules() {
    return LayerSamples.all().stream().filter(sample -> sample.name().contains("apsule"));
  }

  @ParameterizedTest
  @MethodSource("capsules")
  void whereTheMinibatchHasToBeFittedAgain(LayerSamples.Sample sample) {
    Model undisturbed = sample.network().apply(adaFisher());
    AdaFisher.attach(undisturbed);
    Model disturbed = sample.network().apply(adaFisher());
    AdaFisher.attach(disturbed);
    replaceListeners(disturbed);
    assertThatThrownBy(() -> fit(disturbed, List.of(sample.data())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("setListeners")
        .hasMessageContaining("fit this minibatch again");
    for (int step = 0; step < 5; step++) {
      fit(undisturbed, List.of(sample.data()));
      fit(disturbed, List.of(sample.data()));
      if (step == 1) {
        replaceListeners(disturbed); // the next step refreshes nothing
      }
    }
    assertThat(parameters(disturbed)).isEqualTo(parameters(undisturbed));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everyKindOfLayer(LayerSamples.Sample sample) {
    List<DataSet> data = Collections.nCopies(5, sample.data());
    replaced(() -> sample.network().apply(adaFisher()), data);
    replaced(() -> sample.network().apply(AdaFisher.centred()), data);
  }

  @Test
  void convolutionsWithBatchNormalizationAndAGraph() {
    replaced(
        () -> TestNetworks.cnn(DataType.FLOAT, adaFisher()),
        TestNetworks.images(7, DataType.FLOAT));
    replaced(() -> TestNetworks.mlp(adaFisher(), b -> b.dropOut(0.5)), batches(7));

    ComputationGraph undisturbed = TestNetworks.graph(adaFisher());
    AdaFisher.attach(undisturbed);
    ComputationGraph disturbed = TestNetworks.graph(adaFisher());
    AdaFisher.attach(disturbed);
    replaceListeners(disturbed);
    TestNetworks.fitMulti(undisturbed, TestNetworks.multiBatches(5));
    TestNetworks.fitMulti(disturbed, TestNetworks.multiBatches(5));
    assertThat(parameters(disturbed)).isEqualTo(parameters(undisturbed));
  }

  @Test
  void withAnIteratorOverEpochs() {
    MultiLayerNetwork undisturbed = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(undisturbed);
    MultiLayerNetwork disturbed = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(disturbed);
    disturbed.setListeners();
    undisturbed.fit(new ListDataSetIterator<>(batches(4), 4), 3);
    disturbed.fit(new ListDataSetIterator<>(batches(4), 4), 3);
    assertThat(parameters(disturbed)).isEqualTo(parameters(undisturbed));
  }

  @Test
  void aRestoredNetworkBetweenTwoRefreshes() throws IOException {
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(net);
    fit(net, batches(4));
    Path file = folder.resolve("net.zip");
    net.save(file.toFile(), true);
    MultiLayerNetwork restored = MultiLayerNetwork.load(file.toFile(), true);
    AdaFisher.attach(restored);
    replaceListeners(restored);
    fit(net, batches(6));
    fit(restored, batches(6));
    assertThat(parameters(restored)).isEqualTo(parameters(net));
  }

  @Test
  void attachingAgainIsHarmless() {
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(net);
    MultiLayerNetwork again = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(again);
    fit(net, batches(2));
    fit(again, batches(2));
    replaceListeners(again);
    AdaFisher.attach(again);
    fit(net, batches(5));
    fit(again, batches(5));
    assertThat(parameters(again)).isEqualTo(parameters(net));
    assertThat(again.getListeners()).hasSize(2);
  }

  @Test
  void detachingIsNoLoss() {
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(net);
    AdaFisher.detach(net);
    fit(net, batches(2));
    assertThat(net.getListeners()).isEmpty();
  }

  @Test
  void theInnerNetworkOfTransferLearning() {
    MultiLayerNetwork whole = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(whole);
    TransferLearningHelper helper = new TransferLearningHelper(whole, 0);
    DataSet featurized = helper.featurize(batches(1).get(0));
    assertThatThrownBy(() -> helper.fitFeaturized(featurized))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("unfrozenMLN()");
    AdaFisherListener listener = AdaFisher.attach(helper.unfrozenMLN());
    helper.unfrozenMLN().setListeners(new ScoreIterationListener(100));
    helper.fitFeaturized(featurized);
    assertThat(listener.factors(helper.unfrozenMLN())).isNotEmpty();
    assertThat(helper.unfrozenMLN().getListeners()).contains(listener);
  }

  @Test
  void aTrainerThatMakesItsNetworkItself() {
    var data = new ListDataSetIterator<>(batches(3), 3);
    var stopping =
        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .epochTerminationConditions(new MaxEpochsTerminationCondition(2))
            .scoreCalculator(new DataSetLossCalculator(data, true))
            .modelSaver(new InMemoryModelSaver<>())
            .build();
    Logger trainerLog = (Logger) LoggerFactory.getLogger(BaseEarlyStoppingTrainer.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    trainerLog.addAppender(appender);
    try {
      EarlyStoppingTrainer trainer =
          new EarlyStoppingTrainer(stopping, TestNetworks.mlpConf(adaFisher(), b -> b), data);
      // of DL4J's trainer, which has no best network
      assertThatThrownBy(trainer::fit).isInstanceOf(NullPointerException.class);
    } finally {
      trainerLog.detachAppender(appender);
    }
    assertThat(appender.list)
        .map(ILoggingEvent::getThrowableProxy)
        .filteredOn(Objects::nonNull)
        .first()
        .satisfies(
            thrown ->
                assertThat(thrown.getMessage())
                    .contains("EarlyStoppingTrainer", "setListeners", "AdaFisher.attach(net)"));

    MultiLayerNetwork attached = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(attached);
    assertThat(new EarlyStoppingTrainer(stopping, attached, data).fit().getTotalEpochs())
        .isEqualTo(2);
  }
}
