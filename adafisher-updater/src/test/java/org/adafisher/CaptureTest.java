package org.adafisher;

import static org.adafisher.TestNetworks.adaFisher;
import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.adafisher.TestNetworks.images;
import static org.adafisher.TestNetworks.parameters;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** The taps leave no trace. */
class CaptureTest {

  @Test
  void theConfigurationIsTheSameBeforeAndAfterTraining() {
    MultiLayerNetwork net = TestNetworks.cnn(DataType.DOUBLE, adaFisher());
    AdaFisher.attach(net);
    String before = withoutCounters(net.getLayerWiseConfigurations().toJson());
    fit(net, images(7, DataType.DOUBLE));
    assertThat(withoutCounters(net.getLayerWiseConfigurations().toJson())).isEqualTo(before);
    assertNoTaps(net);

    ComputationGraph graph = TestNetworks.graph(adaFisher());
    AdaFisher.attach(graph);
    before = withoutCounters(graph.getConfiguration().toJson());
    TestNetworks.fitMulti(graph, TestNetworks.multiBatches(7));
    assertThat(withoutCounters(graph.getConfiguration().toJson())).isEqualTo(before);
    for (Layer layer : graph.getLayers()) {
      assertThat(layer.conf().getLayer().toString()).doesNotContain("Tap");
    }
  }

  private static String withoutCounters(String json) {
    return json.replaceAll("\"(iterationCount|epochCount)\" : \\d+", "");
  }

  private static void assertNoTaps(MultiLayerNetwork net) {
    for (int i = 0; i < net.getLayers().length; i++) {
      assertThat(net.getLayer(i).conf()).isSameAs(net.getLayerWiseConfigurations().getConf(i));
    }
  }

  @Test
  void aPassThatThrowsLeavesTheNetworkAsItWas() {
    Moody moody = new Moody();
    List<DataSet> data = batches(8);
    MultiLayerNetwork net = withActivation(moody);
    AdaFisher.attach(net);
    fit(net, data.subList(0, 3));
    double[] parameters = parameters(net);
    double[] state = TestNetworks.state(net);
    String json = net.getLayerWiseConfigurations().toJson();

    moody.throwing = true;
    assertThatThrownBy(() -> net.fit(data.get(3))).hasMessage("not today");
    moody.throwing = false;
    DataSet wrongLabels = new DataSet(data.get(3).getFeatures(), Nd4j.zeros(DataType.DOUBLE, 8, 7));
    assertThatThrownBy(() -> net.fit(wrongLabels)).isInstanceOf(RuntimeException.class);

    assertThat(parameters(net)).isEqualTo(parameters);
    assertThat(TestNetworks.state(net)).isEqualTo(state);
    assertThat(net.getLayerWiseConfigurations().toJson()).isEqualTo(json);
    assertNoTaps(net);
    fit(net, data.subList(3, 8));

    MultiLayerNetwork undisturbed = withActivation(new Moody());
    AdaFisher.attach(undisturbed);
    fit(undisturbed, data);
    assertThat(parameters(net)).isEqualTo(parameters(undisturbed));
  }

  private static MultiLayerNetwork withActivation(Moody moody) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.DOUBLE, adaFisher())
                .list()
                .layer(new DenseLayer.Builder().nOut(5).build())
                .layer(new DenseLayer.Builder().nOut(4).activation(moody).build())
                .layer(TestNetworks.softmax())
                .setInputType(InputType.feedForward(TestNetworks.INPUTS))
                .build());
    net.init();
    return net;
  }

  /** Fails in the backward pass when told to. */
  @SuppressWarnings("serial")
  private static final class Moody extends ActivationTanH {

    private boolean throwing;

    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
      if (throwing) {
        throw new IllegalStateException("not today");
      }
      return super.backprop(in, epsilon);
    }
  }

  @Test
  void computingGradientsWithoutAnUpdateChangesNothing() {
    List<DataSet> data = batches(6);
    MultiLayerNetwork net = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(net);
    MultiLayerNetwork asked = TestNetworks.mlp(adaFisher());
    AdaFisher.attach(asked);
    for (DataSet batch : data) {
      asked.setInput(batch.getFeatures());
      asked.setLabels(batch.getLabels());
      asked.computeGradientAndScore();
      asked.calculateGradients(batch.getFeatures(), batch.getLabels(), null, null);
      fit(net, List.of(batch));
      fit(asked, List.of(batch));
    }
    assertThat(parameters(asked)).isEqualTo(parameters(net));
    assertNoTaps(asked);
  }

  /** Two networks of one configuration object, which they share, trained in two threads. */
  @Test
  void threadsDoNotDisturbEachOther() throws Exception {
    List<DataSet> data = batches(60);
    List<DataSet> other = data.subList(30, 60);
    List<DataSet> one = data.subList(0, 30);
    double[] oneAlone = trained(TestNetworks.mlpConf(adaFisher(), b -> b), one);
    double[] otherAlone = trained(TestNetworks.mlpConf(adaFisher(), b -> b), other);

    MultiLayerConfiguration shared = TestNetworks.mlpConf(adaFisher(), b -> b);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Callable<double[]>> runs =
          List.of(() -> trained(shared, one), () -> trained(shared, other));
      List<Future<double[]>> results = threads.invokeAll(runs);
      assertThat(results.get(0).get()).isEqualTo(oneAlone);
      assertThat(results.get(1).get()).isEqualTo(otherAlone);
    } finally {
      threads.shutdownNow();
    }
  }

  private static double[] trained(MultiLayerConfiguration conf, List<DataSet> data) {
    MultiLayerNetwork net = new MultiLayerNetwork(conf);
    net.init();
    AdaFisher.attach(net);
    fit(net, data);
    return parameters(net);
  }
}
