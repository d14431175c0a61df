package org.adafisher.curvature;

import static org.adafisher.curvature.BruteForce.assertClose;
import static org.adafisher.curvature.BruteForce.assertExact;
import static org.adafisher.curvature.BruteForce.differences;
import static org.adafisher.curvature.BruteForce.flat;
import static org.adafisher.curvature.BruteForce.gaussian;
import static org.adafisher.curvature.BruteForce.labels;
import static org.adafisher.curvature.BruteForce.mask;
import static org.adafisher.curvature.BruteForce.means;
import static org.adafisher.curvature.BruteForce.rows;
import static org.adafisher.curvature.BruteForce.squares;
import static org.adafisher.curvature.BruteForce.sumOfSquares;
import static org.adafisher.curvature.BruteForce.withBias;
import static org.adafisher.curvature.BruteForceFactorsTest.assertMain;
import static org.adafisher.curvature.BruteForceFactorsTest.assumeAccepted;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.adafisher.curvature.BruteForce.Net;
import org.adafisher.curvature.BruteForceFactorsTest.Loss;
import org.adafisher.layers.LayerNormalization;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** As {@link BruteForceFactorsTest}, of the less frequent kinds of layers. */
class FurtherFactorsTest {

  private static final boolean NEEDS_MINIBATCH = true;

  @Provide
  Arbitrary<Activation> activations() {
    return Arbitraries.of(Activation.IDENTITY, Activation.TANH);
  }

  @Property(tries = 20)
  void layerNormalization(
      @ForAll @IntRange(min = 1, max = 4) int features,
      @ForAll @IntRange(min = 1, max = 5) int batch,
      @ForAll boolean minibatch,
      @ForAll long seed) {
    Random random = new Random(seed);
    Net net =
        new Net(
            random,
            minibatch,
            new DataSet(gaussian(random, batch, features), labels(random, batch, 3)),
            InputType.feedForward(features),
            norm(),
            Loss.CROSS_ENTROPY.output(3, true));

    RawFactors raw = net.factors().get(FactorPart.MAIN);

    double[] sums = new double[features];
    for (double[] row : rows(net.input(), 1)) {
      Arrays.setAll(sums, f -> sums[f] + row[f]);
    }
    double squaredBatch = (double) batch * batch;
    assertExact(raw.input(), sumOfSquares(sums) / squaredBatch, features / squaredBatch);
    assertShift(net, raw, batch);
  }

  @Property(tries = 40)
  void layerNormalizationOfTimeSeries(
      @ForAll RNNFormat format,
      @ForAll boolean masked,
      @ForAll @IntRange(min = 1, max = 4) int features,
      @ForAll @IntRange(min = 1, max = 4) int batch,
      @ForAll @IntRange(min = 1, max = 4) int steps,
      @ForAll long seed) {
    assumeAccepted(masked, batch * steps);
    Random random = new Random(seed);
    boolean ncw = format == RNNFormat.NCW;
    INDArray mask = masked ? mask(random, batch, steps) : Nd4j.ones(batch, steps);
    INDArray labels = labels(random, batch, 2, steps);
    Net net =
        new Net(
            random,
            NEEDS_MINIBATCH,
            new DataSet(
                ncw
                    ? gaussian(random, batch, features, steps)
                    : gaussian(random, batch, steps, features),
                ncw ? labels : labels.permute(0, 2, 1).dup('c'),
                masked ? mask : null,
                masked ? mask : null),
            InputType.recurrent(features, steps, format),
            norm(),
            new RnnOutputLayer.Builder(new LossMCXENT(0, null))
                .activation(Activation.SOFTMAX)
                .dataFormat(format)
                .nOut(2)
                .build());
    assertTokens(net, rows(net.input(), ncw ? 1 : 2), flat(mask), batch, false);
  }

