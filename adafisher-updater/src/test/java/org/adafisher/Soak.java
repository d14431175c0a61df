package org.adafisher;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Trains for thousands of iterations and sees that memory does not grow: {@code mvn -q -DskipTests
 * -Psoak package}, some minutes. Both network classes, convolutions and recurrent layers, Released,
 * Centred and Spectral, statistics in every step; and now and then a pass that throws, and a clone
 * that trains under the same listener and is forgotten.
 */
public final class Soak {

  private static final int ITERATIONS = 3000;
  private static final int LOOKS = 6;
  private static final int EXIT_GREW = 1;

  /** From one look to the next there is more noise than leak: it is the last that counts. */
  private static final long MOST_HEAP = 256 << 10;

  private static final long MOST_BUFFERS = 20;
  private static final long MOST_OFF_HEAP = 256 << 10;

  private static final int STEPS = 7;

  private final int iterations;
  private final int looks;
  private final PrintStream out;
  private final List<Subject> subjects = new ArrayList<>();

  /**
   * @param iterations of each network
   * @param looks how often to measure
   * @param out told of each measurement
   */
  Soak(int iterations, int looks, PrintStream out) {
    this.iterations = iterations;
    this.looks = looks;
    this.out = out;
    for (Formulation formulation : List.of(new Released(), new Centred(), new Spectral())) {
      subjects.add(new Subject(convolutions(formulation), image(), wrong(image())));
      subjects.add(new Subject(recurrent(formulation), series(), wrong(series())));
      subjects.add(new Subject(graph(formulation), both(), wrong(both())));
    }
  }

  /**
   * @param args none, or the number of iterations of each network
   */
  public static void main(String[] args) {
    int iterations = args.length == 0 ? ITERATIONS : Integer.parseInt(args[0]);
    Optional<String> complaint = new Soak(iterations, LOOKS, System.out).run();
    System.out.println(complaint.orElse("Nothing grew."));
    System.exit(complaint.isPresent() ? EXIT_GREW : 0);
  }

  /**
   * @return what grew, in one sentence; empty if nothing did
   */
  Optional<String> run() {
    int each = iterations / looks;
    MemoryUse first = null;
    MemoryUse last = null;
    for (int look = 1; look <= looks; look++) {
      for (Subject subject : subjects) {
        subject.train(each);
      }
      last = MemoryUse.now(() -> subjects.forEach(Subject::forgetClones));
      out.printf("after %,6d iterations of each network: %s%n", look * each, last);
      if (!last.open().isEmpty()) {
        return Optional.of("Workspaces are open between two fits: " + last.open() + ".");
      }
      // The first part is where caches fill and classes are loaded.
      first = first == null ? last : first;
    }
    return complaint(first, last, (looks - 1) * each);
  }

