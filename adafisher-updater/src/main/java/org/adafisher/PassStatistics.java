package org.adafisher;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.adafisher.capture.Minibatch;
import org.adafisher.curvature.RawFactors;
import org.deeplearning4j.nn.api.Trainable;

/**
 * What the layers showed in one pass, or in several before one update.
 *
 * @param minibatch the examples of all of them
 * @param layers raw factors by part name; without the layers that nothing was seen of
 */
record PassStatistics(Minibatch minibatch, Map<Trainable, Map<String, RawFactors>> layers) {

  static PassStatistics of(Minibatch minibatch) {
    return new PassStatistics(minibatch, new IdentityHashMap<>());
  }

  /**
   * With those of a later pass, as if both had been one pass over all of the examples. A pass that
   * threw has shown fewer layers than one that did not: it does not count.
   */
  PassStatistics and(PassStatistics later) {
    if (layers.size() != later.layers.size()) {
      return layers.size() > later.layers.size() ? this : later;
    }
    Minibatch both =
        new Minibatch(
            minibatch.examples() + later.minibatch.examples(), later.minibatch.averaged());
    PassStatistics result = of(both);
    later.layers.forEach(
        (layer, parts) -> result.layers.put(layer, both(layers.get(layer), parts, later)));
    return result;
  }

  private Map<String, RawFactors> both(
      Map<String, RawFactors> own, Map<String, RawFactors> others, PassStatistics later) {
    if (own == null) {
      return others;
    }
    Map<String, RawFactors> result = new HashMap<>(own);
    others.forEach(
        (part, raw) ->
            result.merge(
                part,
                raw,
                (a, b) ->
                    a.and(
                        b,
                        minibatch.examples(),
                        later.minibatch.examples(),
                        later.minibatch.averaged())));
    return result;
  }
}