  /** Behind a dense layer, DL4J leaves a series' steps as rows, step by step. */
  @Property(tries = 30)
  void layerNormalizationOfTimeSeriesAsRows(
      @ForAll boolean masked,
      @ForAll @IntRange(min = 1, max = 4) int features,
      @ForAll @IntRange(min = 1, max = 4) int batch,
      @ForAll @IntRange(min = 2, max = 4) int steps,
      @ForAll long seed) {
    Random random = new Random(seed);
    INDArray mask = masked ? mask(random, batch, steps) : Nd4j.ones(batch, steps);
    List<Layer> layers = new ArrayList<>();
    layers.add(new DenseLayer.Builder().nOut(features).activation(Activation.TANH).build());
    layers.add(norm());
    layers.add(Loss.CROSS_ENTROPY.rnnOutput(2, true));
    Net net =
        new Net(
            random,
            NEEDS_MINIBATCH,
            new DataSet(
                gaussian(random, batch, 3, steps),
                labels(random, batch, 2, steps),
                masked ? mask : null,
                masked ? mask : null),
            InputType.recurrent(3, steps),
            layers,
            1);
    assertTokens(net, rows(net.below(), 1), flat(mask.transpose()), batch, true);
  }

  /** DL4J's own, inside a dense layer, where steps are masked. */
  @Property(tries = 30)
  void layerNormInADenseLayerOnMaskedTimeSeries(
      @ForAll @IntRange(min = 1, max = 4) int inputs,
      @ForAll @IntRange(min = 3, max = 5) int units,
      @ForAll @IntRange(min = 1, max = 4) int batch,
      @ForAll @IntRange(min = 2, max = 4) int steps,
      @ForAll long seed) {
    Random random = new Random(seed);
    INDArray mask = mask(random, batch, steps);
    Net net =
        new Net(
            random,
            NEEDS_MINIBATCH,
            new DataSet(
                gaussian(random, batch, inputs, steps),
                labels(random, batch, 2, steps),
                mask,
                mask),
            InputType.recurrent(inputs, steps),
            new DenseLayer.Builder()
                .nOut(units)
                .activation(Activation.TANH)
                .hasLayerNorm(true)
                .build(),
            Loss.CROSS_ENTROPY.rnnOutput(2, true));
    double[] counts = flat(mask);
    double[][] z = rows(Nd4j.createFromArray(rows(net.input(), 1)).mmul(net.parameter("W")), 1);
    // Where a unit's deviation is near 0, differences say little.
    Assume.that(Nd4j.createFromArray(z).std(false, 1).minNumber().doubleValue() > 0.03);

    Map<String, RawFactors> all = net.factors();

    if (Arrays.stream(counts).allMatch(count -> count == 0)) {
      assertThat(all).isEmpty();
      return;
    }
    assertTokens(net, all.get(FactorPart.LAYER_NORM), z, counts, batch, false);
  }

  @Property(tries = 20)
  void layerNormalizationOfImages(
      @ForAll CNN2DFormat format,
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll @IntRange(min = 1, max = 3) int height,
      @ForAll @IntRange(min = 1, max = 3) int width,
      @ForAll @IntRange(min = 1, max = 4) int batch,
      @ForAll boolean minibatch,
      @ForAll long seed) {
    Random random = new Random(seed);
    Net net =
        new Net(
            random,
            minibatch,
            new DataSet(
                BruteForce.image(random, format, batch, channels, height, width),
                labels(random, batch, 3)),
            InputType.convolutional(height, width, channels, format),
            norm(),
            Loss.CROSS_ENTROPY.output(3, true));
    double[][] rows = rows(net.input(), BruteForce.channelAxis(format));
    double[] counts = new double[rows.length];
    Arrays.fill(counts, 1);
    assertTokens(net, rows, counts, batch, false);
  }

  private static void assertTokens(
      Net net, double[][] rows, double[] counts, int batch, boolean tokensFirst) {
    Map<String, RawFactors> all = net.factors();
    if (Arrays.stream(counts).allMatch(count -> count == 0)) {
      assertThat(all).isEmpty();
      return;
    }
    assertTokens(net, all.get(FactorPart.MAIN), rows, counts, batch, tokensFirst);
  }

