package org.adafisher;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * DL4J 1.0.0-M2.1 puts a {@code weightDecay} that is set on the network's builder into every
 * layer's list twice, and applies it twice. {@link AdaFisher#attach} removes exact duplicates; a
 * comparison should do the same for every updater.
 */
public final class DuplicateRegularization {

  private DuplicateRegularization() {}

  /**
   * Removes regularizations that a layer has twice.
   *
   * @param network an initialized MultiLayerNetwork or ComputationGraph
   * @return how many were removed
   */
  public static int remove(Model network) {
    int removed = 0;
    for (Trainable trainable : Network.of(network).trainables()) {
      Layer layer = Network.layerOf(trainable);
      if (layer != null && layer.conf() != null) {
        removed += remove(layer.conf().getLayer());
      }
    }
    return removed;
  }

  private static int remove(org.deeplearning4j.nn.conf.layers.Layer layer) {
    if (layer instanceof Bidirectional both) {
      return remove(both.getFwd()) + remove(both.getBwd());
    }
    if (layer instanceof BaseWrapperLayer wrapper) {
      return remove(wrapper.getUnderlying());
    }
    if (!(layer instanceof BaseLayer conf)) {
      return 0;
    }
    List<Regularization> weights = distinct(conf.getRegularization());
    List<Regularization> biases = distinct(conf.getRegularizationBias());
    int removed =
        size(conf.getRegularization())
            - size(weights)
            + size(conf.getRegularizationBias())
            - size(biases);
    conf.setRegularization(weights);
    conf.setRegularizationBias(biases);
    return removed;
  }

  private static List<Regularization> distinct(List<Regularization> list) {
    return list == null ? null : new ArrayList<>(new LinkedHashSet<>(list));
  }

  private static int size(List<Regularization> list) {
    return list == null ? 0 : list.size();
  }
}
