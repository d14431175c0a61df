package org.adafisher.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.config.DL4JSystemProperties;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.common.primitives.Pair;
import org.nd4j.common.util.ArrayUtil;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.LoggerFactory;

/**
 * The same network on oneDNN in FLOAT and on Deeplearning4j's plain path in DOUBLE, from equal
 * numbers.
 *
 * <p>How far apart the two may be is derived. A sum of n products is rounded by at most {@code n *
 * UNIT * sum |product|}, in whatever order, and that is at most {@code n^(3/2) * UNIT * sqrt(sum
 * product^2)}. The last two factors are the deviation that the sum has if each product changes by a
 * random UNIT of itself, and that is measured: on the reference, whose inputs and parameters are
 * changed so. Parameters are a quarter of a standard deviation, so that no activation function
 * saturates and amplifies its own rounding.
 */
final class TwoPaths {

  /** Half the distance from 1 to the next FLOAT. */
  static final double UNIT = 0x1p-24;

  /** An activation function rounds a few times more: exp and tanh by 4 units, sum and quotient. */
  private static final int FUNCTION = 8;

  /** The largest deviation of all elements in so many draws: at least what one has on average. */
  private static final int DRAWS = 3;

  private final Function<DataType, MultiLayerConfiguration> configuration;
  private final Random random;

  TwoPaths(Function<DataType, MultiLayerConfiguration> configuration, long seed) {
    this.configuration = configuration;
    this.random = new Random(seed);
  }

  /** Something done with a network and arrays, which returns numbers by name. */
  interface Experiment {
    Map<String, INDArray> run(MultiLayerNetwork network, List<INDArray> arrays);
  }

  /** Runs without helpers, those of the native operations included. */
  static <T> T plainly(Supplier<T> code) {
    String before = System.getProperty(DL4JSystemProperties.DISABLE_HELPER_PROPERTY);
    System.setProperty(DL4JSystemProperties.DISABLE_HELPER_PROPERTY, "true");
    Nd4j.getEnvironment().allowHelpers(false);
    try {
      return code.get();
    } finally {
      Nd4j.getEnvironment().allowHelpers(true);
      System.setProperty(DL4JSystemProperties.DISABLE_HELPER_PROPERTY, before);
    }
  }

  static MultiLayerNetwork network(MultiLayerConfiguration configuration) {
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return network;
  }

  /** Forward and backward through layers without a loss, in training. */
  void agreeOnOnePass(long[] inputShape, INDArray mask) {
    INDArray input = gaussian(inputShape);
    long[] outputShape =
        plainly(() -> outputOf(network(configuration.apply(DataType.DOUBLE)), input, mask).shape());
    agree(
        List.of(input, gaussian(outputShape)),
        (network, arrays) -> pass(network, arrays.get(0), arrays.get(1), mask));
  }

  static Map<String, INDArray> pass(
      MultiLayerNetwork network, INDArray input, INDArray errors, INDArray mask) {
    Map<String, INDArray> numbers = new LinkedHashMap<>();
    numbers.put("output", outputOf(network, input, mask).dup());
    Pair<Gradient, INDArray> back =
        network.backpropGradient(errors.castTo(type(network)).dup(), null);
    numbers.put("gradient at the input", back.getSecond().dup());
    back.getFirst()
        .gradientForVariable()
        .forEach((name, gradient) -> numbers.put("gradient of " + name, gradient.dup()));
    return numbers;
  }

  private static INDArray outputOf(MultiLayerNetwork network, INDArray input, INDArray mask) {
    network.setInput(input.castTo(type(network)));
    network.setLayerMaskArrays(mask, null);
    return network.feedForward(true, false).get(network.getnLayers());
  }

  private static DataType type(MultiLayerNetwork network) {
    return network.getLayerWiseConfigurations().getDataType();
  }

  /**
   * Compares what an experiment returns on both paths; and in DOUBLE, which the helpers refuse, to
   * the bit.
   */
  void agree(List<INDArray> arrays, Experiment experiment) {
    MultiLayerNetwork fast = network(configuration.apply(DataType.FLOAT));
    INDArray parameters = fast.numParams() == 0 ? null : startOf(fast).castTo(DataType.DOUBLE);

    Map<String, INDArray> exact = exactly(parameters, arrays, experiment);
    Map<String, INDArray> rounded =
        quietly(() -> experiment.run(startingFrom(fast, parameters), arrays));
    Map<String, INDArray> refused =
        quietly(
            () ->
                experiment.run(
                    startingFrom(network(configuration.apply(DataType.DOUBLE)), parameters),
                    arrays));

    Map<String, Double> deviations = new LinkedHashMap<>();
    for (int i = 0; i < DRAWS; i++) {
      Map<String, INDArray> moved =
          exactly(
              parameters == null ? null : moved(parameters),
              arrays.stream().map(this::moved).toList(),
              experiment);
      exact.forEach(
          (name, array) -> deviations.merge(name, distance(array, moved.get(name)), Math::max));
    }

    long terms = arrays.stream().mapToLong(INDArray::length).max().orElseThrow();
    exact.forEach(
        (name, array) -> {
          INDArray found = rounded.get(name).castTo(DataType.DOUBLE);
          assertThat(found.shape()).as("shape of the " + name).isEqualTo(array.shape());
          double ofFunctions = FUNCTION * UNIT * array.amaxNumber().doubleValue();
          double ofSums = (terms + FUNCTION) * Math.sqrt(terms) * deviations.get(name);
          assertThat(distance(array, found))
              .as("%s: %s is not %s", name, found, array)
              .isLessThanOrEqualTo(ofSums + ofFunctions);
          assertThat(refused.get(name)).as("%s in DOUBLE", name).isEqualTo(array);
        });
  }

  private Map<String, INDArray> exactly(
      INDArray parameters, List<INDArray> arrays, Experiment experiment) {
    return plainly(
        () ->
            experiment.run(
                startingFrom(network(configuration.apply(DataType.DOUBLE)), parameters), arrays));
  }

  /** Random everywhere, biases and scales too; running averages of variances as they start. */
  private INDArray startOf(MultiLayerNetwork network) {
    network
        .paramTable()
        .forEach(
            (name, parameter) -> {
              if (!name.endsWith("var") && !name.endsWith("log10stdev")) {
                parameter.assign(gaussian(parameter.shape()).divi(4).castTo(DataType.FLOAT));
              }
            });
    return network.params();
  }

  private static MultiLayerNetwork startingFrom(MultiLayerNetwork network, INDArray parameters) {
    if (parameters != null) {
      network.setParams(parameters.castTo(network.params().dataType()));
    }
    return network;
  }

  /** A helper that does not run, or fails and leaves the work to the plain path, logs it. */
  private static <T> T quietly(Supplier<T> code) {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    root.addAppender(appender);
    try {
      return code.get();
    } finally {
      root.detachAppender(appender);
      assertThat(appender.list)
          .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
          .as("what was logged")
          .isEmpty();
    }
  }

  static double distance(INDArray a, INDArray b) {
    double distance = a.sub(b).amaxNumber().doubleValue();
    return Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance;
  }

  /** Numbers that FLOAT has, too. */
  INDArray gaussian(long... shape) {
    double[] values = new double[(int) ArrayUtil.prodLong(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Nd4j.createFromArray(values).reshape('c', shape);
  }

  private INDArray moved(INDArray array) {
    return array.mul(gaussian(array.shape()).muli(UNIT).addi(1));
  }
}
