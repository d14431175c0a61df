package org.adafisher;

import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.api.Model;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports to the log, a line a layer. */
final class LogSink implements FactorStatsSink {

  private static final Logger log = LoggerFactory.getLogger(AdaFisherStatsListener.class);

  @Override
  public void report(Model model, List<FactorStats> layers) {
    layers.forEach(layer -> log.info("{}", line(layer)));
  }

  static String line(FactorStats stats) {
    return String.format(
        Locale.ROOT,
        "Iteration %d, layer '%s': F %.4g to %.4g, median %.4g%s; %d refreshes in %.1f ms, the last"
            + " in %.2f ms%s.",
        stats.iteration(),
        stats.layer(),
        stats.min(),
        stats.max(),
        stats.median(),
        Double.isNaN(stats.dampingShare())
            ? " (relative)"
            : String.format(Locale.ROOT, ", damping %.1f %%", 100 * stats.dampingShare()),
        stats.refreshes(),
        stats.refreshMillis(),
        stats.lastRefreshMillis(),
        stats.droppedRefreshes() == 0 ? "" : ", " + stats.droppedRefreshes() + " dropped");
  }
}
