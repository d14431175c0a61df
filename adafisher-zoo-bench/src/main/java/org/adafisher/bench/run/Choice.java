package org.adafisher.bench.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.adafisher.bench.result.Measure;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;

/** Picks learning rates. */
final class Choice {

  private Choice() {}

  /**
   * What came out at a learning rate.
   *
   * @param mean over the seeds; NaN if one diverged
   * @param collapsed whether a seed ended at chance
   */
  private record Candidate(double rate, double mean, boolean collapsed) {

    static Candidate of(List<RunResult> seeds, Measure measure) {
      return new Candidate(
          seeds.get(0).trial().learningRate(),
          seeds.stream().mapToDouble(run -> measure.of(run.last())).average().orElse(Double.NaN),
          seeds.stream().anyMatch(RunResult::atChance));
    }

    boolean beats(Candidate other, Measure measure) {
      if (Double.isNaN(mean) != Double.isNaN(other.mean)) {
        return !Double.isNaN(mean);
      }
      if (collapsed != other.collapsed) {
        return !collapsed;
      }
      if (mean == other.mean || Double.isNaN(mean)) {
        return rate < other.rate;
      }
      return measure.reaches(mean, other.mean);
    }
  }

  /**
   * The best learning rate of each optimizer on each model: by the mean over seeds of a measure
   * after the last epoch. A rate at which one seed diverged loses against any at which none did,
   * then one at which a seed ended at chance; of equals the smaller wins.
   *
   * @return by model and optimizer name
   */
  static Map<String, Map<String, Double>> of(List<RunResult> runs, Measure measure) {
    Map<Trial, List<RunResult>> seeds =
        runs.stream()
            .collect(
                Collectors.groupingBy(
                    run -> anySeed(run.trial()), LinkedHashMap::new, Collectors.toList()));
    Map<String, Map<String, Candidate>> best = new LinkedHashMap<>();
    seeds.forEach(
        (trial, same) ->
            best.computeIfAbsent(trial.model(), model -> new LinkedHashMap<>())
                .merge(
                    trial.optimizer(),
                    Candidate.of(same, measure),
                    (before, now) -> now.beats(before, measure) ? now : before));
    Map<String, Map<String, Double>> chosen = new LinkedHashMap<>();
    best.forEach(
        (model, optimizers) -> {
          Map<String, Double> rates = new LinkedHashMap<>();
          optimizers.forEach((optimizer, candidate) -> rates.put(optimizer, candidate.rate()));
          chosen.put(model, rates);
        });
    return chosen;
  }

  private static Trial anySeed(Trial trial) {
    return new Trial(trial.model(), trial.optimizer(), trial.learningRate(), trial.batchSize(), 0);
  }
}
