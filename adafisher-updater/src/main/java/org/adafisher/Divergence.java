package org.adafisher;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.adafisher.curvature.HostVectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once when a network's training diverges: its loss or momentum is not finite any more, or a
 * thousand times what it was at first. Training goes on, as under any updater of Deeplearning4j.
 *
 * <p>The loss is one that Deeplearning4j has computed anyway. The momentum is only looked at where
 * a step has refreshed factors, where the loss has told, and on the CPU, where looking costs no
 * wait, in one of twenty others.
 */
final class Divergence {

  private static final Logger log = LoggerFactory.getLogger(Divergence.class);

  /** Of the loss or the momentum's norm, from the first one to one that is worth a word. */
  private static final double GROWTH = 1000;

  private static final int LOOK_EVERY = 20;

  private final AdaFisherListener listener;
  private long steps;
  private double firstLoss = Double.NaN;
  private double firstNorm;

  /** The norm of each layer's momentum when it was last looked at. */
  private Map<String, Double> norms = Map.of();

  private boolean over;

  Divergence(AdaFisherListener listener) {
    this.listener = listener;
  }

  /**
   * A step is done.
   *
   * @param loss before it
   * @param known whether there is one: in a loop by hand there may be none
   * @param refreshed whether the step has refreshed factors
   * @param iteration and epoch of the step
   * @param updaters of the network
   */
  void stepDone(
      double loss,
      boolean known,
      boolean refreshed,
      int[] iteration,
      List<AdaFisherUpdater> updaters) {
    if (over || updaters.isEmpty()) {
      return;
    }
    String diverged = known ? ofLoss(loss) : "";
    if (!diverged.isEmpty() || refreshed || looksAnyway()) {
      Map<String, Double> before = norms;
      norms = normsOf(updaters);
      String momentum = ofMomentum(before);
      if (diverged.isEmpty()) {
        diverged = momentum;
      } else if (!momentum.isEmpty()) {
        diverged += " and " + momentum;
      }
    }
    steps++;
    if (!diverged.isEmpty()) {
      over = true;
      if (listener.isNew("diverged")) {
        log.warn(
            "AdaFisher: training diverges at iteration {}, where {}: {}.",
            iteration[0],
            diverged,
            remedy(updaters.get(0).getConfig(), iteration));
      }
    }
  }

  private boolean looksAnyway() {
    return HostVectors.areAtHand() && steps % LOOK_EVERY == 0;
  }

  /** What is wrong with the loss; empty if nothing is. */
  private String ofLoss(double loss) {
    double first = firstLoss;
    if (steps == 0) {
      firstLoss = loss;
    } else if (steps == 1) {
      firstLoss = Math.max(Math.abs(firstLoss), Math.abs(loss)); // a first one may be close to 0
    }
    if (!Double.isFinite(loss)) {
      return "the loss is " + loss;
    }
    return loss > GROWTH * Math.abs(first) && first != 0
        ? "the loss is %.3g after %.3g at first".formatted(loss, first)
        : "";
  }

  /** What is wrong with the momentum; empty if nothing is. */
  private String ofMomentum(Map<String, Double> before) {
    double norm = Math.sqrt(norms.values().stream().mapToDouble(n -> n * n).sum());
    List<String> broken =
        norms.entrySet().stream()
            .filter(entry -> !Double.isFinite(entry.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    if (!broken.isEmpty()) {
      return "the momentum of %s is not finite"
          .formatted(
              broken.size() == norms.size() && broken.size() > 1
                  ? "every layer"
                  : "layer '%s'".formatted(broken.get(broken.size() - 1)));
    }
    if (firstNorm == 0) {
      firstNorm = norm;
    }
    if (norm <= GROWTH * firstNorm) {
      return "";
    }
    String most =
        norms.keySet().stream()
            .max(
                (a, b) ->
                    Double.compare(
                        norms.get(a) / before.getOrDefault(a, norms.get(a)),
                        norms.get(b) / before.getOrDefault(b, norms.get(b))))
            .orElseThrow();
    return "the momentum has grown %.0f-fold, lately most in layer '%s'"
        .formatted(norm / firstNorm, most);
  }

  private static Map<String, Double> normsOf(List<AdaFisherUpdater> updaters) {
    Map<String, Double> result = new LinkedHashMap<>();
    updaters.forEach(updater -> result.merge(updater.layer(), updater.momentumNorm(), Math::hypot));
    return result;
  }

  private static String remedy(AdaFisher config, int[] iteration) {
    double rate = config.getLearningRate(iteration[0], iteration[1]);
    Formulation of = config.getFormulation();
    return of instanceof KroneckerFormulation formulation
        ? "unless the minibatch itself holds such values, lower the learning rate, since %s acts here like momentum SGD of rate %.3g (try a tenth of it), or take AdaFisher.centred(), whose step does not depend on the scale of the loss"
            .formatted(rate, rate / formulation.damping())
        : "unless the minibatch itself holds such values, lower the learning rate, which is %s where %s (try a third of it)"
            .formatted(
                rate,
                of instanceof Spectral
                    ? "Spectral has 0.02 to 0.1 and a schedule that falls"
                    : "Centred has 0.015 to 0.15");
  }
}
