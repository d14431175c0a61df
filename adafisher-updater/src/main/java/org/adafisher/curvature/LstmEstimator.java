package org.adafisher.curvature;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Taps;
import org.adafisher.curvature.CallLog.Function;
import org.adafisher.curvature.CallLog.Kept;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.layers.recurrent.LSTM;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * z = W x_t + R h_(t-1) + b of an LSTM's four kinds of units, in DL4J's order: block input, forget
 * gate, output gate, input gate. W and b meet x_t, R meets h_(t-1), both the same rows: an
 * example's step, the first one with h_(-1) = 0 unless truncated back-propagation hands a state on.
 * Masked steps, and those that truncated back-propagation does not reach, are left out.
 *
 * <p>With peepholes, the last three columns of R are weights from each unit's own cell to its
 * gates: p c_(t-1) for the forget and input gates, p c_t for the output gate. They are parts of
 * their own, in which every unit meets one input.
 *
 * <p>DL4J calls the gates' function on the way back unless it is its own sigmoid itself, so with a
 * tap every dL/dz is seen. DL4J tells an LSTM of no mask unless a wrapper does: padding at the end
 * of its series is known by the absence of any gradient.
 */
@SuppressWarnings("deprecation") // saved networks have Graves' LSTMs
final class LstmEstimator implements FactorEstimator.FromPass {

  /** A step on the way forwards: block input, forget, input and output gate, cell's output. */
  private static final List<Function> FORWARDS =
      List.of(
          Function.ACTIVATION, Function.GATE, Function.GATE, Function.GATE, Function.ACTIVATION);

  /** On the way back: output gate, cell's output, forget gate, input gate, block input. */
  private static final List<Function> BACKWARDS =
      List.of(
          Function.GATE, Function.ACTIVATION, Function.GATE, Function.GATE, Function.ACTIVATION);

  /** What h_t = o_t f(c_t) needs. */
  private static final Kept ACTIVATIONS = new Kept(FORWARDS.size(), Set.of(), Set.of(3, 4));

  /** And c_t between them, which the peepholes meet. */
  private static final Kept ACTIVATIONS_AND_CELLS =
      new Kept(FORWARDS.size(), Set.of(4), Set.of(3, 4));

  /** All but the gradient of the cell's output. */
  private static final Kept GRADIENTS = new Kept(BACKWARDS.size(), Set.of(), Set.of(0, 2, 3, 4));

  /** Of each gate, in the order of DL4J's parameters, its place in {@link #GRADIENTS}. */
  private static final int[] GATES = {3, 1, 0, 2};

  /**
   * One way through the steps.
   *
   * @param suffix behind the names of the parameters W, RW and b
   * @param part in front of the names of the parts
   * @param forwards from the first step to the last
   */
  private record Direction(String suffix, String part, boolean forwards) {

    String part(String name) {
      return part.isEmpty() || name.isEmpty() ? part + name : part + "/" + name;
    }
  }

  /** A peephole of each unit. */
  private enum Peephole {
    FORGET("forgetPeephole", 1),
    OUTPUT("outputPeephole", 2),
    INPUT("inputPeephole", 3);

    private final String part;
    private final int gate;

    Peephole(String part, int gate) {
      this.part = part;
      this.gate = gate;
    }
  }

  /**
   * What the steps that got a gradient show, in the order in which the layer takes them.
   *
   * @param gradient [steps, gates, units, batch], but the last step first
   * @param previous h_(t-1), [steps, units, batch]
   * @param previousCells c_(t-1), likewise; {@code null} without peepholes
   * @param cells c_t, likewise; {@code null} without peepholes
   */
  private record Steps(
      INDArray gradient, INDArray previous, INDArray previousCells, INDArray cells) {}

  private final boolean peepholes;
  private final List<Direction> directions;

  private LstmEstimator(boolean peepholes, Direction... directions) {
    this.peepholes = peepholes;
    this.directions = List.of(directions);
  }

  static LstmEstimator plain() {
    return new LstmEstimator(false, new Direction("", FactorPart.MAIN, true));
  }