  /**
   * @param rows by example and token, or by token and example
   * @param counts which of them do
   */
  private static void assertTokens(
      Net net, RawFactors raw, double[][] rows, double[] counts, int batch, boolean tokensFirst) {
    int features = rows[0].length;
    double[] sums = new double[rows.length / batch];
    double[] present = new double[sums.length];
    for (int row = 0; row < rows.length; row++) {
      int token = tokensFirst ? row / batch : row % sums.length;
      if (counts[row] != 0) {
        present[token] = 1;
        sums[token] += Arrays.stream(rows[row]).sum() / (features * features);
      }
    }
    double squaredBatch = (double) batch * batch;
    assertExact(
        raw.input(),
        sumOfSquares(sums) / squaredBatch,
        Arrays.stream(present).sum() / squaredBatch);
    assertShift(net, raw, batch);
  }

  private static void assertShift(Net net, RawFactors raw, int batch) {
    assertThat(raw.inputMean()).isEmpty();
    INDArray shift = differences(net::loss, net.parameter(LayerNormalization.SHIFT));
    assertClose(raw.gradient(), squares(new double[][] {flat(shift)}, batch));
  }

  private static LayerNormalization norm() {
    return new LayerNormalization.Builder().eps(0.01).build(); // not too curved for differences
  }

  @Property(tries = 30)
  void elementWise(
      @ForAll("activations") Activation activation,
      @ForAll @IntRange(min = 1, max = 5) int units,
      @ForAll @IntRange(min = 1, max = 5) int batch,
      @ForAll boolean minibatch,
      @ForAll long seed) {
    Random random = new Random(seed);
    Net net =
        new Net(
            random,
            minibatch,
            new DataSet(gaussian(random, batch, units), labels(random, batch, 3)),
            InputType.feedForward(units),
            elementWise(units, activation),
            Loss.CROSS_ENTROPY.output(3, true));
    assertMain(net, true, Nd4j.ones(batch, 1));

    // Unit k meets input k alone.
    double[][] inputs = rows(net.input(), 1);
    double[][] gradients = rows(net.preActivationGradient(INDArray::addi), 1);
    double[] products = new double[units];
    for (int row = 0; row < batch; row++) {
      for (int k = 0; k < units; k++) {
        products[k] += inputs[row][k] * gradients[row][k];
      }
    }
    assertClose(flat(differences(net::loss, net.parameter("W"))), products, 1e-6, 1e-10);
  }

  @Property(tries = 30)
  void elementWiseOnTimeSeries(
      @ForAll("activations") Activation activation,
      @ForAll boolean masked,
      @ForAll @IntRange(min = 1, max = 4) int units,
      @ForAll @IntRange(min = 1, max = 4) int batch,
      @ForAll @IntRange(min = 1, max = 4) int steps,
      @ForAll long seed) {
    assumeAccepted(masked, batch * steps);
    series(seed, masked, units, batch, steps, elementWise(units, activation));
  }

  @Property(tries = 30)
  void centerLossOutput(
      @ForAll boolean masked,
      @ForAll @IntRange(min = 1, max = 4) int inputs,
      @ForAll @IntRange(min = 2, max = 4) int units,
      @ForAll @IntRange(min = 1, max = 5) int batch,
      @ForAll long seed) {
    assumeAccepted(masked, batch);
    Random random = new Random(seed);
    INDArray mask = masked ? mask(random, batch, 1) : Nd4j.ones(batch, 1);
    Net net =
        new Net(
            random,
            NEEDS_MINIBATCH, // its score is the mean in any case
            new DataSet(
                gaussian(random, batch, inputs),
                labels(random, batch, units),
                null,
                masked ? mask : null),
            InputType.feedForward(inputs),
            new CenterLossOutputLayer.Builder(new LossMCXENT(0, null))
                .activation(Activation.SOFTMAX)
                .nOut(units)
                .lambda(0.1)
                .build());
    assertMain(net, true, mask);
  }