  static Optional<String> complaint(MemoryUse first, MemoryUse last, int iterations) {
    List<String> grown = new ArrayList<>();
    if (last.heap() - first.heap() > MOST_HEAP) {
      grown.add("the heap by %,d bytes".formatted(last.heap() - first.heap()));
    }
    if (last.buffers() - first.buffers() > MOST_BUFFERS) {
      grown.add("the arrays by %,d".formatted(last.buffers() - first.buffers()));
    }
    if (last.offHeap() - first.offHeap() > MOST_OFF_HEAP) {
      grown.add("off-heap memory by %,d bytes".formatted(last.offHeap() - first.offHeap()));
    }
    if (!first.workspaces().containsAll(last.workspaces())) {
      List<String> added = new ArrayList<>(last.workspaces());
      added.removeAll(first.workspaces());
      grown.add("the workspaces by " + added);
    }
    return grown.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "In %,d iterations of each network grew %s."
                .formatted(iterations, String.join(", ", grown)));
  }

  /** A network, what it trains on, and what it throws on. */
  private record Subject(
      Model net,
      AdaFisherListener listener,
      org.nd4j.linalg.dataset.api.MultiDataSet data,
      org.nd4j.linalg.dataset.api.MultiDataSet wrong) {

    private static final int FAILURES_EVERY = 100;
    private static final int READS_TO_FORGET = 64;

    Subject(
        Model net,
        org.nd4j.linalg.dataset.api.MultiDataSet data,
        org.nd4j.linalg.dataset.api.MultiDataSet wrong) {
      this(net, AdaFisher.attach(net), data, wrong);
    }

    void train(int count) {
      for (int i = 0; i < count; i++) {
        ((NeuralNetwork) net).fit(data);
        if (i % FAILURES_EVERY == 0) {
          fail();
          listener.factors(net);
          Model clone = clone(net);
          clone.addListeners(listener);
          ((NeuralNetwork) clone).fit(data);
        }
      }
    }

    /** A listener's map lets go of networks that are gone once in so many reads. */
    private void forgetClones() {
      for (int i = 0; i < READS_TO_FORGET; i++) {
        listener.parametersWithoutFactors(net);
      }
    }

    private void fail() {
      try {
        ((NeuralNetwork) net).fit(wrong);
      } catch (RuntimeException expected) {
        return;
      }
      throw new IllegalStateException("The network took labels of another shape.");
    }

    private static Model clone(Model net) {
      return net instanceof MultiLayerNetwork stack
          ? stack.clone()
          : ((ComputationGraph) net).clone();
    }
  }

  private static AdaFisher updater(Formulation formulation) {
    return AdaFisher.builder().formulation(formulation).refreshInterval(1).build();
  }

  private static MultiLayerNetwork convolutions(Formulation formulation) {
    return TestNetworks.cnn(DataType.FLOAT, updater(formulation));
  }

  /** Two passes, and updates, for each minibatch. */
  private static MultiLayerNetwork recurrent(Formulation formulation) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            TestNetworks.global(DataType.FLOAT, updater(formulation))
                .list()
                .layer(new LSTM.Builder().nOut(4).build())
                .layer(
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(TestNetworks.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTLength(4)
                .setInputType(InputType.recurrent(TestNetworks.INPUTS, STEPS))
                .build());
    net.init();
    return net;
  }

  /** An image and a time series. */
  private static ComputationGraph graph(Formulation formulation) {
    ComputationGraph net =
        new ComputationGraph(
            TestNetworks.global(DataType.FLOAT, updater(formulation))
                .graphBuilder()
                .addInputs("image", "series")
                .addLayer("conv", new ConvolutionLayer.Builder(3, 3).nOut(4).build(), "image")
                .addLayer("norm", new BatchNormalization(), "conv")
                .addLayer("dense", new DenseLayer.Builder().nOut(5).build(), "norm")
                .addLayer("lstm", new LastTimeStep(new LSTM.Builder().nOut(4).build()), "series")
                .addVertex("both", new MergeVertex(), "dense", "lstm")
                .addLayer("class", TestNetworks.softmax(), "both")
                .setOutputs("class")
                .setInputTypes(
                    InputType.convolutional(5, 5, 1),
                    InputType.recurrent(TestNetworks.INPUTS, STEPS))
                .build());
    net.init();
    return net;
  }

  private static MultiDataSet image() {
    DataSet images = TestNetworks.images(1, DataType.FLOAT).get(0);
    return new MultiDataSet(images.getFeatures(), images.getLabels());
  }

  private static MultiDataSet series() {
    Random random = new Random(5);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, TestNetworks.BATCH, TestNetworks.CLASSES, STEPS);
    for (int row = 0; row < TestNetworks.BATCH; row++) {
      for (int t = 0; t < STEPS; t++) {
        labels.putScalar(row, random.nextInt(TestNetworks.CLASSES), t, 1);
      }
    }
    return new MultiDataSet(
        TestNetworks.random(random, DataType.FLOAT, TestNetworks.BATCH, TestNetworks.INPUTS, STEPS),
        labels);
  }

  private static MultiDataSet both() {
    MultiDataSet image = image();
    return new MultiDataSet(
        new INDArray[] {image.getFeatures(0), series().getFeatures(0)},
        new INDArray[] {image.getLabels(0)});
  }

  /** Labels with a class too many. */
  private static MultiDataSet wrong(MultiDataSet data) {
    long[] shape = data.getLabels(0).shape();
    shape[1]++;
    return new MultiDataSet(data.getFeatures(), new INDArray[] {Nd4j.zeros(DataType.FLOAT, shape)});
  }
}
