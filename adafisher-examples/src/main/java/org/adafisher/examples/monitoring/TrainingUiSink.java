package org.adafisher.examples.monitoring;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.adafisher.AdaFisher;
import org.adafisher.AdaFisherStatsListener;
import org.adafisher.FactorStats;
import org.adafisher.FactorStatsSink;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.ui.model.stats.J7StatsListener;
import org.deeplearning4j.ui.model.stats.api.Histogram;
import org.deeplearning4j.ui.model.stats.api.StatsReport;
import org.deeplearning4j.ui.model.stats.api.StatsType;
import org.deeplearning4j.ui.model.stats.api.StatsUpdateConfiguration;
import org.deeplearning4j.ui.model.stats.impl.DefaultStatsUpdateConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Puts what an {@link AdaFisherStatsListener} sees where DL4J's training UI finds it: {@code
 * UIServer.getInstance().attach(storage)}.
 *
 * <p>The UI of 1.0.0-M2.1 draws fixed charts and takes no series under headings of one's own. But
 * it draws whatever names it finds under a layer, so F goes into those charts, in a session of its
 * own beside that of a {@code StatsListener}. In that session
 *
 * <ul>
 *   <li>page Overview, "Update:Parameter Ratios": log10 of damping / mean F of each layer, 0 where
 *       F is nothing but damping (nothing under Centred, Spectral); "Model Score": the loss;
 *   <li>page Model, a layer's "Update:Parameter Ratios": its button Param shows F's least, median,
 *       mean and greatest value, Updates the damping, Ratio their quotients; "Layer Parameters
 *       Histogram": that of F in the last report, called F; "Parameter Learning Rates" and "Layer
 *       Updates Histogram" are the layer's own;
 *   <li>page System: as ever.
 * </ul>
 *
 * <p>Its other charts stay empty. Refresh times and dropped refreshes have no chart that could show
 * them: they are in the log and in the CSV file.
 */
public final class TrainingUiSink implements FactorStatsSink {

  private static final int BINS = 30;

  /** The UI's overview shows names that end with a w alone. */
  private static final String MEAN = "F mean, b and W";

  private final Reporter reporter;

  /**
   * For one network.
   *
   * @param storage {@code InMemoryStatsStorage}, {@code FileStatsStorage}, or a router to a remote
   *     one
   * @param session its name in the UI; not that of a StatsListener
   */
  public TrainingUiSink(StatsStorageRouter storage, String session) {
    this.reporter = new Reporter(storage, session);
  }

  @Override
  public void report(Model model, List<FactorStats> layers) {
    reporter.report(model, layers);
  }

  /**
   * DL4J's own listener, which knows what else the UI wants to find, with other numbers. The one
   * with reports in Java's serialization: those of {@code StatsListener} come back with NaN in each
   * map for every name that another map has.
   */
  @SuppressWarnings("serial") // nobody saves it
  private static final class Reporter extends J7StatsListener {

    private final transient Map<String, Double> fisher = new HashMap<>();
    private final transient Map<String, Double> damping = new HashMap<>();
    private final transient Map<String, Histogram> histograms = new HashMap<>();

    private Reporter(StatsStorageRouter storage, String session) {
      super(storage, null, ratesMemoryAndUpdates(), session, "AdaFisher");
    }

    private static StatsUpdateConfiguration ratesMemoryAndUpdates() {
      // Updates have histograms, which the UI reads without asking whether there are any.
      return new DefaultStatsUpdateConfiguration.Builder()
          .reportingFrequency(1)
          .collectPerformanceStats(false)
          .collectGarbageCollectionStats(false)
          .collectHistogramsParameters(false)
          .collectHistogramsGradients(false)
          .collectHistogramsActivations(false)
          .collectMeanParameters(false)
          .collectMeanGradients(false)
          .collectMeanUpdates(false)
          .collectMeanActivations(false)
          .collectStdevParameters(false)
          .collectStdevGradients(false)
          .collectStdevUpdates(false)
          .collectStdevActivations(false)
          .collectMeanMagnitudesParameters(false)
          .collectMeanMagnitudesGradients(false)
          .collectMeanMagnitudesUpdates(false)
          .collectMeanMagnitudesActivations(false)
          .build();
    }

    private void report(Model model, List<FactorStats> layers) {
      fisher.clear();
      damping.clear();
      histograms.clear();
      Map<String, INDArray> values = AdaFisher.attach(model).fisher(model);
      for (FactorStats layer : layers) {
        String prefix = prefix(model, layer.layer());
        put(prefix, "F min", layer, FactorStats::min);
        put(prefix, "F median", layer, FactorStats::median);
        put(prefix, MEAN, layer, FactorStats::mean);
        put(prefix, "F max", layer, FactorStats::max);
        histograms.put(prefix + "F", histogram(layer, values.get(layer.layer())));
      }
      iterationDone(model, layers.get(0).iteration(), layers.get(0).epoch());
    }

    private void put(
        String prefix, String name, FactorStats layer, ToDoubleFunction<FactorStats> value) {
      fisher.put(prefix + name, value.applyAsDouble(layer));
      double share = layer.dampingShare();
      damping.put(prefix + name, Double.isNaN(share) ? 0 : share * layer.mean());
    }

    private static Histogram histogram(FactorStats layer, INDArray values) {
      INDArray counts =
          Nd4j.exec(new org.nd4j.linalg.api.ops.impl.transforms.Histogram(values, BINS))[0];
      return new Histogram(layer.min(), layer.max(), BINS, counts.toIntVector());
    }

    /** What the names of a layer's parameters begin with in the UI. */
    private static String prefix(Model model, String layer) {
      return model instanceof MultiLayerNetwork stack
          ? stack.getLayerNames().indexOf(layer) + "_"
          : layer + "_";
    }

    @Override
    public StatsReport getNewStatsReport() {
      StatsReport report = super.getNewStatsReport();
      report.reportMeanMagnitudes(StatsType.Parameters, Map.copyOf(fisher));
      report.reportMeanMagnitudes(StatsType.Updates, Map.copyOf(damping));
      report.reportHistograms(StatsType.Parameters, Map.copyOf(histograms));
      return report;
    }
  }
}
