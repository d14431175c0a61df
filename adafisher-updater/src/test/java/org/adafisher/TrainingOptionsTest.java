package org.adafisher;

import static org.adafisher.TestNetworks.adaFisher;
import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.adafisher.TestNetworks.parameters;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** DL4J's training options mean under AdaFisher what they mean under any updater. */
class TrainingOptionsTest {

  private static final double LR = 1e-3;

  /** One step from the same start, without and with an option. */
  private static double[] step(MultiLayerNetwork net) {
    AdaFisher.attach(net);
    double[] before = parameters(net);
    fit(net, batches(1));
    double[] after = parameters(net);
    double[] step = new double[before.length];
    for (int i = 0; i < step.length; i++) {
      step[i] = before[i] - after[i];
    }
    return step;
  }

  private static int layer0Weights() {
    return TestNetworks.INPUTS * 5;
  }

  @Test
  void weightDecayIsDecoupledAndTouchesWeightsOnly() {
    double[] weights = parameters(TestNetworks.mlp(adaFisher()));
    double[] plain = step(TestNetworks.mlp(adaFisher()));
    double[] decayed = step(TestNetworks.mlp(adaFisher(), b -> b.weightDecay(0.5, true)));
    for (int i = 0; i < layer0Weights(); i++) {
      assertThat(decayed[i] - plain[i]).isCloseTo(LR * 0.5 * weights[i], within(1e-12));
    }
    for (int i = layer0Weights(); i < layer0Weights() + 5; i++) {
      assertThat(decayed[i]).isEqualTo(plain[i]);
    }
  }

  @Test
  void l1AndL2EnterTheMomentum() {
    double[] weights = parameters(TestNetworks.mlp(adaFisher()));
    double[] plain = firstGradient(TestNetworks.mlp(adaFisher()));
    double[] l2 = firstGradient(TestNetworks.mlp(adaFisher(), b -> b.l2(0.5)));
    double[] l1 = firstGradient(TestNetworks.mlp(adaFisher(), b -> b.l1(0.25)));
    for (int i = 0; i < layer0Weights(); i++) {
      assertThat(l2[i] - plain[i]).isCloseTo(0.5 * weights[i], within(1e-12));
      assertThat(l1[i] - plain[i]).isCloseTo(0.25 * Math.signum(weights[i]), within(1e-12));
    }
  }

  @ParameterizedTest
  @EnumSource(GradientNormalization.class)
  void gradientNormalizationComesBeforeTheMomentum(GradientNormalization kind) {
    int n = layer0Weights() + 5;
    double[] raw = Arrays.copyOf(firstGradient(TestNetworks.mlp(adaFisher())), n);
    double[] clipped =
        Arrays.copyOf(
            firstGradient(
                TestNetworks.mlp(
                    adaFisher(),
                    b -> b.gradientNormalization(kind).gradientNormalizationThreshold(0.01))),
            n);
    double[] weights = Arrays.copyOf(raw, layer0Weights());
    double[] biases = Arrays.copyOfRange(raw, layer0Weights(), n);
    for (int i = 0; i < n; i++) {
      double ofItsKind = norm(i < layer0Weights() ? weights : biases);
      double expected =
          switch (kind) {
            case None -> raw[i];
            case RenormalizeL2PerLayer -> raw[i] / norm(raw);
            case RenormalizeL2PerParamType -> raw[i] / ofItsKind;
            case ClipElementWiseAbsoluteValue -> Math.max(-0.01, Math.min(0.01, raw[i]));
            case ClipL2PerLayer -> raw[i] * Math.min(1, 0.01 / norm(raw));
            case ClipL2PerParamType -> raw[i] * Math.min(1, 0.01 / ofItsKind);
          };
      assertThat(clipped[i]).isCloseTo(expected, within(1e-12));
    }
  }

