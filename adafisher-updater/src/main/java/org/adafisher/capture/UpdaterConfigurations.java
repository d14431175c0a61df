package org.adafisher.capture;

import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.learning.config.IUpdater;

/** Where DL4J's layer configurations keep their updaters. */
public final class UpdaterConfigurations {

  private UpdaterConfigurations() {}

  /**
   * Replaces every updater of a layer, and of the layers inside it.
   *
   * @param layer a layer's configuration
   * @param replacement gives the new updater, or the old one where it stays
   */
  public static void replace(Layer layer, UnaryOperator<IUpdater> replacement) {
    UnaryOperator<IUpdater> orNull = u -> u == null ? null : replacement.apply(u);
    if (layer instanceof BaseLayer base) {
      base.setIUpdater(orNull.apply(base.getIUpdater()));
      base.setBiasUpdater(orNull.apply(base.getBiasUpdater()));
    } else if (layer instanceof AbstractSameDiffLayer sameDiff) {
      sameDiff.setUpdater(orNull.apply(sameDiff.getUpdater()));
      sameDiff.setBiasUpdater(orNull.apply(sameDiff.getBiasUpdater()));
    } else if (layer instanceof BaseWrapperLayer wrapper) {
      replace(wrapper.getUnderlying(), replacement);
    } else if (layer instanceof FrozenLayer frozen) {
      replace(frozen.getLayer(), replacement);
    } else if (layer instanceof Bidirectional both) {
      replace(both.getFwd(), replacement);
      replace(both.getBwd(), replacement);
    }
  }

  /**
   * Replaces every updater of a vertex that has some.
   *
   * @param vertex its configuration
   * @param replacement gives the new updater, or the old one where it stays
   */
  public static void replace(SameDiffVertex vertex, UnaryOperator<IUpdater> replacement) {
    UnaryOperator<IUpdater> orNull = u -> u == null ? null : replacement.apply(u);
    vertex.setUpdater(orNull.apply(vertex.getUpdater()));
    vertex.setBiasUpdater(orNull.apply(vertex.getBiasUpdater()));
  }
}
