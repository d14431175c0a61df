package org.adafisher.capture;

import java.lang.reflect.Field;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;
import org.deeplearning4j.nn.layers.samediff.SameDiffLayer;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Shows the operations of the backward pass of a layer that is a SameDiff graph. Each operation of
 * the forward pass has one that takes what it took, and dL/d(its output): so a parameter's own
 * operation shows inputs and gradients at once.
 */
public final class SameDiffTap {

  private SameDiffTap() {}

  /** Told of each operation, in the order in which they are executed. */
  @FunctionalInterface
  public interface Observer {

    /**
     * @param operation valid until this method returns
     */
    void onOperation(GraphOperation operation);
  }

  /**
   * An operation of the graph; its arrays live in DL4J's workspaces.
   *
   * @param kind ND4J's name of it, such as {@code matmul_bp}
   * @param names of the variables that it takes
   * @param inputs their values
   * @param graph that it belongs to
   */
  public record GraphOperation(
      String kind, List<String> names, List<INDArray> inputs, SameDiff graph) {

    /**
     * @param expected a kind
     * @param position of an input
     * @param variable a name
     * @return whether it is of this kind and has this variable there
     */
    public boolean is(String expected, int position, String variable) {
      return kind.equals(expected)
          && names.size() > position
          && names.get(position).equals(variable);
    }

    /**
     * Which of the forward operations that take a variable this one is the gradient of.
     *
     * @param position where they take it
     * @param variable a name
     * @return from 0, in the order in which the graph was defined
     */
    public int use(int position, String variable) {
      String forward = kind.substring(0, kind.length() - "_bp".length());
      return graph.getOps().values().stream()
          .filter(op -> op.getOp().opName().equals(forward))
          .map(SameDiffOp::getInputsToOp)
          .filter(inputs -> inputs.get(position).equals(variable))
          .map(inputs -> inputs.get(0))
          .toList()
          .indexOf(names.get(0));
    }
  }

  /**
   * Watches a layer until the taps are disarmed.
   *
   * @param layer has done its forward pass
   * @param taps take the watch off again
   * @param observer told of the backward pass
   */
  public static void watch(Layer layer, Taps taps, Observer observer) {
    watch(graphOf(layer, SameDiffLayer.class), taps, observer);
  }

  /**
   * Watches a vertex until the taps are disarmed.
   *
   * @param vertex has done its forward pass
   * @param taps take the watch off again
   * @param observer told of the backward pass
   */
  public static void watch(SameDiffGraphVertex vertex, Taps taps, Observer observer) {
    watch(graphOf(vertex, SameDiffGraphVertex.class), taps, observer);
  }

  private static void watch(SameDiff graph, Taps taps, Observer observer) {
    Watch watch = new Watch(observer);
    graph.addListeners(watch); // those of the gradients' graph are set from these in each pass
    taps.onDisarm(() -> graph.getListeners().remove(watch));
  }

  /** DL4J has no public call for a layer's graph, and makes it itself in the first pass. */
  private static SameDiff graphOf(Object owner, Class<?> declaring) {
    try {
      Field field = declaring.getDeclaredField("sameDiff");
      field.setAccessible(true);
      return (SameDiff) field.get(owner);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "AdaFisher: this version of DL4J keeps the graph of a SameDiff layer elsewhere.", e);
    }
  }

  private static final class Watch extends BaseListener {

    private final Observer observer;

    private Watch(Observer observer) {
      this.observer = observer;
    }

    @Override
    public boolean isActive(Operation operation) {
      return operation == Operation.TRAINING;
    }

    @Override
    public void opExecution(
        SameDiff graph,
        At at,
        MultiDataSet batch,
        SameDiffOp op,
        OpContext context,
        INDArray[] outputs) {
      observer.onOperation(
          new GraphOperation(
              op.getOp().opName(),
              op.getInputsToOp() == null ? List.of() : op.getInputsToOp(),
              context == null ? List.of() : List.copyOf(context.getInputArrays()),
              graph));
    }
  }
}
