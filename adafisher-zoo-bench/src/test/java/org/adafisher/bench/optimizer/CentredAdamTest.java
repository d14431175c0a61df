package org.adafisher.bench.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;

class CentredAdamTest {

  private static final double RATE = 0.03;
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;
  private static final double RHO = 0.8;
  private static final int BURN_IN = 3;
  private static final int INTERVAL = 4;
  private static final int STEPS = 25;
  private static final int ROWS = 4;
  private static final int INPUTS = 5;
  private static final int CLASSES = 3;

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.4})
  void itsStepsAreThoseOfPlainLoops(double weightDecay) {
    MultiLayerNetwork network = network("centred-adam", weightDecay, output(INPUTS));
    Reference reference = new Reference(network, weightDecay);
    Random random = new Random(1);
    for (int t = 0; t < STEPS; t++) {
      double[][] x = new double[ROWS][INPUTS];
      double[][] y = new double[ROWS][CLASSES];
      for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < INPUTS; j++) {
          x[i][j] = (1 + j) * (2 + random.nextGaussian());
        }
        y[i][random.nextInt(CLASSES)] = 1;
      }
      network.fit(new DataSet(Nd4j.createFromArray(x), Nd4j.createFromArray(y)));
      reference.step(x, y);
      for (int k = 0; k < CLASSES; k++) {
        for (int j = 0; j < INPUTS; j++) {
          assertThat(network.getParam("0_W").getDouble(j, k))
              .isCloseTo(reference.w[k][j], within(1e-9));
        }
        assertThat(network.getParam("0_b").getDouble(k)).isCloseTo(reference.b[k], within(1e-9));
      }
    }
  }

  @Test
  void aDenseNetworkDoesNotFeelAShiftOfItsInputs() {
    Layer[] layers = {
      new DenseLayer.Builder().nIn(INPUTS).nOut(7).activation(Activation.TANH).build(), output(7)
    };
    INDArray shift = Nd4j.createFromArray(3.0, -2, 1, 0.5, -1).reshape(1, INPUTS);
    INDArray features = Nd4j.randn(DataType.DOUBLE, 12, INPUTS);

    assertThat(difference("centred-adam", features, shift, null, layers)).isLessThan(1e-7);
    assertThat(difference("adam", features, shift, null, layers)).isGreaterThan(1e-3);
  }

  @Test
  void aConvolutionDoesNotFeelAShiftOfItsChannels() {
    Layer[] layers = {
      new ConvolutionLayer.Builder(3, 2).nOut(4).activation(Activation.TANH).build(), output(0)
    };
    INDArray shift = Nd4j.createFromArray(2.0, -1).reshape(1, 2, 1, 1);
    INDArray features = Nd4j.randn(DataType.DOUBLE, 12, 2, 5, 6);
    InputType input = InputType.convolutional(5, 6, 2);

    assertThat(difference("centred-adam", features, shift, input, layers)).isLessThan(1e-7);
    assertThat(difference("adam", features, shift, input, layers)).isGreaterThan(1e-3);
  }

  @Test
  void withoutABiasItIsAdam() {
    Layer[] layers = {
      new DenseLayer.Builder().nIn(INPUTS).nOut(7).hasBias(false).build(),
      new OutputLayer.Builder(LossFunction.MCXENT)
          .nIn(7)
          .nOut(CLASSES)
          .activation(Activation.SOFTMAX)
          .hasBias(false)
          .build()
    };
    MultiLayerNetwork centred = network("centred-adam", 0.1, layers);
    MultiLayerNetwork plain = network("adam", 0.1, layers);
    DataSet batch = new DataSet(Nd4j.randn(DataType.DOUBLE, 12, INPUTS).addi(2), labels(12));

    for (int t = 0; t < STEPS; t++) {
      centred.fit(batch);
      plain.fit(batch);
    }

    assertThat(centred.params()).isEqualTo(plain.params());
    assertThat(type("centred-adam").ownState(centred)).isEmpty();
  }

  @Test
  void aGraphIsTrainedAsAStackIs() {
    Layer[] layers = {
      new DenseLayer.Builder().nIn(INPUTS).nOut(7).activation(Activation.TANH).build(), output(7)
    };
    MultiLayerNetwork stack = network("centred-adam", 0.1, layers);
    ComputationGraph graph = stack.toComputationGraph();
    type("centred-adam").attach(graph, values("centred-adam", 0.1));
    DataSet batch = new DataSet(Nd4j.randn(DataType.DOUBLE, 12, INPUTS).addi(2), labels(12));

    for (int t = 0; t < STEPS; t++) {
      stack.fit(batch);
      graph.fit(batch);
    }

    assertThat(type("centred-adam").ownState(graph)).hasSize(2);
    assertThat(apart(graph.params(), stack.params())).isLessThan(1e-9);
  }

  @Test
  void aPassWithoutAStepChangesNothing() {
    MultiLayerNetwork network = network("centred-adam", 0, output(INPUTS));
    DataSet batch = new DataSet(Nd4j.randn(DataType.DOUBLE, 12, INPUTS).addi(2), labels(12));
    network.fit(batch);
    double[] state = type("centred-adam").ownState(network).get("layer0");
    INDArray params = network.params().dup();

    network.setInput(batch.getFeatures());
    network.setLabels(batch.getLabels());
    network.computeGradientAndScore();
    network.score(batch);
    network.output(batch.getFeatures());

    assertThat(type("centred-adam").ownState(network).get("layer0")).isEqualTo(state);
    assertThat(state).hasSize(2 + INPUTS).startsWith(1, 1);
    assertThat(network.params()).isEqualTo(params);
  }

  @Test
  void aGradientThatIsClippedIsRefused() {
    MultiLayerNetwork network =
        network(
            "adam",
            0,
            new OutputLayer.Builder(LossFunction.MCXENT)
                .name("last")
                .nIn(INPUTS)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .build());

    assertThatThrownBy(() -> type("centred-adam").attach(network, values("centred-adam", 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "centred-adam cannot train it, since its layer last normalises or clips its gradient"
                + " (ClipL2PerLayer)");
  }

  /**
   * How far the predictions of two networks are apart after training, of which one is the other
   * with all inputs shifted and its first bias changed so that it says the same at first.
   */
  private static double difference(
      String type, INDArray features, INDArray shift, InputType input, Layer... layers) {
    MultiLayerNetwork here = network(type, 0.1, input, layers);
    MultiLayerNetwork there = network(type, 0.1, input, layers);
    INDArray shifted = features.add(shift.broadcast(features.shape()));
    // By W shift, which the first layer says itself.
    INDArray preActivations =
        linear(there).feedForward(shifted).get(1).sub(linear(there).feedForward(features).get(1));
    INDArray bias = there.getParam("0_b");
    bias.subi(units(preActivations).reshape(bias.shape()));
    assertThat(apart(here.output(features), there.output(shifted))).isLessThan(1e-12);
    INDArray labels = labels((int) features.size(0));
    for (int t = 0; t < STEPS; t++) {
      here.fit(new DataSet(features, labels));
      there.fit(new DataSet(shifted, labels));
    }
    return apart(here.output(features), there.output(shifted));
  }

  private static MultiLayerNetwork linear(MultiLayerNetwork network) {
    MultiLayerNetwork copy = network.clone();
    ((BaseLayer) copy.getLayer(0).conf().getLayer())
        .setActivationFn(Activation.IDENTITY.getActivationFunction());
    return copy;
  }

  /** One value for each unit or channel of the first example. */
  private static INDArray units(INDArray activations) {
    INDArray first = activations.tensorAlongDimension(0, allButExamples(activations));
    return first.rank() == 1 ? first : first.mean(1, 2);
  }

  private static int[] allButExamples(INDArray array) {
    return array.rank() == 2 ? new int[] {1} : new int[] {1, 2, 3};
  }

  private static double apart(INDArray a, INDArray b) {
    return a.sub(b).amaxNumber().doubleValue();
  }

  private static INDArray labels(int rows) {
    INDArray labels = Nd4j.zeros(DataType.DOUBLE, rows, CLASSES);
    for (int i = 0; i < rows; i++) {
      labels.putScalar(i, i % CLASSES, 1);
    }
    return labels;
  }

  private static OutputLayer output(int inputs) {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nIn(inputs)
        .nOut(CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static MultiLayerNetwork network(String type, double weightDecay, Layer... layers) {
    return network(type, weightDecay, null, layers);
  }

  private static MultiLayerNetwork network(
      String type, double weightDecay, InputType input, Layer... layers) {
    Map<String, Double> values = values(type, weightDecay);
    NeuralNetConfiguration.ListBuilder list =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .dataType(DataType.DOUBLE)
            .updater(type(type).updater(schedule(), values))
            .list();
    Stream.of(layers).forEach(layer -> list.layer(layer.clone()));
    if (input != null) {
      list.setInputType(input);
    }
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    Regularization.apply(network, values);
    type(type).attach(network, values);
    return network;
  }

  private static ISchedule schedule() {
    return Schedules.REGISTRY.get("cosine").over(RATE, STEPS);
  }

  private static OptimizerType type(String name) {
    return Optimizers.REGISTRY.get(name);
  }

  private static Map<String, Double> values(String type, double weightDecay) {
    Map<String, Double> values = new HashMap<>();
    type(type)
        .parameters()
        .forEach(p -> p.defaultValue().ifPresent(value -> values.put(p.name(), value)));
    values.put("weightDecay", weightDecay);
    values.put("refreshInterval", (double) INTERVAL);
    values.put("burnIn", (double) BURN_IN);
    values.put("rho", RHO);
    return values;
  }

  /** The same in plain numbers, for softmax and cross-entropy. */
  private static final class Reference {

    private final double weightDecay;
    private final double[][] w = new double[CLASSES][INPUTS];
    private final double[] b = new double[CLASSES];
    // Moments of the weights, and of the bias in the last column.
    private final double[][] m = new double[CLASSES][INPUTS + 1];
    private final double[][] v = new double[CLASSES][INPUTS + 1];
    private final double[] average = new double[INPUTS];
    private int refreshes;
    private int t;

    Reference(MultiLayerNetwork network, double weightDecay) {
      this.weightDecay = weightDecay;
      for (int k = 0; k < CLASSES; k++) {
        for (int j = 0; j < INPUTS; j++) {
          w[k][j] = network.getParam("0_W").getDouble(j, k);
        }
        b[k] = network.getParam("0_b").getDouble(k);
      }
    }

    void step(double[][] x, double[][] y) {
      double[][] gradient = new double[CLASSES][INPUTS + 1];
      for (int i = 0; i < ROWS; i++) {
        double[] p = softmax(x[i]);
        for (int k = 0; k < CLASSES; k++) {
          double g = (p[k] - y[i][k]) / ROWS;
          for (int j = 0; j < INPUTS; j++) {
            gradient[k][j] += g * x[i][j];
          }
          gradient[k][INPUTS] += g;
        }
      }
      if (t < BURN_IN || t % INTERVAL == 0) {
        refreshes++;
        for (int j = 0; j < INPUTS; j++) {
          double mean = 0;
          for (double[] row : x) {
            mean += row[j] / ROWS;
          }
          average[j] = RHO * average[j] + (1 - RHO) * mean;
        }
      }
      double rate = schedule().valueAt(t, 0);
      t++;
      for (int k = 0; k < CLASSES; k++) {
        double biasGradient = gradient[k][INPUTS];
        double shift = 0;
        for (int j = 0; j < INPUTS; j++) {
          double mu = average[j] / (1 - Math.pow(RHO, refreshes));
          double u = adam(k, j, gradient[k][j] - biasGradient * mu, rate);
          u += rate * weightDecay * w[k][j];
          w[k][j] -= u;
          shift += u * mu;
        }
        b[k] -= adam(k, INPUTS, biasGradient, rate) - shift;
      }
    }

    private double adam(int k, int j, double g, double rate) {
      m[k][j] = BETA1 * m[k][j] + (1 - BETA1) * g;
      v[k][j] = BETA2 * v[k][j] + (1 - BETA2) * g * g;
      double corrected = rate * Math.sqrt(1 - Math.pow(BETA2, t)) / (1 - Math.pow(BETA1, t));
      return corrected * m[k][j] / (Math.sqrt(v[k][j]) + EPSILON);
    }

    private double[] softmax(double[] x) {
      double[] p = new double[CLASSES];
      double sum = 0;
      for (int k = 0; k < CLASSES; k++) {
        double z = b[k];
        for (int j = 0; j < INPUTS; j++) {
          z += w[k][j] * x[j];
        }
        p[k] = Math.exp(z);
        sum += p[k];
      }
      for (int k = 0; k < CLASSES; k++) {
        p[k] /= sum;
      }
      return p;
    }
  }
}
