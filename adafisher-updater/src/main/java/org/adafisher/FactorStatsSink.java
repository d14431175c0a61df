package org.adafisher;

import java.util.List;
import org.deeplearning4j.nn.api.Model;

/** Where an {@link AdaFisherStatsListener} puts what it sees. */
@FunctionalInterface
public interface FactorStatsSink {

  /**
   * One report. Called on the training thread, by one thread at a time.
   *
   * @param model the network
   * @param layers its layers with AdaFisher, in the network's order; never empty
   */
  void report(Model model, List<FactorStats> layers);
}
