package org.adafisher.curvature;

import static org.adafisher.curvature.BruteForce.assertClose;
import static org.adafisher.curvature.BruteForce.differences;
import static org.adafisher.curvature.BruteForce.gaussian;
import static org.adafisher.curvature.BruteForce.labels;
import static org.adafisher.curvature.BruteForce.means;
import static org.adafisher.curvature.BruteForce.squares;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Taps;
import org.adafisher.curvature.BruteForce.Net;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.profiler.OpProfiler;
import org.nd4j.linalg.profiler.ProfilerConfig;

/**
 * Raw factors of recurrent layers: the inputs of each step by a forward pass in plain numbers,
 * dL/dz from finite differences of the network's own score with single steps' z nudged. The same
 * two give DL4J's gradient of every parameter, which shows that its values are paired with the
 * right factors.
 */
@SuppressWarnings("deprecation") // saved networks have Graves' LSTMs
class RecurrentFactorsTest {

  enum Kind {
    SIMPLE,
    LSTM,
    GRAVES,
    GRAVES_BIDIRECTIONAL;

    Layer layer(int units, Activation activation, Activation gate) {
      return switch (this) {
        case SIMPLE -> new SimpleRnn.Builder().nOut(units).activation(activation).build();
        case LSTM ->
            new LSTM.Builder()
                .nOut(units)
                .activation(activation)
                .gateActivationFunction(gate)
                .build();
        case GRAVES ->
            new GravesLSTM.Builder()
                .nOut(units)
                .activation(activation)
                .gateActivationFunction(gate)
                .build();
        case GRAVES_BIDIRECTIONAL ->
            new GravesBidirectionalLSTM.Builder()
                .nOut(units)
                .activation(activation)
                .gateActivationFunction(gate)
                .build();
      };
    }

    int gates() {
      return this == SIMPLE ? 1 : 4;
    }

    boolean hasPeepholes() {
      return this == GRAVES || this == GRAVES_BIDIRECTIONAL;
    }

    List<Way> ways() {
      return this == GRAVES_BIDIRECTIONAL
          ? List.of(new Way("", "F", "forward", true, 0), new Way("", "B", "backward", false, 1))
          : List.of(new Way("", "", "", true, 0));
    }
  }

  enum Wrapper {
    NONE,
    LAST_STEP,
    MASK_ZERO,
    CONCAT,
    ADD,
    MUL,
    AVERAGE;

    boolean isBidirectional() {
      return ordinal() >= CONCAT.ordinal();
    }

    Layer around(Layer layer) {
      return switch (this) {
        case NONE -> layer;
        case LAST_STEP -> new LastTimeStep(layer);
        case MASK_ZERO -> new MaskZeroLayer(layer, 0);
        default -> new Bidirectional(Bidirectional.Mode.valueOf(name()), layer);
      };
    }
  }

  /**
   * One way through the steps.
   *
   * @param prefix of parameters
   * @param suffix of parameters
   * @param part in front of parts
   * @param forwards from the first step
   * @param turn which way it is of those that one layer goes
   */
  record Way(String prefix, String suffix, String part, boolean forwards, int turn) {

    String part(String name) {
      return part.isEmpty() || name.isEmpty() ? part + name : part + "/" + name;
    }

    String parameter(String name) {
      return prefix + name + suffix;
    }

    int time(int step, int steps) {
      return forwards ? step : steps - 1 - step;
    }

    /** The configuration of the layer that goes it. */
    BaseLayer configuration(Net net) {
      Layer conf = net.layer().conf().getLayer();
      return (BaseLayer)
          (conf instanceof Bidirectional both ? forwards ? both.getFwd() : both.getBwd() : conf);
    }
  }

  /** Counts the calls of a layer's functions and adds a nudge to what they are called with. */
  @SuppressWarnings("serial") // lives in a test
  private static final class Nudged implements IActivation {

    interface Nudge {
      void change(int call, INDArray z);
    }

