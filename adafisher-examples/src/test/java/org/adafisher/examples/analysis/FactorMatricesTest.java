package org.adafisher.examples.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.adafisher.capture.LayerSignal;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Taps;
import org.adafisher.capture.Workspaces;
import org.adafisher.curvature.FactorEstimator;
import org.adafisher.curvature.FactorEstimators;
import org.adafisher.curvature.FactorPart;
import org.adafisher.curvature.RawFactors;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class FactorMatricesTest {

  private static final int EXAMPLES = 5;
  private static final int CLASSES = 3;

  @ParameterizedTest
  @ValueSource(strings = {"plain", "same", "output", "hidden"})
  void isTheMeanOverRowsOfTheOuterProducts(String layer) {
    MultiLayerNetwork net = network(CNN2DFormat.NCHW);
    DataSet batch = batch(CNN2DFormat.NCHW);
    Seen seen = watch(net, batch, layer);

    FactorMatrices factors = FactorMatrices.of(net, batch, layer);

    double[][] h = seen.inputRows(net.getLayer(layer));
    double[][] s = seen.gradientRows();
    assertClose(factors.h(), secondMoment(h));
    assertClose(factors.s(), secondMoment(s));
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "same", "output", "hidden"})
  void hasTheLibrarysRawFactorsOnItsDiagonals(String layer) {
    for (CNN2DFormat format : CNN2DFormat.values()) {
      MultiLayerNetwork net = network(format);
      DataSet batch = batch(format);
      RawFactors raw = watch(net, batch, layer).raw;

      FactorMatrices factors = FactorMatrices.of(net, batch, layer);

      assertThat(factors.inputDiagonal()).containsExactly(raw.input(), within(1e-12));
      assertThat(factors.gradientDiagonal()).containsExactly(raw.gradient(), within(1e-12));
    }
  }

  @Test
  void gradientsOfASoftmaxAreProbabilityLessLabelOverTheMinibatch() {
    MultiLayerNetwork net = network(CNN2DFormat.NCHW);
    DataSet batch = batch(CNN2DFormat.NCHW);
    double[][] s = net.output(batch.getFeatures()).sub(batch.getLabels()).toDoubleMatrix();
    for (double[] row : s) {
      for (int k = 0; k < row.length; k++) {
        row[k] /= EXAMPLES;
      }
    }

    assertClose(FactorMatrices.of(net, batch, "output").s(), secondMoment(s));
  }

  @Test
  void aGraphHasTheFactorsOfTheSameStack() {
    MultiLayerNetwork net = network(CNN2DFormat.NCHW);
    DataSet batch = batch(CNN2DFormat.NCHW);
    ComputationGraph graph = net.toComputationGraph();
    String name = FactorMatrices.layers(graph).get(1);

    assertClose(
        FactorMatrices.of(graph, batch, name).h(), FactorMatrices.of(net, batch, "same").h());
    assertClose(
        FactorMatrices.of(graph, batch, name).s(), FactorMatrices.of(net, batch, "same").s());
  }

  @Test
  void leavesTheNetworkAlone() {
    MultiLayerNetwork net = network(CNN2DFormat.NCHW);
    INDArray before = net.params().dup();
    String json = net.getLayerWiseConfigurations().toJson();

    FactorMatrices.of(net, batch(CNN2DFormat.NCHW), "same");

    assertThat(net.params()).isEqualTo(before);
    assertThat(net.getLayerWiseConfigurations().toJson()).isEqualTo(json);
    assertThat(net.getListeners()).isEmpty();
  }

  @Test
  void saysWhichLayersThereAre() {
    MultiLayerNetwork net = network(CNN2DFormat.NCHW);
    assertThat(FactorMatrices.layers(net)).containsExactly("plain", "same", "hidden", "output");
    assertThatThrownBy(() -> FactorMatrices.of(net, batch(CNN2DFormat.NCHW), "nowhere"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'nowhere'")
        .hasMessageContaining("hidden");
  }

  private static MultiLayerNetwork network(CNN2DFormat format) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .updater(new Sgd(0.1))
                .list()
                .layer(
                    new ConvolutionLayer.Builder(3, 2)
                        .name("plain")
                        .stride(2, 1)
                        .padding(1, 0)
                        .nOut(3)
                        .dataFormat(format)
                        .build())
                .layer(new SubsamplingLayer.Builder().kernelSize(1, 2).dataFormat(format).build())
                .layer(
                    new ConvolutionLayer.Builder(2, 3)
                        .name("same")
                        .convolutionMode(ConvolutionMode.Same)
                        .hasBias(false)
                        .nOut(4)
                        .dataFormat(format)
                        .build())
                .layer(new DenseLayer.Builder().name("hidden").nOut(6).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .name("output")
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(6, 5, 2, format))
                .build());
    net.init();
    return net;
  }

  private static DataSet batch(CNN2DFormat format) {
    Nd4j.getRandom().setSeed(7);
    INDArray features = Nd4j.randn(DataType.DOUBLE, EXAMPLES, 2, 6, 5);
    INDArray labels = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, CLASSES);
    for (int i = 0; i < EXAMPLES; i++) {
      labels.putScalar(i, i % CLASSES, 1);
    }
    return new DataSet(
        format == CNN2DFormat.NHWC ? features.permute(0, 2, 3, 1).dup('c') : features, labels);
  }

  /** What one layer shows in a pass, and what the library makes of it. */
  private static final class Seen {

    private INDArray input;
    private INDArray gradient;
    private RawFactors raw;

    private double[][] gradientRows() {
      if (gradient.rank() == 2) {
        return gradient.div(EXAMPLES).toDoubleMatrix();
      }
      double[][] rows = new double[(int) (gradient.length() / gradient.size(1))][];
      int row = 0;
      for (int n = 0; n < gradient.size(0); n++) {
        for (int y = 0; y < gradient.size(2); y++) {
          for (int x = 0; x < gradient.size(3); x++) {
            rows[row] = new double[(int) gradient.size(1)];
            for (int k = 0; k < gradient.size(1); k++) {
              rows[row][k] = gradient.getDouble(n, k, y, x) / EXAMPLES;
            }
            row++;
          }
        }
      }
      return rows;
    }

    private double[][] inputRows(Layer layer) {
      boolean bias = layer.paramTable().containsKey("b");
      if (input.rank() == 2) {
        return withBias(input.toDoubleMatrix(), bias);
      }
      ConvolutionLayer conf = (ConvolutionLayer) layer.conf().getLayer();
      boolean same = conf.getConvolutionMode() == ConvolutionMode.Same;
      int[] kernel = conf.getKernelSize();
      // An even kernel under Same has the smaller half of its padding at the top and left.
      int top = same ? (kernel[0] - 1) / 2 : conf.getPadding()[0];
      int left = same ? (kernel[1] - 1) / 2 : conf.getPadding()[1];
      double[][] rows = new double[(int) (gradient.length() / gradient.size(1))][];
      int row = 0;
      for (int n = 0; n < input.size(0); n++) {
        for (int y = 0; y < gradient.size(2); y++) {
          for (int x = 0; x < gradient.size(3); x++) {
            rows[row++] =
                patch(n, y * conf.getStride()[0] - top, x * conf.getStride()[1] - left, kernel);
          }
        }
      }
      return withBias(rows, bias);
    }

    private double[] patch(int n, int top, int left, int[] kernel) {
      double[] patch = new double[(int) input.size(1) * kernel[0] * kernel[1]];
      int i = 0;
      for (int c = 0; c < input.size(1); c++) {
        for (int dy = 0; dy < kernel[0]; dy++) {
          for (int dx = 0; dx < kernel[1]; dx++) {
            int y = top + dy;
            int x = left + dx;
            boolean inside = y >= 0 && y < input.size(2) && x >= 0 && x < input.size(3);
            patch[i++] = inside ? input.getDouble(n, c, y, x) : 0;
          }
        }
      }
      return patch;
    }

    private static double[][] withBias(double[][] rows, boolean bias) {
      double[][] result = new double[rows.length][];
      for (int i = 0; i < rows.length; i++) {
        result[i] = Arrays.copyOf(rows[i], rows[i].length + (bias ? 1 : 0));
        if (bias) {
          result[i][rows[i].length] = 1;
        }
      }
      return result;
    }
  }

  private static Seen watch(MultiLayerNetwork original, DataSet batch, String name) {
    MultiLayerNetwork net = original.clone();
    Seen seen = new Seen();
    var layer = net.getLayer(name);
    var estimator = (FactorEstimator.FromSignal) FactorEstimators.forLayer(layer).orElseThrow();
    Taps taps = new Taps();
    net.setListeners(
        new BaseTrainingListener() {
          @Override
          public void onForwardPass(Model model, List<INDArray> activations) {
            taps.arm(layer, signal -> Workspaces.outside(() -> take(signal)));
          }

          private void take(LayerSignal signal) {
            seen.input = signal.input().dup();
            seen.gradient = signal.gradient().dup();
            Map<String, RawFactors> raw = estimator.estimate(signal, new Minibatch(EXAMPLES, true));
            seen.raw = raw.get(FactorPart.MAIN);
          }
        });
    net.setInput(batch.getFeatures());
    net.setLabels(batch.getLabels());
    net.computeGradientAndScore();
    return seen;
  }

  private static double[][] secondMoment(double[][] rows) {
    int n = rows[0].length;
    double[][] result = new double[n][n];
    for (double[] row : rows) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          result[i][j] += row[i] * row[j] / rows.length;
        }
      }
    }
    return result;
  }

  private static void assertClose(double[][] actual, double[][] expected) {
    assertThat(actual).hasDimensions(expected.length, expected[0].length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).containsExactly(expected[i], within(1e-12));
    }
  }
}
