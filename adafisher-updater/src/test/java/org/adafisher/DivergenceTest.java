package org.adafisher;

import static org.adafisher.TestNetworks.BATCH;
import static org.adafisher.TestNetworks.INPUTS;
import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Training that diverges is said so, once, when it does. */
class DivergenceTest {

  static Stream<AdaFisher> formulations() {
    return Stream.of(
        new AdaFisher(1e-3),
        new AdaFisher(1e-3, new Paper()),
        new AdaFisher(1e-3, new Placebo()),
        new AdaFisher(1e5, new Centred()),
        new AdaFisher(1e5, new Spectral()));
  }

  /** A regression on targets in raw units. */
  private static Model regression(AdaFisher updater, boolean asGraph) {
    var builder = TestNetworks.global(DataType.FLOAT, updater);
    DenseLayer hidden =
        new DenseLayer.Builder().nOut(8).activation(Activation.RELU).name("hidden").build();
    OutputLayer out =
        new OutputLayer.Builder(LossFunction.MSE)
            .nOut(1)
            .activation(Activation.IDENTITY)
            .name("out")
            .build();
    if (!asGraph) {
      MultiLayerNetwork net =
          new MultiLayerNetwork(
              builder.list(hidden, out).setInputType(InputType.feedForward(INPUTS)).build());
      net.init();
      return net;
    }
    ComputationGraph graph =
        new ComputationGraph(
            builder
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(INPUTS))
                .addLayer("hidden", hidden, "in")
                .addLayer("out", out, "hidden")
                .setOutputs("out")
                .build());
    graph.init();
    return graph;
  }

  private static List<DataSet> rawUnits(int count) {
    Random random = new Random(5);
    List<DataSet> result = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      INDArray features = TestNetworks.random(random, DataType.FLOAT, BATCH, INPUTS);
      result.add(new DataSet(features.mul(30), features.sum(true, 1).muli(500).addi(2000)));
    }
    return result;
  }

  /** What was said, and after which step; all of it in sentences. */
  private static List<String> said(Model net, List<DataSet> data, List<Integer> steps) {
    List<String> result = new ArrayList<>();
    for (int step = 0; step < data.size(); step++) {
      List<DataSet> batch = data.subList(step, step + 1);
      List<String> now = TestNetworks.said(Divergence.class, () -> fit(net, batch));
      now.forEach(line -> assertThat(line).endsWith(".").doesNotContain(". "));
      if (!now.isEmpty()) {
        steps.add(step);
      }
      result.addAll(now);
    }
    return result;
  }

  @ParameterizedTest
  @MethodSource("formulations")
  void aRegressionInRawUnits(AdaFisher updater) {
    for (boolean asGraph : new boolean[] {false, true}) {
      Model net = regression(updater.clone(), asGraph);
      AdaFisher.attach(net);
      List<Double> losses = new ArrayList<>();
      List<Integer> steps = new ArrayList<>();
      List<String> log = new ArrayList<>();
      for (DataSet batch : rawUnits(130)) {
        int before = steps.size();
        log.addAll(said(net, List.of(batch), steps));
        losses.add(net.score());
        if (steps.size() > before) {
          steps.set(before, losses.size() - 1);
        }
      }
      assertThat(log).hasSize(1);
      int first = steps.get(0);
      double begin = Math.max(losses.get(0), losses.get(1));
      boolean byLoss =
          !Double.isFinite(losses.get(first)) || losses.get(first) > 1000 * losses.get(0);
      assertThat(byLoss || log.get(0).contains("momentum")).isTrue();
      assertThat(losses.subList(2, Math.max(2, first)))
          .allMatch(loss -> Double.isFinite(loss) && loss <= 1000 * begin);
      assertThat(log.get(0))
          .contains("iteration " + first)
          .containsPattern("layer '(hidden|out)'|every layer")
          .contains("lower the learning rate");
      if (updater.getFormulation() instanceof Centred) {
        assertThat(log.get(0)).contains("100000.0", "0.015 to 0.15");
      } else if (updater.getFormulation() instanceof Spectral) {
        assertThat(log.get(0)).contains("100000.0", "0.02 to 0.1");
      } else {
        assertThat(log.get(0))
            .contains("0.001 acts here like momentum SGD of rate 1.00", "centred()");
      }
    }
  }

  @Test
  void trainingThatConvergesIsNoNews() {
    for (AdaFisher updater :
        List.of(
            new AdaFisher(1e-3),
            AdaFisher.centred(),
            AdaFisher.spectral(),
            new AdaFisher(1e-3, new Placebo()))) {
      MultiLayerNetwork net = TestNetworks.mlp(updater);
      AdaFisher.attach(net);
      List<DataSet> few = batches(2);
      List<DataSet> data = new ArrayList<>();
      for (int i = 0; i < 150; i++) {
        data.addAll(few);
      }
      List<Integer> steps = new ArrayList<>();
      assertThat(said(net, data, steps)).isEmpty();
      assertThat(net.score(few.get(0))).isLessThan(0.5); // and it did train
    }
  }

  /** The momentum alone, which is looked at where factors are refreshed. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aMomentumThatGrowsOrBreaks(boolean breaks) {
    MultiLayerNetwork net = TestNetworks.mlp(TestNetworks.adaFisher());
    AdaFisher.attach(net);
    List<Integer> steps = new ArrayList<>();
    assertThat(said(net, batches(3), steps)).isEmpty();
    var block = Network.of(net).updaterBlocks().get(1); // of layer1
    block.getUpdaterView().get(NDArrayIndex.interval(0, 24)).assign(breaks ? Double.NaN : 1e4);
    List<String> log = said(net, batches(1), steps); // the fourth step refreshes
    assertThat(log).hasSize(1);
    assertThat(log.get(0)).contains("iteration 3", "momentum", "layer 'layer1'");
  }

  @Test
  void aMinibatchThatHoldsNaN() {
    MultiLayerNetwork net = TestNetworks.mlp(new AdaFisher(1e-3));
    AdaFisher.attach(net);
    List<DataSet> data = batches(6);
    data.get(4).getFeatures().putScalar(0, 0, Double.NaN);
    List<Integer> steps = new ArrayList<>();
    List<String> log = said(net, data, steps);
    assertThat(steps).containsExactly(4);
    assertThat(log).hasSize(1);
    assertThat(log.get(0)).contains("the loss is NaN", "unless the minibatch itself holds");
  }
}