    private final IActivation delegate;
    private final transient Nudge nudge;
    private int calls;

    Nudged(IActivation delegate, Nudge nudge) {
      this.delegate = delegate;
      this.nudge = nudge;
    }

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
      nudge.change(calls++, in);
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

  /** The rows of one way, each [inputs] or [gates * units], step by step. */
  private static final class Rows {

    private final List<double[]> inputs = new ArrayList<>();
    private final List<double[]> previous = new ArrayList<>();
    private final List<double[]> previousCells = new ArrayList<>();
    private final List<double[]> cells = new ArrayList<>();
    private final List<double[]> gradients = new ArrayList<>();
  }

  // Reversing a series, and pulling its last steps under a mask, DL4J makes arrays of the default
  // type whatever the network's.
  @BeforeContainer
  static void inDoublePrecision() {
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
  }

  @AfterContainer
  static void asBefore() {
    Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
  }

  @Provide
  Arbitrary<Activation> gates() {
    return Arbitraries.of(Activation.SIGMOID, Activation.HARDSIGMOID);
  }

  @Property(tries = 30)
  void kinds(
      @ForAll Kind kind,
      @ForAll Wrapper wrapper,
      @ForAll("gates") Activation gate,
      @ForAll boolean minibatch,
      @ForAll boolean padded,
      @ForAll @IntRange(min = 1, max = 2) int inputs,
      @ForAll @IntRange(min = 1, max = 2) int units,
      @ForAll @IntRange(min = 1, max = 2) int batch,
      @ForAll @IntRange(min = 2, max = 3) int steps,
      @ForAll long seed) {
    Assume.that(kind != Kind.GRAVES_BIDIRECTIONAL || !wrapper.isBidirectional());
    Random random = new Random(seed);
    INDArray mask = Nd4j.ones(DataType.DOUBLE, batch, steps);
    if (padded) {
      for (int example = 0; example < batch; example++) {
        for (int step = 1 + random.nextInt(steps); step < steps; step++) {
          mask.putScalar(example, step, 0);
        }
      }
    }
    INDArray features = gaussian(random, batch, inputs, steps);
    features.muli(mask.reshape(batch, 1, steps));
    Net net = net(random, kind, wrapper, gate, minibatch, features, padded ? mask : null, units);
    Map<String, RawFactors> actual = net.factors();
    List<Way> ways = ways(kind, wrapper);
    int parts = kind.hasPeepholes() ? 5 : 2;
    assertThat(actual).hasSize(parts * ways.size());
    for (Way way : ways) {
      INDArray zeros = Nd4j.zeros(DataType.DOUBLE, batch, units);
      // Nobody tells an LSTM inside a Bidirectional of padding: backwards, it begins with it.
      boolean told = kind == Kind.SIMPLE || !wrapper.isBidirectional() || way.forwards;
      INDArray own = told ? mask : Nd4j.onesLike(mask);
      Rows rows = rows(net, kind, way, units, own, 0, net::loss, zeros, zeros);
      assertFactors(actual, kind, way, rows, units);
      assertGradients(net.layer(), net::gradient, way, rows, minibatch ? batch : 1);
    }
  }

