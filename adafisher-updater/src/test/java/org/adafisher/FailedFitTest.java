package org.adafisher;

import static org.adafisher.TestNetworks.adaFisher;
import static org.adafisher.TestNetworks.batches;
import static org.adafisher.TestNetworks.fit;
import static org.adafisher.TestNetworks.parameters;
import static org.adafisher.TestNetworks.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A fit that ends early leaves the network as its last finished step did, and training goes on as
 * if the step that failed had never begun.
 */
class FailedFitTest {

  private static final int BEFORE = 4;
  private static final int ALL = 9;

  private enum Kind {
    STACK,
    GRAPH
  }

  /** Where a step fails. */
  private enum Place {
    FORWARD_PASS,
    BACKWARD_PASS,
    LOSS,
    LISTENER_AFTER_FORWARD,
    LISTENER_AFTER_BACKWARD,
    LISTENER_BEFORE_UPDATE,
    LISTENER_AFTER_UPDATE
  }

  @ParameterizedTest
  @CsvSource({
    "STACK, 3",
    "STACK, 4",
    "GRAPH, 3",
    "GRAPH, 4", // the step that fails, with and without taps
  })
  void aStepThatThrowsWasNeverBegun(Kind kind, int before) {
    List<DataSet> data = batches(ALL);
    for (Place place : Place.values()) {
      Moody moody = new Moody();
      Model net = net(kind, moody);
      AdaFisherListener listener = AdaFisher.attach(net);
      net.addListeners(moody.listener());
      fit(net, data.subList(0, before));
      double[] parameters = parameters(net);
      double[] state = state(net);
      String json = json(net);

      assertThatThrownBy(() -> failingFit(net, moody, place, data.get(before)))
          .as(place.name())
          .isInstanceOf(RuntimeException.class);

      assertThat(Nd4j.getWorkspaceManager().anyWorkspaceActiveForCurrentThread()).isFalse();
      assertThat(json(net)).as(place.name()).isEqualTo(json);
      boolean stepIsDone = place == Place.LISTENER_AFTER_UPDATE;
      if (!stepIsDone) {
        assertThat(parameters(net)).as(place.name()).isEqualTo(parameters);
        assertThat(state(net)).as(place.name()).isEqualTo(state);
      }
      assertThat(AdaFisher.attach(net)).isSameAs(listener);
      assertNoTaps(net);
      fit(net, data.subList(stepIsDone ? before + 1 : before, ALL));
      assertNoTaps(net);

      Model undisturbed = net(kind, new Moody());
      AdaFisher.attach(undisturbed);
      fit(undisturbed, data);
      assertThat(parameters(net)).as(place.name()).isEqualTo(parameters(undisturbed));
      assertThat(state(net)).as(place.name()).isEqualTo(state(undisturbed));
    }
  }

