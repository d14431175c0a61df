package org.adafisher.curvature;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.adafisher.capture.CallTap;
import org.adafisher.capture.Taps;
import org.adafisher.capture.Workspaces;
import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a recurrent layer's activation functions gave in a backward pass, call by call. */
final class CallLog {

  /** Which of the layer's functions. */
  enum Function {
    ACTIVATION,
    GATE
  }

  /**
   * What is kept of each step's calls; a call is known by its index in the step.
   *
   * @param calls how many a step has
   * @param inputs the calls whose input is kept
   * @param results the calls whose result is kept
   */
  record Kept(int calls, Set<Integer> inputs, Set<Integer> results) {

    /** The results of all calls. */
    static final Kept ONLY_CALL = new Kept(1, Set.of(), Set.of(0));
  }

  /** The calls on the way through the steps once. */
  static final class Calls {

    private final Kept kept;
    private final List<Function> functions = new ArrayList<>();
    private final ResultStack stack = new ResultStack();

    private Calls(Kept kept) {
      this.kept = kept;
    }

    private void begin(INDArray input) {
      if (kept.inputs.contains(functions.size() % kept.calls)) {
        stack.add(input);
      }
    }

    private void end(Function function, INDArray result) {
      if (kept.results.contains(functions.size() % kept.calls)) {
        stack.add(result);
      }
      functions.add(function);
    }

    /** Which functions were called. */
    List<Function> functions() {
      return functions;
    }

    /** The inputs and results that were kept, in the order in which they were seen. */
    ResultStack stack() {
      return stack;
    }
  }

  /**
   * The steps once forwards, which DL4J's backward pass begins with, and once backwards.
   *
   * @param activations the calls on the way forwards
   * @param gradients the calls on the way backwards, whose results are dL/dz
   */
  record Pass(Calls activations, Calls gradients) {

    /** Whether all that is kept is of one batch. */
    boolean isUniform() {
      return activations.stack.isUniform() && gradients.stack.isUniform();
    }
  }

  private final Layer layer;
  private final Taps taps;
  private final Kept forwards;
  private final Kept backwards;
  private final List<Pass> passes = new ArrayList<>();
  private INDArray input;
  private INDArray mask;

  /**
   * @param layer whose functions are tapped
   * @param taps of the backward pass
   * @param forwards what is kept on the way forwards
   * @param backwards what is kept on the way backwards; results only
   */
  CallLog(Layer layer, Taps taps, Kept forwards, Kept backwards) {
    this.layer = layer;
    this.taps = taps;
    this.forwards = forwards;
    this.backwards = backwards;
  }

  /** The function, tapped for this log. */
  IActivation tapped(Function function, IActivation delegate) {
    return new CallTap(
        delegate,
        new CallTap.Observer() {
          @Override
          public void onInput(INDArray in) {
            if (passes.isEmpty() || !last().gradients.functions.isEmpty()) {
              beginPass();
            }
            last().activations.begin(in);
          }

          @Override
          public void onActivation(INDArray output) {
            last().activations.end(function, output);
          }

          @Override
          public void onGradient(INDArray gradient) {
            if (passes.isEmpty()) {
              beginPass();
            }
            if (input == null) {
              input = copy(layer.input());
              mask = layer.getMaskArray() == null ? null : copy(layer.getMaskArray());
            }
            last().gradients.end(function, gradient);
          }

          @Override
          public void onFailure() {
            taps.disarm();
          }
        });
  }

  private void beginPass() {
    passes.add(new Pass(new Calls(forwards), new Calls(backwards)));
  }

  private Pass last() {
    return passes.get(passes.size() - 1);
  }

  private static INDArray copy(INDArray array) {
    return Workspaces.outside(() -> array.dup(array.ordering()));
  }

  /** One for each direction in which the layer goes through its steps. */
  List<Pass> passes() {
    return passes;
  }

  /** The layer's input as its weights meet it; {@code null} if there was no backward pass. */
  INDArray input() {
    return input;
  }

  /** The layer's mask [batch, steps]; {@code null} if it has none. */
  INDArray mask() {
    return mask;
  }
}
