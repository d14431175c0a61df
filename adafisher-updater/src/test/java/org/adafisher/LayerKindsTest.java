package org.adafisher;

import static org.adafisher.TestNetworks.fit;
import static org.adafisher.TestNetworks.parameters;
import static org.adafisher.TestNetworks.state;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.adafisher.LayerSamples.Sample;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Every layer of DL4J that has trainable parameters trains under each kind of formulation. */
class LayerKindsTest {

  private static final int STEPS = 60;
  private static final int BEFORE = 4;
  private static final int AFTER = 5;

  static Stream<Arguments> samplesAndFormulations() {
    return LayerSamples.all().stream()
        .flatMap(
            sample ->
                Stream.of(new Released(), new Centred().withBurnIn(2), new Spectral().withBurnIn(2))
                    .map(formulation -> Arguments.of(sample, formulation)));
  }

  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("samplesAndFormulations")
  void theLossFallsAndNothingStandsStill(Sample sample, Formulation formulation) {
    Model net = attached(sample, formulation);
    double before = loss(net, sample.data());
    Map<String, INDArray> start = trained(net);

    fit(net, Collections.nCopies(STEPS, sample.data()));

    assertThat(loss(net, sample.data())).isLessThan(0.95 * before);
    assertThat(parameters(net)).doesNotContain(Double.NaN);
    trained(net).forEach((name, end) -> assertThat(end).as(name).isNotEqualTo(start.get(name)));
  }

  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("samplesAndFormulations")
  void aRestoredNetworkGoesOnAsIfNothingHadHappened(Sample sample, Formulation formulation)
      throws IOException {
    List<DataSet> first = Collections.nCopies(BEFORE, sample.data());
    List<DataSet> rest = Collections.nCopies(AFTER, sample.data());
    Model whole = attached(sample, formulation);
    fit(whole, first);
    Model restored = restored(whole);
    AdaFisher.attach(restored);
    fit(whole, rest);

    fit(restored, rest);

    assertThat(parameters(restored)).isEqualTo(parameters(whole));
    assertThat(state(restored)).isEqualTo(state(whole));
  }

  private static Model attached(Sample sample, Formulation formulation) {
    Model net =
        sample
            .network()
            .apply(
                AdaFisher.builder()
                    .learningRate(rate(formulation))
                    .formulation(formulation)
                    .refreshInterval(3)
                    .build());
    AdaFisher.attach(net);
    return net;
  }

  private static double rate(Formulation formulation) {
    return switch (formulation.getClass().getSimpleName()) {
      case "Centred" -> 0.05;
      case "Spectral" -> 0.02; // at a constant rate
      default -> 3e-4;
    };
  }

  /** Copies of the parameters that a network's own passes train. */
  private static Map<String, INDArray> trained(Model net) {
    Map<String, INDArray> result = new HashMap<>();
    for (Trainable trainable : Network.of(net).trainables()) {
      trainable
          .paramTable(false)
          .forEach(
              (name, value) -> {
                TrainingConfig conf = trainable.getConfig();
                if (conf.getUpdaterByParam(name) instanceof AdaFisher
                    && !conf.isPretrainParam(name)) {
                  result.put(conf.getLayerName() + "/" + name, value.dup());
                }
              });
    }
    return result;
  }

  private static double loss(Model net, DataSet data) {
    return net instanceof MultiLayerNetwork stack
        ? stack.score(data, true)
        : ((ComputationGraph) net).score(data, true);
  }

  private static Model restored(Model net) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ModelSerializer.writeModel(net, out, true);
    ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
    return net instanceof MultiLayerNetwork
        ? ModelSerializer.restoreMultiLayerNetwork(in, true)
        : ModelSerializer.restoreComputationGraph(in, true);
  }
}
