package org.adafisher.curvature;

import java.lang.reflect.Field;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.recurrent.BidirectionalLayer;

/**
 * The two layers inside a bidirectional one. DL4J 1.0.0-M2.1 keeps them in private fields that no
 * method gives out, so this reads the fields.
 */
public final class BidirectionalHalves {

  private BidirectionalHalves() {}

  /**
   * @param both a bidirectional layer
   * @return the layer that goes forwards and the one that goes backwards
   */
  public static List<Layer> of(BidirectionalLayer both) {
    return List.of(forward(both), backward(both));
  }

  static Layer forward(BidirectionalLayer both) {
    return read(both, "fwd");
  }

  static Layer backward(BidirectionalLayer both) {
    return read(both, "bwd");
  }

  private static Layer read(BidirectionalLayer both, String name) {
    try {
      Field field = BidirectionalLayer.class.getDeclaredField(name);
      field.setAccessible(true);
      return (Layer) field.get(both);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "AdaFisher: DL4J's BidirectionalLayer has no field '%s'; this is for DL4J 1.0.0-M2.1."
              .formatted(name),
          e);
    }
  }
}
