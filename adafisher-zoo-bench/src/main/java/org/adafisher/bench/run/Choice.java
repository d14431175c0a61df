package org.adafisher.bench.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.adafisher.bench.result.Measure;
import org.adafisher.bench.result.RunResult;

/** Picks learning rates. */
final class Choice {

  private Choice() {}

  /**
   * The best learning rate of each optimizer on each model: by the mean over seeds of a measure
   * after the last epoch. A rate at which one seed diverged loses against any at which none did; of
   * equals the smaller wins.
   *
   * @return by model and optimizer name
   */
  static Map<String, Map<String, Double>> of(List<RunResult> runs, Measure measure) {
    Map<String, Map<String, Double>> chosen = new LinkedHashMap<>();
    Map<String, Map<String, Double>> values = new LinkedHashMap<>();
    Map<List<Object>, Double> means =
        runs.stream()
            .collect(
                Collectors.groupingBy(
                    run ->
                        List.of(
                            run.trial().model(),
                            run.trial().optimizer(),
                            run.trial().learningRate()),
                    LinkedHashMap::new,
                    Collectors.averagingDouble(run -> measure.of(run.last()))));
    means.forEach(
        (key, mean) -> {
          String model = (String) key.get(0);
          String optimizer = (String) key.get(1);
          double rate = (Double) key.get(2);
          Map<String, Double> rates = chosen.computeIfAbsent(model, m -> new LinkedHashMap<>());
          Map<String, Double> best = values.computeIfAbsent(model, m -> new LinkedHashMap<>());
          if (!rates.containsKey(optimizer)
              || beats(measure, mean, best.get(optimizer), rate < rates.get(optimizer))) {
            rates.put(optimizer, rate);
            best.put(optimizer, mean);
          }
        });
    return chosen;
  }

  private static boolean beats(Measure measure, double value, double best, boolean smallerRate) {
    if (Double.isNaN(best)) {
      return !Double.isNaN(value) || smallerRate;
    }
    return measure.reaches(value, best) && (value != best || smallerRate);
  }
}
