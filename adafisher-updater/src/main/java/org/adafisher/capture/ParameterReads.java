package org.adafisher.capture;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tells when a layer reads its parameters, which it does in every pass, whoever has begun it:
 * Deeplearning4j tells a network's listeners of some passes only, and of none once they were
 * replaced. What notices it is the layer's own table of parameters, which is in no configuration
 * and no saved model.
 */
public final class ParameterReads {

  private static final Set<String> BACKWARD =
      Set.of("backpropGradient", "tbpttBackpropGradient", "backpropGradientHelper");

  /** Between a read and the method of the layer's pass that makes it there are fewer calls. */
  private static final int DEPTH = 16;

  private ParameterReads() {}

  /** Told of reads while it wants to be. */
  public interface Observer {

    /**
     * Asked in every read, so the answer has to be at hand.
     *
     * @return whether it is to be told
     */
    boolean isWaiting();

    /**
     * Before a layer reads one of its parameters.
     *
     * @param layer the layer without wrappers around it
     * @param backward whether the layer is in its backward pass
     */
    void onRead(Layer layer, boolean backward);
  }

  /**
   * Has an observer told of a layer's reads from now on, in place of a former observer. Layers that
   * keep their parameters elsewhere, such as those that are SameDiff graphs, are left alone.
   *
   * @param layer a layer of a network, perhaps with wrappers around it
   * @param observer belongs to the layer's network
   */
  public static void watch(Layer layer, Observer observer) {
    Layer inner = layer;
    while (inner instanceof BaseWrapperLayer wrapper) {
      inner = wrapper.getUnderlying();
    }
    if (inner instanceof BaseLayer<?> base && base.paramTable(false) != null) {
      Map<String, INDArray> table = base.paramTable(false);
      if (!(table instanceof Table present && present.observer == observer)) {
        base.setParamTable(new Table(table, base, observer));
      }
    }
  }

  private static boolean isInBackwardPass() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames.limit(DEPTH).anyMatch(frame -> BACKWARD.contains(frame.getMethodName())));
  }

  /** The parameters of one layer. */
  @SuppressWarnings("serial") // DL4J writes networks as JSON and arrays
  private static final class Table extends LinkedHashMap<String, INDArray> {

    private final transient Layer layer;
    private final transient Observer observer;

    private Table(Map<String, INDArray> parameters, Layer layer, Observer observer) {
      super(parameters);
      this.layer = layer;
      this.observer = observer;
    }

    @Override
    public INDArray get(Object name) {
      if (observer.isWaiting()) {
        observer.onRead(layer, isInBackwardPass());
      }
      return super.get(name);
    }
  }
}
