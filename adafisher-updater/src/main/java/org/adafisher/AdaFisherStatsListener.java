package org.adafisher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Watches AdaFisher while a network is trained: reports {@link FactorStats} of every layer to the
 * log, to a CSV file, or to any {@link FactorStatsSink}.
 *
 * <pre>{@code
 * AdaFisher.attach(net);
 * net.addListeners(AdaFisherStatsListener.builder().every(100).toLog().toCsv(file).build());
 * }</pre>
 *
 * <p>A report is due in iterations 0, n, 2n, ... It works F out for every parameter, about what a
 * training step of the updater alone takes and as much memory as the largest layer's parameters,
 * plus a sort of up to a million values a layer; other iterations cost nothing. One listener may
 * serve several networks and threads.
 */
public final class AdaFisherStatsListener extends BaseTrainingListener {

  private static final int DEFAULT_INTERVAL = 100;
  private static final long MOST_SORTED = 1 << 20;
  private static final double NANOS_A_MILLI = 1e6;

  private final int interval;
  private final List<FactorStatsSink> sinks;

  private AdaFisherStatsListener(Builder builder) {
    this.interval = builder.interval;
    this.sinks = List.copyOf(builder.sinks);
  }

  /**
   * @return a builder: every 100 iterations, to nowhere yet
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * @throws IllegalStateException if the network has no {@link AdaFisherListener}
   */
  @Override
  public void iterationDone(Model model, int iteration, int epoch) {
    if (iteration % interval != 0
        || model instanceof Layer && !(model instanceof MultiLayerNetwork)) {
      return; // the latter is a layer that is pretrained on its own
    }
    List<FactorStats> layers = stats(model, iteration, epoch);
    synchronized (this) {
      sinks.forEach(sink -> sink.report(model, layers));
    }
  }

  /**
   * The present state of an attached network's layers, in its order.
   *
   * @param model a network that the listener returned by {@link AdaFisher#attach} is on
   * @return one for each layer with AdaFisher
   * @throws IllegalStateException if the network has no {@link AdaFisherListener}
   */
  public static List<FactorStats> of(Model model) {
    int[] count = Network.of(model).iterationAndEpoch();
    return stats(model, count[0], count[1]);
  }

  private static List<FactorStats> stats(Model model, int iteration, int epoch) {
    AdaFisherListener listener = listenerOf(model);
    Map<String, Double> dampings = listener.dampings(model);
    Map<String, Long> dropped = listener.dropped(model);
    RefreshClock clock = listener.clock(model);
    List<FactorStats> result = new ArrayList<>();
    listener
        .fisher(model)
        .forEach(
            (layer, fisher) -> {
              double mean = fisher.meanNumber().doubleValue();
              result.add(
                  new FactorStats(
                      layer,
                      iteration,
                      epoch,
                      fisher.length(),
                      fisher.minNumber().doubleValue(),
                      median(fisher),
                      mean,
                      fisher.maxNumber().doubleValue(),
                      Math.min(1, dampings.get(layer) / mean), // of a mean that was rounded
                      dropped.getOrDefault(layer, 0L),
                      clock.refreshes(),
                      clock.totalNanos() / NANOS_A_MILLI,
                      clock.lastNanos() / NANOS_A_MILLI));
            });
    return result;
  }

  private static AdaFisherListener listenerOf(Model model) {
    return Network.of(model).listeners().stream()
        .filter(AdaFisherListener.class::isInstance)
        .map(AdaFisherListener.class::cast)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "AdaFisherStatsListener: this network is not under AdaFisher; call"
                        + " AdaFisher.attach(net), which keeps the listeners that it has, or take"
                        + " this listener off."));
  }

  private static double median(INDArray values) {
    long stride = (values.length() + MOST_SORTED - 1) / MOST_SORTED;
    INDArray some =
        stride == 1 ? values : values.get(NDArrayIndex.interval(0, stride, values.length())).dup();
    double[] sorted = some.toDoubleVector();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Builds an {@link AdaFisherStatsListener}. */
  public static final class Builder {

    private int interval = DEFAULT_INTERVAL;
    private final List<FactorStatsSink> sinks = new ArrayList<>();

    private Builder() {}

    /**
     * @param iterations from one report to the next, at least 1. Default 100
     * @return this
     * @throws IllegalArgumentException if it is less
     */
    public Builder every(int iterations) {
      this.interval = HyperParameters.atLeast(1, "every", iterations);
      return this;
    }

    /**
     * Reports to the log of this class, a line a layer, at level INFO.
     *
     * @return this
     */
    public Builder toLog() {
      return to(new LogSink());
    }

    /**
     * Reports to a CSV file, a row a layer, under a header with the names of {@link FactorStats};
     * what has no value is empty. All rows of a report are written at once, so that a program that
     * is killed leaves whole lines. A file that is there already is gone on with; the rows of
     * iterations that are done again after an earlier checkpoint is restored come twice. Where the
     * file can no longer be written to in training, that is logged once and training goes on.
     *
     * @param file made with its folders if it is not there
     * @return this
     * @throws java.io.UncheckedIOException if it cannot be written to
     * @throws IllegalArgumentException if it is there with another header
     */
    public Builder toCsv(Path file) {
      return to(CsvSink.open(file));
    }

    /**
     * Reports to a sink of your own.
     *
     * @param sink told of every report
     * @return this
     */
    public Builder to(FactorStatsSink sink) {
      sinks.add(Objects.requireNonNull(sink, "AdaFisherStatsListener: the sink must be set."));
      return this;
    }

    /**
     * @return the listener
     * @throws IllegalStateException if it would report nowhere
     */
    public AdaFisherStatsListener build() {
      if (sinks.isEmpty()) {
        throw new IllegalStateException(
            "AdaFisherStatsListener: it reports nowhere; add toLog(), toCsv(file) or to(sink).");
      }
      return new AdaFisherStatsListener(this);
    }
  }
}
