package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.adafisher.bench.report.chart.Series.Sample;
import org.adafisher.bench.report.stats.Spread;
import org.adafisher.bench.report.text.NaturalOrder;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.EpochResult.FactorSpread;
import org.adafisher.bench.result.RunResult;

/**
 * How F lay in one layer, as multiples of the damping, so that 1 is nothing but damping.
 *
 * @param layer its name
 * @param epochs means over the seeds, after each epoch; never empty
 */
record LayerFactors(String layer, List<Sample> epochs) {

  LayerFactors {
    epochs = List.copyOf(epochs);
  }

  /** The layers in natural order; empty if the runs have no factors. */
  static List<LayerFactors> of(List<RunResult> runs) {
    Set<String> layers = new TreeSet<>(NaturalOrder.COMPARATOR);
    runs.forEach(
        run -> run.epochs().forEach(epoch -> layers.addAll(epoch.factorSpread().keySet())));
    List<LayerFactors> factors = new ArrayList<>();
    for (String layer : layers) {
      List<Sample> epochs = epochs(runs, layer);
      if (!epochs.isEmpty()) {
        factors.add(new LayerFactors(layer, epochs));
      }
    }
    return factors;
  }

  /** As far as all runs have come and have finite factors. */
  private static List<Sample> epochs(List<RunResult> runs, String layer) {
    int count = runs.stream().mapToInt(run -> run.epochs().size()).min().orElse(0);
    List<Sample> epochs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int epoch = i;
      List<FactorSpread> seeds =
          runs.stream()
              .map(run -> run.epochs().get(epoch).factorSpread())
              .map((Map<String, FactorSpread> spreads) -> spreads.get(layer))
              .filter(Objects::nonNull)
              .filter(spread -> spread.damping() > 0)
              .toList();
      if (seeds.size() == runs.size()) {
        EpochResult any = runs.get(0).epochs().get(epoch);
        epochs.add(
            new Sample(
                any.epoch(),
                multiple(seeds, FactorSpread::mean),
                multiple(seeds, FactorSpread::low),
                multiple(seeds, FactorSpread::high)));
      }
    }
    return epochs;
  }

  private static double multiple(List<FactorSpread> seeds, ToDoubleFunction<FactorSpread> value) {
    return Spread.of(seeds, seed -> value.applyAsDouble(seed) / seed.damping()).mean();
  }

  /** After the last epoch. */
  Sample last() {
    return epochs.get(epochs.size() - 1);
  }

  /** How much of the mean F is damping after the last epoch, 0 to 1. */
  double dampingShare() {
    return 1 / last().mean();
  }
}