  private static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
  }

  /** What reached layer 0's momentum in the first step. */
  private static double[] firstGradient(MultiLayerNetwork net) {
    AdaFisher.attach(net);
    fit(net, batches(1));
    return net.getUpdater().getStateViewArray().div(0.1).toDoubleVector();
  }

  @Test
  void theFactorsSeeTheInputAfterDropout() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, adaFisher())
                .list()
                .layer(new DenseLayer.Builder().nOut(5).dropOut(new FirstColumnOut()).build())
                .layer(TestNetworks.softmax())
                .setInputType(InputType.feedForward(TestNetworks.INPUTS))
                .build());
    net.init();
    AdaFisherListener listener = AdaFisher.attach(net);
    fit(net, batches(1));
    double[] h = listener.factors(net).get("layer0").inputFactor().toDoubleVector();
    assertThat(h[0]).isEqualTo(0.1 * 0.8); // normalised to 0: the smallest there can be
    for (int i = 1; i < h.length; i++) {
      assertThat(h[i]).isGreaterThan(h[0]);
    }
  }

  /** Drops the first input, always. */
  @SuppressWarnings("serial")
  private static final class FirstColumnOut implements IDropout {
    @Override
    public INDArray applyDropout(
        INDArray input, INDArray result, int iteration, int epoch, LayerWorkspaceMgr workspaces) {
      result.assign(input).getColumn(0).assign(0);
      return result;
    }

    @Override
    public INDArray backprop(INDArray gradient, INDArray result, int iteration, int epoch) {
      result.assign(gradient).getColumn(0).assign(0);
      return result;
    }

    @Override
    public void clear() {}

    @Override
    public FirstColumnOut clone() {
      return this;
    }
  }

  @Test
  void aScheduleIsWhatSettingTheRateByHandIs() {
    List<DataSet> data = batches(9);
    AdaFisher scheduled =
        AdaFisher.builder()
            .refreshInterval(3)
            .learningRateSchedule(
                new MapSchedule(ScheduleType.ITERATION, Map.of(0, 1e-3, 4, 5e-3, 7, 1e-4)))
            .build();
    MultiLayerNetwork bySchedule = TestNetworks.mlp(scheduled);
    AdaFisher.attach(bySchedule);
    fit(bySchedule, data);

    MultiLayerNetwork byHand = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(byHand);
    fit(byHand, data.subList(0, 4));
    byHand.setLearningRate(5e-3);
    fit(byHand, data.subList(4, 7));
    byHand.setLearningRate(1e-4);
    fit(byHand, data.subList(7, 9));
    assertThat(parameters(byHand)).isEqualTo(parameters(bySchedule));
    assertThat(byHand.getLearningRate(0)).isEqualTo(1e-4);
  }

  /** As schedules may. A network that stands still is saved and restored like any other. */
  @Test
  void theRateCanBeSetToZeroAndBack() {
    for (AdaFisher updater : List.of(adaFisher(), AdaFisher.centred(), AdaFisher.spectral())) {
      MultiLayerNetwork net = TestNetworks.mlp(updater);
      AdaFisher.attach(net);
      fit(net, batches(2));
      double[] before = parameters(net);
      net.setLearningRate(0);
      fit(net, batches(4));
      assertThat(parameters(net)).isEqualTo(before);
      MultiLayerNetwork copy = net.clone();
      AdaFisher.attach(copy);
      fit(copy, batches(1));
      assertThat(parameters(copy)).isEqualTo(before);
      net.setLearningRate(1e-3);
      fit(net, batches(1));
      assertThat(parameters(net)).isNotEqualTo(before);
    }
  }

  @Test
  void theRateOfOneLayerCanBeSet() {
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(net);
    fit(net, batches(4));
    MultiLayerNetwork same = net.clone();
    AdaFisher.attach(same);
    net.setLearningRate(1, 2e-3);
    fit(net, batches(1));
    fit(same, batches(1));
    assertThat(net.getLayer(0).params()).isEqualTo(same.getLayer(0).params());
    assertThat(net.getLayer(1).params()).isNotEqualTo(same.getLayer(1).params());
  }

  @Test
  void aRateOfZeroMovesNothingButTheMomentum() {
    MultiLayerNetwork net = TestNetworks.mlp(new AdaFisher(new CosineSchedule(0.01, 2)));
    AdaFisher.attach(net);
    fit(net, batches(2));
    double[] before = parameters(net);
    double[] state = TestNetworks.state(net);
    fit(net, batches(2));
    assertThat(parameters(net)).isEqualTo(before);
    assertThat(TestNetworks.state(net)).isNotEqualTo(state).doesNotContain(Double.NaN);
  }

  @Test
  void layersMayHaveOtherUpdaters() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, adaFisher())
                .list()
                .layer(new DenseLayer.Builder().nOut(5).build())
                .layer(new DenseLayer.Builder().nOut(5).updater(new Adam(1e-2)).build())
                .layer(new DenseLayer.Builder().nOut(4).updater(new NoOp()).build())
                .layer(TestNetworks.softmax())
                .setInputType(InputType.feedForward(TestNetworks.INPUTS))
                .build());
    net.init();
    AdaFisherListener listener = AdaFisher.attach(net);
    double[] adam = net.getLayer(1).params().toDoubleVector();
    double score = net.score(batches(1).get(0));
    fit(net, batches(1));
    double[] moved = net.getLayer(1).params().toDoubleVector();
    for (int i = 0; i < adam.length; i++) {
      assertThat(Math.abs(adam[i] - moved[i])).isCloseTo(1e-2, within(1e-4)); // Adam's first step
    }
    assertThat(listener.factors(net)).containsOnlyKeys("layer0", "layer3");
    assertThat(net.score(batches(1).get(0))).isLessThan(score);
  }

  @Test
  void aBiasUpdaterHasItsOwnRateAndTheSameFactors() {
    MultiLayerNetwork one = TestNetworks.mlp(adaFisher());
    MultiLayerNetwork two =
        TestNetworks.mlp(
            adaFisher(),
            b ->
                b.biasUpdater(AdaFisher.builder().learningRate(2 * LR).refreshInterval(3).build()));
    double[] plain = step(one);
    double[] doubled = step(two);
    for (int i = 0; i < layer0Weights() + 5; i++) {
      double factor = i < layer0Weights() ? 1 : 2;
      assertThat(doubled[i]).isCloseTo(factor * plain[i], within(1e-15));
    }
    assertThat(AdaFisher.attach(two).factors(two).get("layer0").inputFactor())
        .isEqualTo(AdaFisher.attach(one).factors(one).get("layer0").inputFactor());
  }

  @Test
  void oneUpdaterObjectMayServeSeveralLayers() {
    AdaFisher shared = adaFisher();
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, new Adam())
                .list()
                .layer(new DenseLayer.Builder().nOut(5).updater(shared).build())
                .layer(new DenseLayer.Builder().nOut(4).updater(shared).build())
                .layer(
                    new org.deeplearning4j.nn.conf.layers.OutputLayer.Builder()
                        .nOut(TestNetworks.CLASSES)
                        .activation(org.nd4j.linalg.activations.Activation.SOFTMAX)
                        .updater(shared)
                        .build())
                .setInputType(InputType.feedForward(TestNetworks.INPUTS))
                .build());
    net.init();
    AdaFisher.attach(net);
    MultiLayerNetwork own = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(own);
    fit(net, batches(5));
    fit(own, batches(5));
    assertThat(parameters(net)).isEqualTo(parameters(own));
  }

  @Test
  void workspacesChangeNothing() {
    List<DataSet> data = TestNetworks.images(8, DataType.DOUBLE);
    double[][] results = new double[2][];
    for (WorkspaceMode mode : List.of(WorkspaceMode.ENABLED, WorkspaceMode.NONE)) {
      MultiLayerNetwork net = TestNetworks.cnn(DataType.DOUBLE, adaFisher());
      net.getLayerWiseConfigurations().setTrainingWorkspaceMode(mode);
      AdaFisher.attach(net);
      fit(net, data);
      results[mode == WorkspaceMode.ENABLED ? 0 : 1] = parameters(net);
    }
    assertThat(results[0]).isEqualTo(results[1]);
  }

  @Test
  void aGraphTrainsLikeTheStackItIs() {
    MultiLayerNetwork stack = TestNetworks.mlp(adaFisher(), b -> b.weightDecay(0.01, true));
    ComputationGraphConfiguration conf =
        TestNetworks.global(DataType.DOUBLE, adaFisher())
            .weightDecay(0.01, true)
            .graphBuilder()
            .addInputs("in")
            .addLayer("first", new DenseLayer.Builder().nOut(5).build(), "in")
            .addLayer("second", new DenseLayer.Builder().nOut(4).build(), "first")
            .addLayer("out", TestNetworks.softmax(), "second")
            .setOutputs("out")
            .setInputTypes(InputType.feedForward(TestNetworks.INPUTS))
            .build();
    ComputationGraph graph = new ComputationGraph(conf);
    graph.init();
    graph.setParams(stack.params().dup());
    AdaFisher.attach(stack);
    AdaFisher.attach(graph);
    fit(stack, batches(10));
    fit(graph, batches(10));
    assertThat(parameters(graph)).isEqualTo(parameters(stack));
    assertThat(AdaFisher.attach(graph).factors(graph)).containsOnlyKeys("first", "second", "out");
  }

  @Test
  void aSummedLossIsNotDivided() {
    MultiLayerNetwork mean = TestNetworks.mlp(adaFisher());
    MultiLayerNetwork sum = TestNetworks.mlp(adaFisher(), b -> b.miniBatch(false));
    double[] ofMean = firstGradient(mean);
    double[] ofSum = firstGradient(sum);
    for (int i = 0; i < layer0Weights(); i++) {
      assertThat(ofSum[i]).isCloseTo(TestNetworks.BATCH * ofMean[i], within(1e-12));
    }
    // S is normalised by its range + 1e-6, so the scale of s shows in it, slightly.
    assertThat(AdaFisher.attach(sum).factors(sum).get("layer0").gradientFactor())
        .isNotEqualTo(AdaFisher.attach(mean).factors(mean).get("layer0").gradientFactor());
  }

  @Test
  void thePlaceboIsMomentumWithTheSameWarmUp() {
    MultiLayerNetwork net =
        TestNetworks.mlp(AdaFisher.builder().refreshInterval(2).formulation(new Placebo()).build());
    AdaFisher.attach(net);
    Layer layer = net.getLayer(0);
    double factor = 1;
    for (int t = 1; t <= 5; t++) {
      if (t % 2 == 1) {
        factor *= 0.08;
      }
      double[] before = layer.params().toDoubleVector();
      fit(net, batches(1));
      double[] after = layer.params().toDoubleVector();
      double[] m = net.getUpdater().getStateViewArray().toDoubleVector();
      double rate = LR / (1 - Math.pow(0.9, t)) / (factor * factor + 1e-3);
      for (int i = 0; i < before.length; i++) {
        assertThat(before[i] - after[i]).isCloseTo(rate * m[i], within(1e-12));
      }
    }
  }
}
