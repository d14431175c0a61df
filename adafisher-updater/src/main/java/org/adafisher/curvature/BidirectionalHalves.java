package org.adafisher.curvature;

import java.lang.reflect.Field;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.recurrent.BidirectionalLayer;

/**
 * The two layers inside a bidirectional one. DL4J 1.0.0-M2.1 keeps them in private fields that no
 * method gives out, so this reads the fields.
 */
final class BidirectionalHalves {

  private BidirectionalHalves() {}

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