  /**
   * The layer on its own, as a ComputationGraph calls it; a MultiLayerNetwork of DL4J 1.0.0-M2.1
   * goes back through whole windows without a state, whatever its configuration says.
   */
  @Property(tries = 20)
  void truncatedBackPropagation(
      @ForAll("oneWay") Kind kind,
      @ForAll @IntRange(min = 1, max = 2) int units,
      @ForAll @IntRange(min = 1, max = 3) int steps,
      @ForAll @IntRange(min = 1, max = 4) int back,
      @ForAll boolean resumed,
      @ForAll long seed) {
    Random random = new Random(seed);
    int batch = 2;
    INDArray features = gaussian(random, batch, 2, steps);
    Net net = net(random, kind, Wrapper.NONE, Activation.SIGMOID, true, features, null, units);
    net.fitUntapped(); // makes arrays for the gradients
    var layer = (RecurrentLayer) net.layer();
    INDArray h = Nd4j.zeros(DataType.DOUBLE, batch, units);
    INDArray c = h.dup();
    // DL4J's SimpleRnn goes back without the state that it went forwards with.
    if (resumed && kind != Kind.SIMPLE) {
      h = gaussian(random, batch, units);
      c = gaussian(random, batch, units);
      Map<String, INDArray> state =
          Map.of(
              org.deeplearning4j.nn.layers.recurrent.LSTM.STATE_KEY_PREV_ACTIVATION,
              h,
              org.deeplearning4j.nn.layers.recurrent.LSTM.STATE_KEY_PREV_MEMCELL,
              c);
      layer.rnnSetPreviousState(state);
      layer.rnnSetTBPTTState(state);
    }
    INDArray epsilon = gaussian(random, batch, units, steps);
    var workspaces = LayerWorkspaceMgr.noWorkspaces();
    DoubleSupplier loss =
        () ->
            layer
                .rnnActivateUsingStoredState(net.input(), true, false, workspaces)
                .mul(epsilon)
                .sumNumber()
                .doubleValue();
    Way way = kind.ways().get(0);
    int first = Math.max(0, steps - back);
    Rows rows =
        rows(net, kind, way, units, Nd4j.ones(DataType.DOUBLE, batch, steps), first, loss, h, c);
    if (kind == Kind.SIMPLE) {
      // Its gradient leaves out what the first step that it reaches got from the one before.
      rows.previous.subList(0, batch).replaceAll(row -> new double[row.length]);
    }

    Taps taps = new Taps();
    var estimator = (FactorEstimator.FromPass) FactorEstimators.forLayer(layer).orElseThrow();
    layer.setInput(net.input(), workspaces);
    var pass = estimator.watch(layer, taps, new Minibatch(batch, false));
    var gradients = layer.tbpttBackpropGradient(epsilon.dup(), back, workspaces).getFirst();
    taps.disarm();

    assertFactors(pass.get(), kind, way, rows, units);
    assertGradients(layer, gradients::getGradientFor, way, rows, 1);
  }