  @Property(tries = 30)
  void autoEncoder(
      @ForAll("activations") Activation activation,
      @ForAll @IntRange(min = 1, max = 4) int inputs,
      @ForAll @IntRange(min = 1, max = 4) int units,
      @ForAll @IntRange(min = 1, max = 5) int batch,
      @ForAll boolean minibatch,
      @ForAll long seed) {
    Random random = new Random(seed);
    Net net =
        new Net(
            random,
            minibatch,
            new DataSet(gaussian(random, batch, inputs), labels(random, batch, 3)),
            InputType.feedForward(inputs),
            new AutoEncoder.Builder().nOut(units).activation(activation).build(),
            Loss.CROSS_ENTROPY.output(3, true));
    assertMain(net, true, Nd4j.ones(batch, 1));
  }

  @Property(tries = 20)
  void autoEncoderOnTimeSeries(
      @ForAll("activations") Activation activation,
      @ForAll boolean masked,
      @ForAll @IntRange(min = 1, max = 4) int inputs,
      @ForAll @IntRange(min = 1, max = 3) int units,
      @ForAll @IntRange(min = 1, max = 4) int batch,
      @ForAll @IntRange(min = 1, max = 4) int steps,
      @ForAll long seed) {
    assumeAccepted(masked, batch * steps);
    series(
        seed,
        masked,
        inputs,
        batch,
        steps,
        new AutoEncoder.Builder().nOut(units).activation(activation).build());
  }

  @Property(tries = 20)
  void variationalAutoencoder(
      @ForAll("activations") Activation activation,
      @ForAll @IntRange(min = 1, max = 4) int inputs,
      @ForAll @IntRange(min = 1, max = 4) int units,
      @ForAll @IntRange(min = 1, max = 5) int batch,
      @ForAll boolean minibatch,
      @ForAll long seed) {
    Random random = new Random(seed);
    Net net =
        new Net(
            random,
            minibatch,
            new DataSet(gaussian(random, batch, inputs), labels(random, batch, 3)),
            InputType.feedForward(inputs),
            new VariationalAutoencoder.Builder()
                .encoderLayerSizes(units, units)
                .decoderLayerSizes(2)
                .nOut(3)
                .activation(activation)
                .build(),
            Loss.CROSS_ENTROPY.output(3, true));
    INDArray above = net.input().mmul(net.parameter("e0W")).addiRowVector(net.parameter("e0b"));
    List<double[][]> inputsOf =
        List.of(
            rows(net.input(), 1),
            rows(activation.getActivationFunction().getActivation(above, true), 1));

    Map<String, RawFactors> all = net.factors();

    assertThat(all).containsOnlyKeys("e0", "e1");
    for (int i = 0; i < 2; i++) {
      int index = i;
      int[] calls = {0};
      double[][] gradient =
          rows(
              net.preActivationGradient(
                  (z, nudge) -> {
                    if (calls[0]++ % 2 == index) {
                      z.addi(nudge);
                    }
                  }),
              1);
      RawFactors raw = all.get("e" + i);
      assertExact(raw.input(), withBias(squares(inputsOf.get(i), batch), true));
      assertExact(raw.inputMean(), withBias(means(inputsOf.get(i), batch), true));
      assertClose(raw.gradient(), squares(gradient, batch));
    }
  }

  private static void series(
      long seed, boolean masked, int inputs, int batch, int steps, Layer layer) {
    Random random = new Random(seed);
    INDArray mask = masked ? mask(random, batch, steps) : Nd4j.ones(batch, steps);
    Net net =
        new Net(
            random,
            NEEDS_MINIBATCH,
            new DataSet(
                gaussian(random, batch, inputs, steps),
                labels(random, batch, 2, steps),
                masked ? mask : null,
                masked ? mask : null),
            InputType.recurrent(inputs, steps),
            layer,
            Loss.CROSS_ENTROPY.rnnOutput(2, true));
    assertMain(net, true, mask);
  }

  private static Layer elementWise(int units, Activation activation) {
    return new ElementWiseMultiplicationLayer.Builder()
        .nIn(units)
        .nOut(units)
        .activation(activation)
        .build();
  }
}
