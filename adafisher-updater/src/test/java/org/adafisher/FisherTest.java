package org.adafisher;

import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.adafisher.TestNetworks.images;
import static org.adafisher.TestNetworks.parameters;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.adafisher.LayerSamples.Sample;
import org.adafisher.capture.Network;
import org.adafisher.curvature.KroneckerFactors;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/** F as the listener tells it. */
class FisherTest {

  static Stream<Formulation> kroneckerFormulations() {
    return Stream.of(new Released(), new Paper(), new Placebo());
  }

  /** Without momentum the step is rate times gradient over F. */
  @ParameterizedTest
  @MethodSource("kroneckerFormulations")
  void isWhatTheGradientIsDividedBy(Formulation formulation) {
    IUpdater updater =
        AdaFisher.builder()
            .learningRate(1e-3)
            .beta(0)
            .refreshInterval(2)
            .formulation(formulation)
            .build();
    MultiLayerNetwork net = TestNetworks.mlp(updater);
    AdaFisherListener listener = AdaFisher.attach(net);
    double[][] gradient = new double[1][];
    net.addListeners(
        new BaseTrainingListener() {
          @Override
          public void onGradientCalculation(Model model) {
            // DL4J's sum over the minibatch, of which it takes the mean before the update.
            gradient[0] = model.gradient().gradient().div(TestNetworks.BATCH).toDoubleVector();
          }
        });
    for (DataSet batch : batches(4)) {
      double[] before = parameters(net);
      fit(net, List.of(batch));
      double[] after = parameters(net);
      double[] fisher =
          listener.fisher(net).values().stream()
              .flatMapToDouble(layer -> Arrays.stream(layer.toDoubleVector()))
              .toArray();
      assertThat(fisher).hasSameSizeAs(before);
      for (int i = 0; i < fisher.length; i++) {
        assertThat(fisher[i] * (before[i] - after[i]))
            .isCloseTo(1e-3 * gradient[0][i], within(1e-12));
      }
    }
  }

  static Stream<AdaFisher> withCentredStatistics() {
    return Stream.of(AdaFisher.centred(), AdaFisher.spectral());
  }

  @ParameterizedTest
  @MethodSource("withCentredStatistics")
  void isTheProductOfBothRelativeDampedFactors(AdaFisher adaFisher) {
    MultiLayerNetwork net = TestNetworks.cnn(DataType.DOUBLE, adaFisher);
    AdaFisherListener listener = AdaFisher.attach(net);
    fit(net, images(3, DataType.DOUBLE));
    KroneckerFactors factors = listener.factors(net).get("layer2");
    double[] a = factors.inputFactor().toDoubleVector();
    double[] s = factors.gradientFactor().toDoubleVector();
    int inputs = a.length - 1;
    double meanA = Arrays.stream(a).limit(inputs).average().orElseThrow();
    double meanS = Arrays.stream(s).average().orElseThrow();

    double[] fisher = listener.fisher(net).get("layer2").toDoubleVector();

    for (int k = 0; k < s.length; k++) {
      double ofUnit = s[k] / meanS + 0.316;
      for (int j = 0; j < inputs; j++) {
        assertThat(fisher[k * inputs + j]).isCloseTo((a[j] / meanA + 0.01) * ofUnit, within(1e-9));
      }
      assertThat(fisher[inputs * s.length + k])
          .isCloseTo((a[inputs] / meanA + 0.01) * ofUnit, within(1e-9));
    }
    double[] scaleAndShift = listener.fisher(net).get("layer1").toDoubleVector();
    // Each of the two has a mean square of 1 by definition, and the damping.
    assertThat(Arrays.stream(scaleAndShift).average().orElseThrow()).isCloseTo(1.1, within(1e-9));
  }

  static List<Sample> samples() {
    return LayerSamples.all();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everyLayerHasOneForEachOfItsParameters(Sample sample) {
    for (Formulation formulation : List.of(new Released(), new Centred(), new Spectral())) {
      Model net = sample.network().apply(AdaFisher.builder().formulation(formulation).build());
      AdaFisherListener listener = AdaFisher.attach(net);
      fit(net, List.of(sample.data()));

      Map<String, INDArray> fisher = listener.fisher(net);

      for (Trainable trainable : Network.of(net).trainables()) {
        long expected =
            trainable.paramTable(false).entrySet().stream()
                .filter(
                    p -> trainable.getConfig().getUpdaterByParam(p.getKey()) instanceof AdaFisher)
                .mapToLong(p -> p.getValue().length())
                .sum();
        INDArray f = fisher.get(trainable.getConfig().getLayerName());
        assertThat(f == null ? 0 : f.length()).isEqualTo(expected);
        if (f != null) {
          assertThat(Arrays.stream(f.toDoubleVector()))
              .allMatch(value -> value > 0 && Double.isFinite(value));
        }
      }
    }
  }

  @Test
  void parametersOfOtherUpdatersHaveNone() {
    MultiLayerNetwork net = TestNetworks.mlp(new AdaFisher());
    BaseLayer middle = (BaseLayer) net.getLayer(1).conf().getLayer();
    middle.setIUpdater(new Adam());
    assertThat(AdaFisher.attach(net).fisher(net)).containsOnlyKeys("layer0", "layer2");
    middle.setBiasUpdater(new AdaFisher());
    Map<String, INDArray> fisher = AdaFisher.attach(net).fisher(net);
    assertThat(fisher).containsOnlyKeys("layer0", "layer1", "layer2");
    assertThat(fisher.get("layer1").length()).isEqualTo(4);
  }

  @Test
  void askingChangesNothing() {
    MultiLayerNetwork asked = TestNetworks.cnn(DataType.FLOAT, new AdaFisher());
    MultiLayerNetwork silent = TestNetworks.cnn(DataType.FLOAT, new AdaFisher());
    AdaFisherListener listener = AdaFisher.attach(asked);
    AdaFisher.attach(silent);
    listener.fisher(asked);
    for (DataSet batch : images(4, DataType.FLOAT)) {
      fit(asked, List.of(batch));
      listener.fisher(asked);
      fit(silent, List.of(batch));
    }
    assertThat(parameters(asked)).containsExactly(parameters(silent));
  }
}
