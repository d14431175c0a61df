package org.adafisher.curvature;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Taps;
import org.adafisher.curvature.CallLog.Function;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.layers.recurrent.LSTM;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

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

  private static final int FORWARD_CALLS = 5;

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

    List<INDArray> cells(Steps steps) {
      return this == OUTPUT ? steps.cells : steps.previousCells;
    }
  }

  /** What the steps that got a gradient show, in the order in which the layer takes them. */
  private static final class Steps {

    private final LinkedList<INDArray> gradients = new LinkedList<>();
    private final List<INDArray> previous = new ArrayList<>();
    private final List<INDArray> previousCells = new ArrayList<>();
    private final List<INDArray> cells = new ArrayList<>();
  }

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
    CallLog log = new CallLog(layer, taps);
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
      Optional<Steps> seen = read(log, log.passes().get(i), state, direction.forwards);
      if (seen.isEmpty()) {
        return RecurrentSteps.nothing();
      }
      Steps steps = seen.get();
      RecurrentSteps rows =
          RecurrentSteps.of(layer, log, direction.forwards, steps.gradients.size());
      if (layer.conf().getLayer() instanceof AbstractLSTM && log.mask() == null) {
        rows = rows.withoutTrailing(steps.gradients);
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
    double count = rows.rows();
    INDArray gradient = rows.rowsOf(steps.gradients);
    Map<String, RawFactors> result = new HashMap<>();
    result.put(
        direction.part,
        RecurrentSteps.linear(rows.rowsOf(rows.inputs()), gradient, true, count, lossScale));
    result.put(
        direction.part(RecurrentSteps.RECURRENT),
        RecurrentSteps.linear(rows.rowsOf(steps.previous), gradient, false, count, lossScale));
    if (peepholes) {
      long units = steps.previous.get(0).size(1);
      for (Peephole peephole : Peephole.values()) {
        INDArray own =
            gradient.get(
                NDArrayIndex.all(),
                NDArrayIndex.interval(peephole.gate * units, (peephole.gate + 1) * units));
        result.put(
            direction.part(peephole.part),
            RecurrentSteps.linear(
                rows.rowsOf(peephole.cells(steps)), own, false, count, lossScale));
      }
    }
    return result;
  }

  /** Empty if the calls are not those of DL4J's own code: a helper may work without them. */
  private static Optional<Steps> read(
      CallLog log, CallLog.Pass pass, Map<String, INDArray> state, boolean forwards) {
    Steps steps = new Steps();
    int all = pass.activations().size() / FORWARD_CALLS;
    Optional<Boolean> fromState = readGradients(pass.gradients(), steps);
    int first = all - steps.gradients.size();
    if (fromState.isEmpty()
        || first < 0
        || steps.gradients.isEmpty()
        || !IntStream.range(0, pass.activations().size())
            .allMatch(i -> pass.activations().get(i).function() == forwardCall(i))
        || pass.activations().size() != all * FORWARD_CALLS) {
      return Optional.empty();
    }
    INDArray zeros = steps.gradients.get(0);
    zeros = Nd4j.zeros(zeros.dataType(), zeros.size(0), zeros.size(1) / 4);
    // Without a call of the forget gate's at the very first step, no state was handed on.
    boolean resumed = first > 0 || fromState.get();
    INDArray previous = resumed ? state.getOrDefault(LSTM.STATE_KEY_PREV_ACTIVATION, zeros) : zeros;
    INDArray cell = resumed ? state.getOrDefault(LSTM.STATE_KEY_PREV_MEMCELL, zeros) : zeros;
    for (int step = 0; step < all; step++) {
      INDArray[] results = new INDArray[FORWARD_CALLS];
      for (int i = 0; i < FORWARD_CALLS; i++) {
        results[i] = pass.activations().get(step * FORWARD_CALLS + i).result();
      }
      INDArray mask = RecurrentSteps.counts(log, zeros, forwards ? step : all - 1 - step);
      INDArray next = results[1].mul(cell).addi(results[2].mul(results[0]));
      if (step >= first) {
        steps.previous.add(previous);
        steps.previousCells.add(cell);
        steps.cells.add(next.muliColumnVector(mask));
      }
      cell = next.muliColumnVector(mask);
      previous = results[3].mul(results[4]).muliColumnVector(mask);
    }
    return Optional.of(steps);
  }

  /** Block input, forget gate, input gate, output gate, the cell's output. */
  private static Function forwardCall(int index) {
    int call = index % FORWARD_CALLS;
    return call == 0 || call == FORWARD_CALLS - 1 ? Function.ACTIVATION : Function.GATE;
  }

  /**
   * From the last step to the first: output gate, the cell's output, forget gate, input gate, block
   * input.
   *
   * @return whether the forget gate was called in every step; empty if it is another order
   */
  private static Optional<Boolean> readGradients(List<CallLog.Call> calls, Steps steps) {
    boolean always = true;
    int next = 0;
    while (next < calls.size()) {
      boolean forgets = next + 3 < calls.size() && calls.get(next + 3).function() == Function.GATE;
      int last = next + (forgets ? 4 : 3);
      List<Function> expected =
          forgets
              ? List.of(
                  Function.GATE,
                  Function.ACTIVATION,
                  Function.GATE,
                  Function.GATE,
                  Function.ACTIVATION)
              : List.of(Function.GATE, Function.ACTIVATION, Function.GATE, Function.ACTIVATION);
      if (!always
          || last >= calls.size()
          || !calls.subList(next, last + 1).stream()
              .map(CallLog.Call::function)
              .toList()
              .equals(expected)) {
        return Optional.empty();
      }
      INDArray output = calls.get(next).result();
      steps.gradients.addFirst(
          Nd4j.concat(
              1,
              calls.get(last).result(),
              forgets ? calls.get(next + 2).result() : Nd4j.zerosLike(output),
              output,
              calls.get(last - 1).result()));
      always = forgets;
      next = last + 1;
    }
    return Optional.of(always);
  }
}