  private static void failingFit(Model net, Moody moody, Place place, DataSet batch) {
    moody.place = place;
    try {
      DataSet wrong =
          place == Place.LOSS
              ? new DataSet(batch.getFeatures(), Nd4j.zeros(DataType.DOUBLE, 8, 7))
              : batch;
      fit(net, List.of(wrong));
    } finally {
      moody.place = null;
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void anIteratorThatThrowsEndsTheFitAfterAStep(Kind kind) {
    List<DataSet> data = batches(ALL);
    Model net = net(kind, new Moody());
    AdaFisher.attach(net);
    assertThatThrownBy(() -> fitPass(net, new Fetched(data, BEFORE)))
        .isInstanceOf(RuntimeException.class)
        .hasMessageContaining("no more today");
    // DL4J fetches ahead in another thread, so that it may give up before it has used them all.
    int done = iterations(net);
    assertThat(done).isLessThanOrEqualTo(BEFORE);
    fit(net, data.subList(done, ALL));
    assertUndisturbed(net, kind, data);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void anInterruptEndsTheFitAfterAStep(Kind kind) throws InterruptedException {
    List<DataSet> data = batches(ALL);
    Model net = net(kind, new Moody());
    AdaFisher.attach(net);
    CountDownLatch some = new CountDownLatch(25);
    net.addListeners(
        new BaseTrainingListener() {
          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            some.countDown();
          }
        });
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread training =
        new Thread(
            () -> {
              try {
                DataSetIterator iterator = new Fetched(data, Integer.MAX_VALUE);
                for (int epoch = 0; epoch < 1_000_000; epoch++) {
                  fitPass(net, iterator);
                }
              } catch (RuntimeException e) {
                thrown.set(e);
              }
            });
    training.start();
    some.await();
    training.interrupt();
    training.join();
    assertThat(thrown.get()).hasRootCauseInstanceOf(InterruptedException.class);

    int done = iterations(net);
    assertThat(done).isGreaterThanOrEqualTo(25);
    List<DataSet> endless = new ArrayList<>();
    while (endless.size() < done + 5) {
      endless.addAll(data);
    }
    fit(net, endless.subList(done, done + 5)); // in another thread than before
    assertUndisturbed(net, kind, endless.subList(0, done + 5));
  }

  /** Without an iterator that fetches ahead, DL4J looks at no interrupt: the step is done. */
  @Test
  void aThreadThatIsInterruptedFinishesItsStep() {
    List<DataSet> data = batches(ALL);
    Model net = net(Kind.STACK, new Moody());
    AdaFisher.attach(net);
    for (DataSet batch : data) {
      Thread.currentThread().interrupt();
      fit(net, List.of(batch));
      assertThat(Thread.interrupted()).isTrue();
    }
    assertUndisturbed(net, Kind.STACK, data);
  }

  private static void assertUndisturbed(Model net, Kind kind, List<DataSet> data) {
    Model undisturbed = net(kind, new Moody());
    AdaFisher.attach(undisturbed);
    fit(undisturbed, data);
    assertThat(parameters(net)).isEqualTo(parameters(undisturbed));
    assertThat(state(net)).isEqualTo(state(undisturbed));
    assertNoTaps(net);
  }

  private static void fitPass(Model net, DataSetIterator iterator) {
    if (net instanceof MultiLayerNetwork stack) {
      stack.fit(iterator);
    } else {
      ((ComputationGraph) net).fit(iterator);
    }
  }

  private static int iterations(Model net) {
    return net instanceof MultiLayerNetwork stack
        ? stack.getIterationCount()
        : ((ComputationGraph) net).getIterationCount();
  }

  private static String json(Model net) {
    String json =
        net instanceof MultiLayerNetwork stack
            ? stack.getLayerWiseConfigurations().toJson()
            : ((ComputationGraph) net).getConfiguration().toJson();
    return json.replaceAll("\"(iterationCount|epochCount)\" : \\d+", "");
  }

  private static void assertNoTaps(Model net) {
    Layer[] layers =
        net instanceof MultiLayerNetwork stack
            ? stack.getLayers()
            : ((ComputationGraph) net).getLayers();
    for (Layer layer : layers) {
      assertThat(layer.conf().getLayer().toString()).doesNotContain("Tap");
    }
  }

  private static Model net(Kind kind, Moody moody) {
    DenseLayer second = new DenseLayer.Builder().nOut(4).dropOut(moody).build();
    if (kind == Kind.STACK) {
      MultiLayerNetwork net =
          new MultiLayerNetwork(
              TestNetworks.global(DataType.DOUBLE, adaFisher())
                  .list()
                  .layer(new DenseLayer.Builder().nOut(5).build())
                  .layer(second)
                  .layer(TestNetworks.softmax())
                  .setInputType(InputType.feedForward(TestNetworks.INPUTS))
                  .build());
      net.init();
      return net;
    }
    ComputationGraph net =
        new ComputationGraph(
            TestNetworks.global(DataType.DOUBLE, adaFisher())
                .graphBuilder()
                .addInputs("in")
                .addLayer("first", new DenseLayer.Builder().nOut(5).build(), "in")
                .addLayer("second", second, "first")
                .addLayer("out", TestNetworks.softmax(), "second")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(TestNetworks.INPUTS))
                .build());
    net.init();
    return net;
  }

  /** Drops nothing, and throws where it is told to: its layer is none that could know. */
  @SuppressWarnings("serial")
  private static final class Moody implements IDropout {

    private Place place;

    private void at(Place here) {
      if (place == here) {
        throw new IllegalStateException("not today: " + here);
      }
    }

    @Override
    public INDArray applyDropout(
        INDArray input, INDArray result, int iteration, int epoch, LayerWorkspaceMgr workspaces) {
      at(Place.FORWARD_PASS);
      return result.assign(input);
    }

    @Override
    public INDArray backprop(INDArray gradient, INDArray result, int iteration, int epoch) {
      at(Place.BACKWARD_PASS);
      return result.assign(gradient);
    }

    @Override
    public void clear() {}

    @Override
    public Moody clone() {
      return this;
    }

    private BaseTrainingListener listener() {
      return new BaseTrainingListener() {
        @Override
        public void onForwardPass(Model model, List<INDArray> activations) {
          at(Place.LISTENER_AFTER_FORWARD);
        }

        @Override
        public void onForwardPass(Model model, Map<String, INDArray> activations) {
          at(Place.LISTENER_AFTER_FORWARD);
        }

        @Override
        public void onBackwardPass(Model model) {
          at(Place.LISTENER_AFTER_BACKWARD);
        }

        @Override
        public void onGradientCalculation(Model model) {
          at(Place.LISTENER_BEFORE_UPDATE);
        }

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
          at(Place.LISTENER_AFTER_UPDATE);
        }
      };
    }
  }

  /** Fetched ahead by DL4J in a thread of its own; may throw in place of a batch. */
  @SuppressWarnings("serial")
  private static final class Fetched extends ListDataSetIterator<DataSet> {

    private final int good;
    private int given;

    private Fetched(List<DataSet> data, int good) {
      super(data, 1);
      this.good = good;
    }

    @Override
    public boolean asyncSupported() {
      return true;
    }

    @Override
    public DataSet next() {
      if (given++ == good) {
        throw new IllegalStateException("no more today");
      }
      return super.next();
    }
  }
}
