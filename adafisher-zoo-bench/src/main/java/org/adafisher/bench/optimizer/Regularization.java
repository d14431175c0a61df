package org.adafisher.bench.optimizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.adafisher.bench.registry.Parameter;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * Weight decay and L2 on the weights (not the biases, nor normalization layers: Deeplearning4j's
 * way) of every layer.
 */
public final class Regularization {

  private static final String WEIGHT_DECAY = "weightDecay";
  private static final String L2 = "l2";

  private Regularization() {}

  static List<Parameter> andParameters(List<Parameter> own, double defaultWeightDecay) {
    List<Parameter> all = new ArrayList<>(own);
    all.add(Parameter.nonNegative(WEIGHT_DECAY, defaultWeightDecay));
    all.add(Parameter.nonNegative(L2, 0));
    return List.copyOf(all);
  }

  /**
   * Sets what the values say on a network's layers, in place of what they had.
   *
   * @param network initialised
   * @param values those of an optimizer, {@code weightDecay} (decoupled, times the learning rate)
   *     and {@code l2} among them
   */
  public static void apply(Model network, Map<String, Double> values) {
    for (Layer layer : Network.of(network).layerConfigurations()) {
      Layer conf = layer;
      while (conf instanceof BaseWrapperLayer wrapper) {
        conf = wrapper.getUnderlying();
      }
      if (conf instanceof BaseLayer base) {
        base.setRegularization(new ArrayList<>());
        base.setRegularizationBias(new ArrayList<>());
        if (values.get(WEIGHT_DECAY) > 0) {
          base.getRegularization().add(new WeightDecay(values.get(WEIGHT_DECAY), true));
        }
        if (values.get(L2) > 0) {
          base.getRegularization().add(new L2Regularization(values.get(L2)));
        }
      }
    }
  }
}