  static LstmEstimator graves() {
    return new LstmEstimator(true, new Direction("", FactorPart.MAIN, true));
  }

  static LstmEstimator gravesBidirectional() {
    return new LstmEstimator(
        true, new Direction("F", "forward", true), new Direction("B", "backward", false));
  }

  @Override
  public FactorLayout layout(Layer layer) {
    List<FactorPart> parts = new ArrayList<>();
    List<ParameterSpan> spans = new ArrayList<>();
    if (isCached(layer)) {
      return new FactorLayout(parts, spans);
    }
    for (Direction direction : directions) {
      String w = "W" + direction.suffix;
      String recurrent = "RW" + direction.suffix;
      long inputs = layer.getParam(w).size(0);
      long units = layer.getParam(recurrent).size(0);
      parts.add(FactorPart.of(direction.part, inputs + 1, 4 * units));
      spans.add(new ParameterSpan(w, direction.part, 0, inputs, 4 * units));
      spans.add(new ParameterSpan("b" + direction.suffix, direction.part, inputs, 1, 4 * units));
      String recurrentPart = direction.part(RecurrentSteps.RECURRENT);
      parts.add(FactorPart.of(recurrentPart, units, 4 * units));
      spans.add(new ParameterSpan(recurrent, recurrentPart, 0, units, 4 * units));
      if (peepholes) {
        for (Peephole peephole : Peephole.values()) {
          String name = direction.part(peephole.part);
          parts.add(FactorPart.of(name, units, units));
          spans.add(new ParameterSpan(recurrent, name, 0, 1, units, units, Arrangement.BY_UNIT));
        }
      }
    }
    return new FactorLayout(parts, spans);
  }

  /**
   * A bidirectional LSTM under a cache mode does without a forward pass in its backward pass, and
   * has not kept what a gate's function needs for its derivative.
   */
  private static boolean isCached(Layer layer) {
    CacheMode mode = layer.conf().getCacheMode();
    return layer.conf().getLayer() instanceof GravesBidirectionalLSTM
        && mode != null
        && mode != CacheMode.NONE;
  }

  @Override
  public Supplier<Map<String, RawFactors>> watch(Layer listed, Taps taps, Minibatch minibatch) {
    Layer layer = RecurrentSteps.unwrapped(listed);
    if (isCached(layer)) {
      return RecurrentSteps::nothing;
    }
    Map<String, INDArray> state = ((RecurrentLayer) layer).rnnGetPreviousState();
    CallLog log =
        new CallLog(layer, taps, peepholes ? ACTIVATIONS_AND_CELLS : ACTIVATIONS, GRADIENTS);
    taps.replaceConfiguration(layer, conf -> tap(conf, log));
    return () -> estimate(layer, log, state, minibatch);
  }

  private static void tap(NeuralNetConfiguration conf, CallLog log) {
    if (conf.getLayer() instanceof AbstractLSTM lstm) {
      lstm.setActivationFn(log.tapped(Function.ACTIVATION, lstm.getActivationFn()));
      lstm.setGateActivationFn(log.tapped(Function.GATE, lstm.getGateActivationFn()));
    } else {
      var both = (GravesBidirectionalLSTM) conf.getLayer();
      both.setActivationFn(log.tapped(Function.ACTIVATION, both.getActivationFn()));
      both.setGateActivationFn(log.tapped(Function.GATE, both.getGateActivationFn()));
    }
  }

  private Map<String, RawFactors> estimate(
      Layer layer, CallLog log, Map<String, INDArray> state, Minibatch minibatch) {
    if (log.passes().size() != directions.size()) {
      return RecurrentSteps.nothing();
    }
    Map<String, RawFactors> result = new HashMap<>();
    for (int i = 0; i < directions.size(); i++) {
      Direction direction = directions.get(i);
      Optional<Steps> seen = read(log.passes().get(i), state);
      if (seen.isEmpty()) {
        return RecurrentSteps.nothing();
      }
      Steps steps = seen.get();
      RecurrentSteps rows =
          RecurrentSteps.of(layer, log, direction.forwards, (int) steps.gradient.size(0));
      if (layer.conf().getLayer() instanceof AbstractLSTM && log.mask() == null) {
        rows = rows.withoutTrailing(steps.gradient);
      }
      if (rows.rows() == 0) {
        return RecurrentSteps.nothing();
      }
      result.putAll(factors(direction, steps, rows, minibatch.lossScale()));
    }
    return result;
  }

