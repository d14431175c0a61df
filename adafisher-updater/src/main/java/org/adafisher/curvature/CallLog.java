package org.adafisher.curvature;

import java.util.ArrayList;
import java.util.List;
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
   * @param function which was called
   * @param result a copy of what it gave
   */
  record Call(Function function, INDArray result) {}

  /**
   * The steps once forwards, which DL4J's backward pass begins with, and once backwards.
   *
   * @param activations the calls on the way forwards
   * @param gradients the dL/dz of the calls on the way backwards
   */
  record Pass(List<Call> activations, List<Call> gradients) {

    private Pass() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  private final Layer layer;
  private final Taps taps;
  private final List<Pass> passes = new ArrayList<>();
  private INDArray input;
  private INDArray mask;

  CallLog(Layer layer, Taps taps) {
    this.layer = layer;
    this.taps = taps;
  }

  /** The function, tapped for this log. */
  IActivation tapped(Function function, IActivation delegate) {
    return new CallTap(
        delegate,
        new CallTap.Observer() {
          @Override
          public void onActivation(INDArray output) {
            if (passes.isEmpty() || !last().gradients().isEmpty()) {
              passes.add(new Pass());
            }
            last().activations().add(new Call(function, copy(output)));
          }

          @Override
          public void onGradient(INDArray gradient) {
            if (passes.isEmpty()) {
              passes.add(new Pass());
            }
            if (input == null) {
              input = copy(layer.input());
              mask = layer.getMaskArray() == null ? null : copy(layer.getMaskArray());
            }
            last().gradients().add(new Call(function, copy(gradient)));
          }

          @Override
          public void onFailure() {
            taps.disarm();
          }
        });
  }

  private Pass last() {
    return passes.get(passes.size() - 1);
  }

  private static INDArray copy(INDArray array) {
    return Workspaces.outside(() -> array.dup('c'));
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