  /** A window of a MultiLayerNetwork's. */
  @Example
  void windowsOfATruncatedNetwork() {
    for (Kind kind : List.of(Kind.SIMPLE, Kind.LSTM, Kind.GRAVES)) {
      Random random = new Random(4);
      INDArray features = gaussian(random, 2, 2, 3);
      Net net = net(random, kind, Wrapper.NONE, Activation.SIGMOID, true, features, null, 2);
      var conf = net.model().getLayerWiseConfigurations();
      conf.setBackpropType(BackpropType.TruncatedBPTT);
      conf.setTbpttFwdLength(2);
      conf.setTbpttBackLength(2);
      List<Map<String, RawFactors>> windows = net.allFactors();
      assertThat(windows).hasSize(2);
      assertClose(
          windows.get(0).get("").inputMean(),
          BruteForce.withBias(
              net.input()
                  .get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, 2))
                  .mean(0, 2)
                  .toDoubleVector(),
              true));
      assertClose(
          windows.get(1).get("").inputMean(),
          BruteForce.withBias(
              net.input()
                  .get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(2))
                  .mean(0)
                  .toDoubleVector(),
              true));
    }
  }

  @Provide
  Arbitrary<Kind> oneWay() {
    return Arbitraries.of(Kind.SIMPLE, Kind.LSTM, Kind.GRAVES);
  }

  /** As it is: DL4J cannot run this layer, so no gradient of it can come. */
  @Example
  void dl4jCannotRunSimpleRnnWithLayerNorm() {
    INDArray features = gaussian(new Random(1), 3, 2, 4);
    Layer layer = new SimpleRnn.Builder().nOut(3).hasLayerNorm(true).build();
    var output =
        new RnnOutputLayer.Builder(new LossMCXENT(0, null))
            .nOut(2)
            .activation(Activation.SOFTMAX)
            .build();
    DataSet data = new DataSet(features, labels(new Random(1), 3, 2, 4));
    Net net = new Net(new Random(2), true, data, InputType.recurrent(2, 4), layer, output);
    assertThatThrownBy(net::fitUntapped).isInstanceOf(IllegalStateException.class);
    assertThat(FactorEstimators.forLayer(net.layer()).orElseThrow().layout(net.layer()).spans())
        .isEmpty();
  }

  @Example
  void timeDistributed() {
    Random random = new Random(5);
    Net net =
        new Net(
            random,
            true,
            new DataSet(gaussian(random, 2, 3, 4), labels(random, 2, 2, 4)),
            InputType.recurrent(3, 4),
            new TimeDistributed(
                new DenseLayer.Builder().nOut(2).activation(Activation.TANH).build()),
            new RnnOutputLayer.Builder(new LossMCXENT(0, null))
                .nOut(2)
                .activation(Activation.SOFTMAX)
                .build());
    RawFactors actual = net.factors().get(FactorPart.MAIN);
    double[][] rows = BruteForce.rows(net.input(), 1);
    INDArray gradient = net.preActivationGradient(INDArray::addi);
    assertClose(actual.input(), BruteForce.withBias(squares(rows, 8), true));
    assertClose(actual.gradient(), squares(BruteForce.rows(gradient, 1), 8));
  }

  /** One row makes the square of W's gradient the product of the factors. */
  @Example
  void afterDropout() {
    for (Kind kind : Kind.values()) {
      Random random = new Random(3);
      Layer layer = kind.layer(2, Activation.TANH, Activation.SIGMOID);
      layer.setIDropout(new Dropout(0.5));
      Net net =
          new Net(
              random,
              true,
              new DataSet(gaussian(random, 1, 6, 1), labels(random, 1, 2, 1)),
              InputType.recurrent(6, 1),
              layer,
              new RnnOutputLayer.Builder(new LossMCXENT(0, null))
                  .nOut(2)
                  .activation(Activation.SOFTMAX)
                  .build());
      Map<String, RawFactors> actual = net.factors();
      for (Way way : kind.ways()) {
        RawFactors raw = actual.get(way.part(""));
        double[] gradient = net.gradient(way.parameter("W")).dup('f').data().asDouble();
        for (int k = 0; k < raw.gradient().length; k++) {
          for (int j = 0; j < 6; j++) {
            double g = gradient[k * 6 + j];
            assertClose(
                new double[] {raw.input()[j] * raw.gradient()[k]},
                new double[] {g * g},
                1e-9,
                1e-20);
          }
        }
      }
    }
  }

  @Example
  void aTapChangesNoGradientAndComesOff() {
    for (Kind kind : Kind.values()) {
      INDArray features = gaussian(new Random(1), 3, 2, 4);
      Supplier<Net> fresh =
          () ->
              net(
                  new Random(2),
                  kind,
                  kind == Kind.LSTM ? Wrapper.CONCAT : Wrapper.NONE,
                  Activation.SIGMOID,
                  true,
                  features,
                  null,
                  3);
      Net tapped = fresh.get();
      var conf = tapped.layer().conf();
      String text = conf.getLayer().toString();
      tapped.factors();
      assertThat(tapped.layer().conf()).isSameAs(conf);
      assertThat(conf.getLayer()).hasToString(text);

      Net plain = fresh.get();
      plain.fitUntapped();
      for (String parameter : plain.layer().paramTable().keySet()) {
        assertClose(
            tapped.gradient(parameter).dup('c').data().asDouble(),
            plain.gradient(parameter).dup('c').data().asDouble(),
            1e-12,
            1e-16);
      }
    }
  }

  @Example
  void aTapComesOffWhenALayerThrows() {
    for (Kind kind : Kind.values()) {
      INDArray features = gaussian(new Random(1), 3, 2, 4);
      Net net = net(new Random(2), kind, Wrapper.NONE, Activation.SIGMOID, true, features, null, 3);
      BaseLayer layer = (BaseLayer) net.layer().conf().getLayer();
      layer.setActivationFn(new Nudged(layer.getActivationFn(), (call, z) -> {}));
      var conf = net.layer().conf();
      assertThatThrownBy(net::factors).isInstanceOf(UnsupportedOperationException.class);
      assertThat(net.layer().conf()).isSameAs(conf);
    }
  }

  @Example
  void stepsMayComeBeforeFeatures() {
    for (Kind kind : Kind.values()) {
      INDArray features = gaussian(new Random(1), 2, 3, 4);
      INDArray labels = labels(new Random(2), 2, 2, 4);
      List<Map<String, RawFactors>> both = new ArrayList<>();
      for (RNNFormat format : RNNFormat.values()) {
        boolean last = format == RNNFormat.NCW;
        var layer = (BaseRecurrentLayer) kind.layer(2, Activation.TANH, Activation.SIGMOID);
        layer.setRnnDataFormat(format);
        var output =
            new RnnOutputLayer.Builder(new LossMCXENT(0, null))
                .nOut(2)
                .activation(Activation.SOFTMAX)
                .dataFormat(format)
                .build();
        DataSet data =
            last
                ? new DataSet(features, labels)
                : new DataSet(features.permute(0, 2, 1).dup(), labels.permute(0, 2, 1).dup());
        Net net =
            new Net(new Random(3), true, data, InputType.recurrent(3, 4, format), layer, output);
        both.add(net.factors());
      }
      assertThat(both.get(0)).isNotEmpty().containsOnlyKeys(both.get(1).keySet());
      both.get(0)
          .forEach(
              (part, raw) -> {
                assertClose(raw.input(), both.get(1).get(part).input());
                assertClose(raw.gradient(), both.get(1).get(part).gradient());
              });
    }
  }

  @Example
  void aFullyMaskedMinibatchHasNoRows() {
    for (Kind kind : Kind.values()) {
      INDArray features = gaussian(new Random(1), 2, 3, 4);
      INDArray mask = Nd4j.zeros(DataType.DOUBLE, 2, 4);
      Net net = net(new Random(2), kind, Wrapper.NONE, Activation.SIGMOID, true, features, mask, 2);
      assertThat(net.factors()).isEmpty();
    }
  }

  /**
   * What a time step costs in operations of ND4J's, whose fixed cost is most of that of a small
   * layer. The watch itself needs none on the CPU, where a copy is no operation. An LSTM with a tap
   * on its gates' function does not take DL4J's shorter way for sigmoid gates, which saves six.
   */
  @Example
  void watchingTakesFewOperationsForEachStep() {
    assumeTrue(HostVectors.areAtHand(), "on a device each copy of a result is an operation");
    for (Kind kind : Kind.values()) {
      int perStep = (operations(kind, true, 40) - operations(kind, true, 20)) / 20;
      int untapped = (operations(kind, false, 40) - operations(kind, false, 20)) / 20;
      assertThat(perStep - untapped)
          .as("%s, beside %d of the layer's own", kind, untapped)
          .isLessThanOrEqualTo((kind == Kind.SIMPLE ? 0 : 6) * kind.ways().size());
    }
  }

  /** How many operations a training step runs. */
  private static int operations(Kind kind, boolean tapped, int steps) {
    INDArray features = gaussian(new Random(1), 3, 2, steps);
    Net net = net(new Random(2), kind, Wrapper.NONE, Activation.SIGMOID, true, features, null, 3);
    OpProfiler profiler = OpProfiler.getInstance();
    ProfilerConfig before = profiler.getConfig();
    Nd4j.getExecutioner()
        .setProfilingConfig(
            ProfilerConfig.builder().checkElapsedTime(true).checkWorkspaces(false).build());
    try {
      long begin = profiler.getInvocationsCount();
      if (tapped) {
        net.factors();
      } else {
        net.fitUntapped();
      }
      return (int) (profiler.getInvocationsCount() - begin);
    } finally {
      Nd4j.getExecutioner().setProfilingConfig(before);
    }
  }

  @Example
  void withoutCallsThereAreNoFactors() {
    for (Kind kind : Kind.values()) {
      INDArray features = gaussian(new Random(1), 3, 2, 4);
      Net net = net(new Random(2), kind, Wrapper.NONE, Activation.SIGMOID, true, features, null, 3);
      var estimator =
          (FactorEstimator.FromPass) FactorEstimators.forLayer(net.layer()).orElseThrow();
      Taps taps = new Taps();
      var pass = estimator.watch(net.layer(), taps, new Minibatch(3, true));
      taps.disarm();
      assertThat(pass.get()).isEmpty();
    }
  }

  private static List<Way> ways(Kind kind, Wrapper wrapper) {
    return wrapper.isBidirectional()
        ? List.of(new Way("f", "", "forward", true, 0), new Way("b", "", "backward", false, 0))
        : kind.ways();
  }

  private static Net net(
      Random random,
      Kind kind,
      Wrapper wrapper,
      Activation gate,
      boolean minibatch,
      INDArray features,
      INDArray mask,
      int units) {
    long batch = features.size(0);
    long steps = features.size(2);
    boolean series = wrapper != Wrapper.LAST_STEP;
    var loss = new LossMCXENT(0, null);
    Layer output =
        series
            ? new RnnOutputLayer.Builder(loss).nOut(2).activation(Activation.SOFTMAX).build()
            : new OutputLayer.Builder(loss).nOut(2).activation(Activation.SOFTMAX).build();
    INDArray labels = series ? labels(random, batch, 2, steps) : labels(random, batch, 2);
    return new Net(
        random,
        minibatch,
        new DataSet(features, labels, mask, series ? mask : null),
        InputType.recurrent(features.size(1), steps),
        wrapper.around(kind.layer(units, Activation.TANH, gate)),
        output);
  }

  /** The rows of the steps from the first that is asked for. */
  private static Rows rows(
      Net net,
      Kind kind,
      Way way,
      int units,
      INDArray mask,
      int first,
      DoubleSupplier loss,
      INDArray firstPrevious,
      INDArray firstCell) {
    int batch = (int) mask.size(0);
    int steps = (int) mask.size(1);
    INDArray gradient = gradient(net, kind, way, batch, units, steps, loss);
    INDArray input = net.input();
    INDArray w = net.parameter(way.parameter("W"));
    INDArray r = net.parameter(way.parameter("RW"));
    INDArray b = net.parameter(way.parameter("b")).reshape(1, -1);
    INDArray h = firstPrevious;
    INDArray c = firstCell;
    IActivation gate =
        way.configuration(net) instanceof AbstractLSTM lstm
            ? lstm.getGateActivationFn()
            : way.configuration(net) instanceof GravesBidirectionalLSTM both
                ? both.getGateActivationFn()
                : null;
    Rows rows = new Rows();
    for (int step = 0; step < steps; step++) {
      int time = way.time(step, steps);
      INDArray x =
          input.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(time)).dup();
      x = x.reshape(batch, input.size(1));
      INDArray z = x.mmul(w).add(h.mmul(columns(r, 0, kind.gates() * units))).addRowVector(b);
      INDArray nextC = c;
      INDArray nextH;
      if (kind == Kind.SIMPLE) {
        nextH = tanh(z);
      } else {
        INDArray i = tanh(columns(z, 0, units));
        INDArray f = gate.getActivation(peek(z, 1, r, 0, c, kind, units), true);
        INDArray g = gate.getActivation(peek(z, 3, r, 2, c, kind, units), true);
        nextC = f.mul(c).add(g.mul(i));
        INDArray o = gate.getActivation(peek(z, 2, r, 1, nextC, kind, units), true);
        nextH = o.mul(tanh(nextC));
      }
      INDArray counts = mask.getColumn(time, true);
      nextC = nextC.mulColumnVector(counts);
      nextH = nextH.mulColumnVector(counts);
      for (int example = 0; example < batch; example++) {
        if (step >= first && counts.getDouble(example) != 0) {
          rows.inputs.add(x.getRow(example).toDoubleVector());
          rows.previous.add(h.getRow(example).toDoubleVector());
          rows.previousCells.add(c.getRow(example).toDoubleVector());
          rows.cells.add(nextC.getRow(example).toDoubleVector());
          rows.gradients.add(
              gradient
                  .get(NDArrayIndex.point(step), NDArrayIndex.point(example), NDArrayIndex.all())
                  .dup()
                  .toDoubleVector());
        }
      }
      c = nextC;
      h = nextH;
    }
    return rows;
  }

  private static INDArray peek(
      INDArray z, int gate, INDArray r, int peephole, INDArray cell, Kind kind, int units) {
    INDArray own = columns(z, gate * units, units).dup();
    return kind.hasPeepholes()
        ? own.addi(cell.mulRowVector(columns(r, 4 * units + peephole, 1).dup().reshape(1, units)))
        : own;
  }

  private static INDArray columns(INDArray matrix, int from, int count) {
    return matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(from, from + count)).dup();
  }

  private static INDArray tanh(INDArray z) {
    return Activation.TANH.getActivationFunction().getActivation(z.dup(), true);
  }

  /** dL/dz [steps, batch, gates * units], in DL4J's order of the gates. */
  private static INDArray gradient(
      Net net, Kind kind, Way way, int batch, int units, int steps, DoubleSupplier loss) {
    INDArray nudge = Nd4j.zeros(DataType.DOUBLE, steps, batch, (long) kind.gates() * units);
    BaseLayer conf = way.configuration(net);
    return differences(
        () ->
            kind == Kind.SIMPLE
                ? simpleLoss(loss, conf, nudge)
                : lstmLoss(loss, conf, way, nudge, units),
        nudge);
  }

  private static double simpleLoss(DoubleSupplier score, BaseLayer conf, INDArray nudge) {
    IActivation activation = conf.getActivationFn();
    conf.setActivationFn(
        new Nudged(
            activation, (call, z) -> z.addi(nudge.slice(call % nudge.size(0)).reshape(z.shape()))));
    double loss = score.getAsDouble();
    conf.setActivationFn(activation);
    return loss;
  }

  private static double lstmLoss(
      DoubleSupplier score, BaseLayer conf, Way way, INDArray nudge, int units) {
    int steps = (int) nudge.size(0);
    int turns = conf instanceof GravesBidirectionalLSTM ? 2 : 1;
    IActivation activation = conf.getActivationFn();
    IActivation gate = gate(conf);
    conf.setActivationFn(
        new Nudged(
            activation,
            (call, z) -> {
              if (call % 2 == 0) {
                nudge(z, nudge, call / 2 % (steps * turns) - way.turn * steps, 0, units);
              }
            }));
    int[] order = {1, 3, 2};
    setGate(
        conf,
        new Nudged(
            gate,
            (call, z) ->
                nudge(
                    z,
                    nudge,
                    call / 3 % (steps * turns) - way.turn * steps,
                    order[call % 3],
                    units)));
    double loss = score.getAsDouble();
    conf.setActivationFn(activation);
    setGate(conf, gate);
    return loss;
  }

  private static void nudge(INDArray z, INDArray nudge, int step, int gate, int units) {
    if (step >= 0 && step < nudge.size(0)) {
      z.addi(columns(nudge.slice(step), gate * units, units));
    }
  }

  private static IActivation gate(BaseLayer conf) {
    return conf instanceof AbstractLSTM lstm
        ? lstm.getGateActivationFn()
        : ((GravesBidirectionalLSTM) conf).getGateActivationFn();
  }

  private static void setGate(BaseLayer conf, IActivation gate) {
    if (conf instanceof AbstractLSTM lstm) {
      lstm.setGateActivationFn(gate);
    } else {
      ((GravesBidirectionalLSTM) conf).setGateActivationFn(gate);
    }
  }

  private static void assertFactors(
      Map<String, RawFactors> actual, Kind kind, Way way, Rows rows, int units) {
    assertPart(actual.get(way.part("")), rows.inputs, rows.gradients, true);
    assertPart(actual.get(way.part("recurrent")), rows.previous, rows.gradients, false);
    if (kind.hasPeepholes()) {
      assertPart(
          actual.get(way.part("forgetPeephole")),
          rows.previousCells,
          gate(rows.gradients, 1, units),
          false);
      assertPart(
          actual.get(way.part("outputPeephole")),
          rows.cells,
          gate(rows.gradients, 2, units),
          false);
      assertPart(
          actual.get(way.part("inputPeephole")),
          rows.previousCells,
          gate(rows.gradients, 3, units),
          false);
    }
  }

  private static List<double[]> gate(List<double[]> gradients, int gate, int units) {
    return gradients.stream()
        .map(row -> Arrays.copyOfRange(row, gate * units, (gate + 1) * units))
        .toList();
  }

  private static void assertPart(
      RawFactors actual, List<double[]> inputs, List<double[]> gradients, boolean bias) {
    double rows = inputs.size();
    double[][] x = inputs.toArray(double[][]::new);
    assertClose(actual.input(), BruteForce.withBias(squares(x, rows), bias), 1e-9, 1e-12);
    assertClose(actual.inputMean(), BruteForce.withBias(means(x, rows), bias), 1e-9, 1e-12);
    assertClose(actual.gradient(), squares(gradients.toArray(double[][]::new), rows));
  }

  /** The sum over rows of gradient times input, by the layout, is DL4J's gradient. */
  private static void assertGradients(
      org.deeplearning4j.nn.api.Layer layer,
      Function<String, INDArray> actual,
      Way way,
      Rows rows,
      int lossScale) {
    FactorLayout layout = FactorEstimators.forLayer(layer).orElseThrow().layout(layer);
    for (String name : List.of("W", "RW", "b")) {
      String parameter = way.parameter(name);
      List<Double> expected = new ArrayList<>();
      for (ParameterSpan span : layout.spansOf(parameter)) {
        int units = rows.previous.get(0).length;
        List<double[]> x =
            span.part().endsWith("outputPeephole")
                ? rows.cells
                : span.part().endsWith("Peephole")
                    ? rows.previousCells
                    : span.part().endsWith("recurrent") ? rows.previous : rows.inputs;
        List<double[]> s =
            span.part().endsWith("forgetPeephole")
                ? gate(rows.gradients, 1, units)
                : span.part().endsWith("outputPeephole")
                    ? gate(rows.gradients, 2, units)
                    : span.part().endsWith("inputPeephole")
                        ? gate(rows.gradients, 3, units)
                        : rows.gradients;
        for (int k = 0; k < span.outputs(); k++) {
          for (int j = 0; j < span.inputs(); j++) {
            double sum = 0;
            for (int row = 0; row < x.size(); row++) {
              int group = span.groups() == 1 ? 0 : k;
              double in = span.isWeight() ? x.get(row)[group * (int) span.inputs() + j] : 1;
              sum += s.get(row)[k] * in;
            }
            expected.add(sum * lossScale);
          }
        }
      }
      INDArray gradient = actual.apply(parameter);
      assertClose(
          gradient.dup('f').data().asDouble(),
          expected.stream().mapToDouble(Double::doubleValue).toArray(),
          1e-6,
          1e-9);
    }
  }
}