  private Map<String, RawFactors> factors(
      Direction direction, Steps steps, RecurrentSteps rows, double lossScale) {
    int units = (int) steps.previous.size(1);
    double[] inCallOrder = rows.ofGradient(steps.gradient, lossScale);
    double[] gradient = new double[inCallOrder.length];
    for (int gate = 0; gate < GATES.length; gate++) {
      System.arraycopy(inCallOrder, GATES[gate] * units, gradient, gate * units, units);
    }
    Map<String, RawFactors> result = new HashMap<>();
    result.put(direction.part, rows.ofInputs(gradient));
    result.put(direction.part(RecurrentSteps.RECURRENT), rows.ofPrevious(steps.previous, gradient));
    if (peepholes) {
      for (Peephole peephole : Peephole.values()) {
        double[] own =
            Arrays.copyOfRange(gradient, peephole.gate * units, (peephole.gate + 1) * units);
        result.put(
            direction.part(peephole.part),
            peephole == Peephole.OUTPUT
                ? rows.ofOwn(steps.cells, own)
                : rows.ofPrevious(steps.previousCells, own));
      }
    }
    return result;
  }

  /** Empty if the calls are not those of DL4J's own code: a helper may work without them. */
  private Optional<Steps> read(CallLog.Pass pass, Map<String, INDArray> state) {
    List<Function> forwards = pass.activations().functions();
    List<Function> backwards = new ArrayList<>(pass.gradients().functions());
    ResultStack gradients = pass.gradients().stack();
    // Without a call of the forget gate's at the very first step, no state was handed on.
    boolean forgets = backwards.size() % BACKWARDS.size() != BACKWARDS.size() - 1;
    if (!forgets) {
      backwards.add(backwards.size() - 2, Function.GATE);
    }
    int all = forwards.size() / FORWARDS.size();
    int taken = backwards.size() / BACKWARDS.size();
    int first = all - taken;
    if (!pass.isUniform()
        || taken == 0
        || first < 0
        || !isRepeated(FORWARDS, forwards)
        || !isRepeated(BACKWARDS, backwards)) {
      return Optional.empty();
    }
    if (!forgets) {
      gradients.insertZeros(gradients.size() - 2);
    }
    INDArray made = pass.activations().stack().asSteps(all, peepholes ? 3 : 2);
    INDArray output = RecurrentSteps.each(made, 0);
    INDArray zeros = Nd4j.zeros(output.dataType(), output.size(2), output.size(1));
    Map<String, INDArray> initial = forgets ? state : Map.of();
    INDArray previous =
        RecurrentSteps.delayed(
            initial.getOrDefault(LSTM.STATE_KEY_PREV_ACTIVATION, zeros),
            output.mul(RecurrentSteps.each(made, peepholes ? 2 : 1)));
    INDArray cells = peepholes ? RecurrentSteps.each(made, 1).dup('c') : null;
    INDArray previousCells =
        peepholes
            ? RecurrentSteps.delayed(
                initial.getOrDefault(LSTM.STATE_KEY_PREV_MEMCELL, zeros), cells)
            : null;
    return Optional.of(
        new Steps(
            gradients.asSteps(taken, GATES.length),
            RecurrentSteps.steps(previous, first, all),
            peepholes ? RecurrentSteps.steps(previousCells, first, all) : null,
            peepholes ? RecurrentSteps.steps(cells, first, all) : null));
  }

  private static boolean isRepeated(List<Function> step, List<Function> calls) {
    return calls.size() % step.size() == 0
        && IntStream.range(0, calls.size())
            .allMatch(i -> calls.get(i) == step.get(i % step.size()));
  }
}
