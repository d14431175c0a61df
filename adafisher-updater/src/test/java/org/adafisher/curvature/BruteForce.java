package org.adafisher.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Taps;
import org.adafisher.capture.Workspaces;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A small random network with a layer under test, what its estimator says of one training step, and
 * what finite differences of the network's own score say.
 */
final class BruteForce {

  /** Half the distance from 1 to the next FLOAT. */
  private static final double UNIT = 0x1p-24;

  /** The roundings of an activation function: exp and tanh 4 units, sum, quotient, square. */
  private static final int FUNCTION = 8;

  private static final int DRAWS = 3;

  private static final List<Function<RawFactors, double[]>> VECTORS =
      List.of(RawFactors::input, RawFactors::inputMean, RawFactors::gradient);

  private BruteForce() {}

  static void assertExact(double[] actual, double... expected) {
    assertClose(actual, expected, 1e-10, 1e-10);
  }

  static void assertClose(double[] actual, double[] expected) {
    assertClose(actual, expected, 1e-6, 1e-13);
  }

  static void assertClose(double[] actual, double[] expected, double relative, double absolute) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i])
          .as("entry %d of %s, expected %s", i, Arrays.toString(actual), Arrays.toString(expected))
          .isCloseTo(expected[i], within(relative * Math.abs(expected[i]) + absolute));
    }
  }

  static double[] squares(double[][] rows, double count) {
    return IntStream.range(0, rows[0].length)
        .mapToDouble(j -> Arrays.stream(rows).mapToDouble(row -> row[j] * row[j]).sum() / count)
        .toArray();
  }

  static double[] means(double[][] rows, double count) {
    return IntStream.range(0, rows[0].length)
        .mapToDouble(j -> Arrays.stream(rows).mapToDouble(row -> row[j]).sum() / count)
        .toArray();
  }

  static double sumOfSquares(double[] values) {
    return DoubleStream.of(values).map(v -> v * v).sum();
  }

  static double[] withBias(double[] factor, boolean bias) {
    return bias
        ? DoubleStream.concat(DoubleStream.of(factor), DoubleStream.of(1)).toArray()
        : factor;
  }

  /** All axes but one as rows, in their order. */
  static double[][] rows(INDArray x, int columnAxis) {
    int[] order =
        IntStream.concat(
                IntStream.range(0, x.rank()).filter(axis -> axis != columnAxis),
                IntStream.of(columnAxis))
            .toArray();
    double[] values = flat(x.permute(order));
    int columns = (int) x.size(columnAxis);
    return IntStream.range(0, values.length / columns)
        .mapToObj(i -> Arrays.copyOfRange(values, i * columns, (i + 1) * columns))
        .toArray(double[][]::new);
  }

  static double[] flat(INDArray x) {
    return x.dup('c').data().asDouble();
  }

  /** The derivative with respect to an array's values, by five-point differences. */
  static INDArray differences(DoubleSupplier loss, INDArray at) {
    double step = 1e-4;
    int[] offsets = {-2, -1, 1, 2};
    int[] weights = {1, -8, 8, -1};
    INDArray result = Nd4j.zeros(DataType.DOUBLE, at.shape());
    for (long i = 0; i < at.length(); i++) {
      double value = at.getDouble(i);
      double sum = 0;
      for (int k = 0; k < weights.length; k++) {
        at.putScalar(i, value + offsets[k] * step);
        sum += weights[k] * loss.getAsDouble();
      }
      at.putScalar(i, value);
      result.putScalar(i, sum / (12 * step));
    }
    return result;
  }

  static INDArray gaussian(Random random, long... shape) {
    INDArray result = Nd4j.zeros(DataType.DOUBLE, shape);
    for (long i = 0; i < result.length(); i++) {
      result.putScalar(i, random.nextGaussian());
    }
    return result;
  }

  static INDArray ids(Random random, int indices, long... shape) {
    INDArray result = Nd4j.zeros(DataType.DOUBLE, shape);
    for (long i = 0; i < result.length(); i++) {
      result.putScalar(i, random.nextInt(indices));
    }
    return result;
  }

  static INDArray image(
      Random random, CNN2DFormat format, int batch, int channels, int height, int width) {
    return format == CNN2DFormat.NCHW
        ? gaussian(random, batch, channels, height, width)
        : gaussian(random, batch, height, width, channels);
  }

  static int channelAxis(CNN2DFormat format) {
    return format == CNN2DFormat.NCHW ? 1 : 3;
  }

  static INDArray mask(Random random, int batch, int steps) {
    return gaussian(random, batch, steps).gt(0).castTo(DataType.DOUBLE);
  }

  /** Of shape [batch, units] or [batch, units, steps], each a distribution over the units. */
  static INDArray labels(Random random, long... shape) {
    INDArray positive = Transforms.exp(gaussian(random, shape));
    return positive.div(positive.sum(true, 1));
  }

  /** A network, its data, and what the layer under test shows of them. */
  static final class Net {

    private final int tested;
    private final MultiLayerNetwork model;
    private final DataSet data;
    private final Minibatch minibatch;
    private final Map<String, INDArray> gradients = new HashMap<>();

    Net(Random random, boolean minibatch, DataSet data, InputType type, Layer... fromTested) {
      this(
          random,
          minibatch,
          data,
          type,
          Stream.concat(Stream.of(new ActivationLayer(Activation.TANH)), Stream.of(fromTested))
              .toList(),
          1);
    }

    Net(
        Random random,
        boolean minibatch,
        DataSet data,
        InputType type,
        List<? extends Layer> all,
        int tested) {
      this.tested = tested;
      var layers =
          new NeuralNetConfiguration.Builder()
              .dataType(DataType.DOUBLE)
              .miniBatch(minibatch)
              .updater(new Sgd(0))
              .list();
      for (Layer layer : all) {
        layers.layer(layer);
      }
      this.model = new MultiLayerNetwork(layers.setInputType(type).build());
      this.data = data;
      this.minibatch = new Minibatch(data.numExamples(), minibatch);
      model.init();
      model.setParams(gaussian(random, 1, model.numParams()).mul(0.5));
    }

    INDArray input() {
      return Transforms.tanh(data.getFeatures());
    }

    /** What comes out of the layer below the one under test, masked or not. */
    INDArray below() {
      return model.feedForwardToLayer(tested - 1, data.getFeatures(), true).get(tested);
    }

    INDArray parameter(String name) {
      return model.getLayer(tested).getParam(name);
    }

    /** How the layer's parameters meet its factors. */
    FactorLayout layout() {
      var layer = model.getLayer(tested);
      return FactorEstimators.forLayer(layer).orElseThrow().layout(layer);
    }

    /** Gives the layer a mask of its own, such as DL4J's wrappers give it. */
    void mask(INDArray mask) {
      model.getLayer(tested).setMaskArray(mask);
    }

    /** The same network, in other numbers. */
    private Net(Net other, DataType type, UnaryOperator<INDArray> change) {
      this.tested = other.tested;
      this.minibatch = other.minibatch;
      this.model =
          other.model.clone().convertDataType(type); // the network itself, if it has the type
      model.setParams(change.apply(other.model.params()).castTo(type));
      DataSet from = other.data;
      this.data =
          new DataSet(
              change.apply(from.getFeatures()).castTo(type),
              change.apply(from.getLabels()).castTo(type),
              from.getFeaturesMaskArray(),
              from.getLabelsMaskArray());
    }

    /**
     * Factors in FLOAT, as networks have them that run on oneDNN, are those in DOUBLE but for
     * rounding. A sum of n products is rounded by at most {@code n^(3/2) * UNIT * sqrt(sum
     * product^2)}, and the last two factors are the deviation of the sum when each product changes
     * by a random UNIT of itself: which is measured, on parameters and data that change so.
     * Activation functions add a few roundings each.
     *
     * @param exact the factors in DOUBLE
     */
    void assertAlsoInFloat(Map<String, RawFactors> exact) {
      Random random = new Random(1);
      Map<String, RawFactors> rounded = new Net(this, DataType.FLOAT, x -> x).factors();
      List<Map<String, RawFactors>> moved =
          Stream.generate(() -> new Net(this, DataType.DOUBLE, x -> moved(random, x)).factors())
              .limit(DRAWS)
              .toList();
      double terms = Math.max(data.getFeatures().length(), model.numParams()) + FUNCTION;
      for (String part : exact.keySet()) {
        for (Function<RawFactors, double[]> vector : VECTORS) {
          double[] expected = vector.apply(exact.get(part));
          double deviation =
              moved.stream()
                  .mapToDouble(m -> distance(vector.apply(m.get(part)), expected))
                  .max()
                  .orElseThrow();
          assertClose(
              vector.apply(rounded.get(part)),
              expected,
              FUNCTION * UNIT,
              Math.pow(terms, 1.5) * deviation);
        }
      }
    }

    private static INDArray moved(Random random, INDArray x) {
      return x.mul(gaussian(random, x.shape()).muli(UNIT).addi(1));
    }

    private static double distance(double[] a, double[] b) {
      return IntStream.range(0, a.length).mapToDouble(i -> Math.abs(a[i] - b[i])).max().orElse(0);
    }

    /** DL4J's own gradient of the loss by a parameter, as its flat values lie. */
    INDArray parameterGradient(String name) {
      model.setInput(data.getFeatures());
      model.setLabels(data.getLabels());
      model.computeGradientAndScore();
      INDArray gradient = model.gradient().getGradientFor(tested + "_" + name);
      return gradient.dup('c').reshape(gradient.length()).mul(minibatch.lossScale());
    }

    /** DL4J's gradient of the loss that is minimised, as {@link #factors} saw it. */
    INDArray minimisedGradient(String parameter) {
      return gradients.get(tested + "_" + parameter).mul(minibatch.lossScale());
    }

    double loss() {
      return model.score(data, true);
    }

    /** The factors that the layer's estimator makes of one real training step of rate 0. */
    Map<String, RawFactors> factors() {
      List<Map<String, RawFactors>> seen = allFactors();
      assertThat(seen).hasSize(1);
      return seen.get(0);
    }

    /** The same of each window of truncated back-propagation. */
    List<Map<String, RawFactors>> allFactors() {
      var layer = model.getLayer(tested);
      FactorEstimator estimator = FactorEstimators.forLayer(layer).orElseThrow();
      Taps taps = new Taps();
      List<Map<String, RawFactors>> seen = new ArrayList<>();
      model.setListeners(
          new BaseTrainingListener() {
            private Supplier<Map<String, RawFactors>> pass = Map::of;

            @Override
            public void onForwardPass(Model model, List<INDArray> activations) {
              if (estimator instanceof FactorEstimator.FromPass fromPass) {
                pass = fromPass.watch(layer, taps, minibatch);
              } else if (estimator instanceof FactorEstimator.FromSignal fromSignal) {
                taps.arm(
                    layer,
                    signal ->
                        seen.add(Workspaces.outside(() -> fromSignal.estimate(signal, minibatch))));
              }
            }

            @Override
            public void onBackwardPass(Model model) {
              Workspaces.outside(
                  () -> gradients.putAll(copies(model.gradient().gradientForVariable())));
              if (estimator instanceof FactorEstimator.FromGradient fromGradient) {
                seen.add(
                    Workspaces.outside(
                        () -> fromGradient.estimate(layer, this::gradient, minibatch)));
              } else if (estimator instanceof FactorEstimator.FromPass) {
                seen.add(Workspaces.outside(() -> pass.get()));
                taps.disarm();
              }
            }

            private INDArray gradient(String parameter) {
              return model.gradient().getGradientFor(tested + "_" + parameter);
            }
          });
      model.fit(data);
      return seen;
    }

    /** The same step, for its gradients alone. */
    void fitUntapped() {
      model.setListeners(
          new BaseTrainingListener() {
            @Override
            public void onBackwardPass(Model model) {
              Workspaces.outside(
                  () -> gradients.putAll(copies(model.gradient().gradientForVariable())));
            }
          });
      model.fit(data);
    }

    private static Map<String, INDArray> copies(Map<String, INDArray> arrays) {
      Map<String, INDArray> result = new HashMap<>();
      arrays.forEach((name, array) -> result.put(name, array.dup()));
      return result;
    }

    /** DL4J's gradient of a parameter in the last step, summed over the minibatch. */
    INDArray gradient(String parameter) {
      return gradients.get(tested + "_" + parameter);
    }

    MultiLayerNetwork model() {
      return model;
    }

    org.deeplearning4j.nn.api.Layer layer() {
      return model.getLayer(tested);
    }

    /** dL/dz, or the derivative in whatever else a nudge moves on its way to z. */
    INDArray preActivationGradient(BiConsumer<INDArray, INDArray> nudging) {
      AtomicReference<long[]> shape = new AtomicReference<>();
      lossWith(z -> shape.set(z.shape()));
      INDArray nudge = Nd4j.zeros(DataType.DOUBLE, shape.get());
      return differences(() -> lossWith(z -> nudging.accept(z, nudge)), nudge);
    }

    /** The loss when the layer's pre-activation is changed in place. */
    double lossWith(Consumer<INDArray> change) {
      BaseLayer conf = (BaseLayer) model.getLayer(tested).conf().getLayer();
      IActivation activation = conf.getActivationFn();
      conf.setActivationFn(new Changed(activation, change));
      double loss = loss();
      conf.setActivationFn(activation);
      return loss;
    }

    /** The pre-activation of a layer with layer normalization, with x W moved by a nudge. */
    void recompute(INDArray z, INDArray nudge) {
      INDArray rows = model.getLayer(tested).input().mmul(parameter("W")).add(nudge);
      INDArray centred = rows.sub(rows.mean(true, 1));
      INDArray deviation = Transforms.sqrt(centred.mul(centred).mean(true, 1));
      z.assign(centred.div(deviation).mul(parameter("g")).add(parameter("b")));
    }
  }

  /** An activation of a changed z. */
  @SuppressWarnings("serial") // lives in a test
  private record Changed(IActivation delegate, Consumer<INDArray> change) implements IActivation {

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
      change.accept(in);
      return delegate.getActivation(in, training);
    }

    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int numParams(int inputSize) {
      return delegate.numParams(inputSize);
    }
  }
}
