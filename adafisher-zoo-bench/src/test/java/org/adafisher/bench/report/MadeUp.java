package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.adafisher.bench.report.ReportData.Tuning;
import org.adafisher.bench.result.CostResult;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.EpochResult.FactorSpread;
import org.adafisher.bench.result.EpochResult.TestResult;
import org.adafisher.bench.result.Measure;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Target;
import org.adafisher.bench.result.Trial;

/** Whole experiments that look like real ones. */
final class MadeUp {

  private static final int EPOCHS = 20;
  private static final int STEPS = 120;
  private static final List<String> MODELS = List.of("lenet", "resnet18-gn");
  private static final List<Integer> SEEDS = List.of(1, 2, 3);

  private MadeUp() {}

  private static Map<String, String> optimizers() {
    Map<String, String> optimizers = new LinkedHashMap<>();
    optimizers.put(
        "AdaFisher", "adafisher, learningRate 0.003, beta 0.9, refreshInterval 20, gamma 0.8");
    optimizers.put("Placebo", "placebo, learningRate 0.003, beta 0.9, refreshInterval 20");
    optimizers.put("Adam", "adam, learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8");
    optimizers.put("SGD momentum", "nesterovs, learningRate 0.1, momentum 0.9");
    optimizers.put("AMSGrad <wild & \"quoted\">", "amsgrad, learningRate 3");
    return optimizers;
  }

  private static Map<String, String> ordered(String... pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }

  /** Two models, five optimizers of which one diverges, three seeds, tuning, costs and factors. */
  static ReportData full() {
    return experiment("Digits & friends", runs(EPOCHS), Optional.of(tuning()), costs());
  }

  /** The same, stopped in the midst of the second model. */
  static ReportData interrupted() {
    List<RunResult> runs = new ArrayList<>(runs(EPOCHS).subList(0, 20));
    runs.set(19, cut(runs.get(19), 6));
    runs.set(18, cut(runs.get(18), 7));
    return experiment("Interrupted", runs, Optional.empty(), List.of());
  }

  /** Three optimizers over learning rates and batch sizes. */
  static ReportData sweep() {
    List<RunResult> runs = new ArrayList<>();
    List<String> names = List.of("AdaFisher", "Placebo", "Adam");
    for (int o = 0; o < names.size(); o++) {
      for (double rate : new double[] {1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2}) {
        for (int batch : new int[] {32, 64, 128}) {
          for (int seed : List.of(1, 2)) {
            double off = Math.abs(Math.log10(rate) + 2.7 - 0.3 * o) * (1 + 0.3 * o);
            runs.add(
                run(
                    new Trial("lenet", names.get(o), rate, batch, seed),
                    0.5 + 0.3 * off,
                    0.03 + 0.05 * off * off,
                    rate > 1e-2 && (o < 2 || seed == 2) ? 3 : EPOCHS + 1,
                    o == 0,
                    EPOCHS));
          }
        }
      }
    }
    Map<String, String> optimizers = optimizers();
    optimizers.keySet().retainAll(names);
    ReportData like = experiment("Sweep", runs, Optional.empty(), List.of());
    return new ReportData(
        like.title(),
        like.description(),
        like.conditions(),
        like.environment(),
        like.configuration(),
        like.reference(),
        like.targets(),
        optimizers,
        runs,
        Optional.empty(),
        List.of(),
        false);
  }

  static ReportData onlyCosts() {
    return experiment("Costs", List.of(), Optional.empty(), costs());
  }

  static ReportData onlyTuning() {
    return experiment("Tuning", List.of(), Optional.of(tuning()), List.of());
  }

  static ReportData oneSeed() {
    List<RunResult> runs = runs(EPOCHS).stream().filter(run -> run.trial().seed() == 1).toList();
    return experiment("One seed", runs, Optional.empty(), List.of());
  }

  private static ReportData experiment(
      String title, List<RunResult> runs, Optional<Tuning> tuning, List<CostResult> costs) {
    return new ReportData(
        title,
        "What AdaFisher is worth on small networks, at equal tuning budgets, with its control.",
        ordered(
            "data", "digits, 1,497 to train on, 300 to compare on, 300 to test on",
            "budget", EPOCHS + " epochs of minibatches of 64",
            "schedule", "cosine to zero",
            "seeds", "1, 2, 3"),
        ordered(
            "backend", "CpuBackend, ND4J 1.0.0-M2.1",
            "Java", "17.0.12",
            "processors", "2",
            "OMP_WAIT_POLICY", "PASSIVE"),
        "name: Digits & friends\noptimizers:\n  - {name: AdaFisher, type: adafisher} # <- \"it\"\n",
        "Adam",
        List.of(
            new Target(Measure.TRAIN_LOSS, OptionalDouble.empty()),
            new Target(Measure.VALIDATION_ACCURACY, OptionalDouble.of(0.95))),
        optimizers(),
        runs,
        tuning,
        costs,
        false);
  }

  private static List<RunResult> runs(int epochs) {
    List<RunResult> runs = new ArrayList<>();
    List<String> names = List.copyOf(optimizers().keySet());
    double[] speed = {0.55, 0.6, 0.5, 0.45, 0.1};
    double[] floor = {0.021, 0.025, 0.03, 0.05, 0.9};
    double[] rates = {3e-3, 3e-3, 1e-3, 0.1, 3};
    for (int m = 0; m < MODELS.size(); m++) {
      for (int seed : SEEDS) {
        for (int o = 0; o < names.size(); o++) {
          boolean diverges = o == 4 && seed > 1 - m;
          Trial trial = new Trial(MODELS.get(m), names.get(o), rates[o], 64, seed);
          runs.add(
              run(
                  trial,
                  speed[o],
                  floor[o] * (1 + m),
                  diverges ? 4 + 2 * m + seed : epochs + 1,
                  o == 0,
                  epochs));
        }
      }
    }
    return runs;
  }

  private static RunResult run(
      Trial trial, double speed, double floor, int divergesAt, boolean factors, int epochs) {
    Random random = new Random(trial.hashCode());
    List<EpochResult> results = new ArrayList<>();
    double millis = trial.model().equals("lenet") ? 4.2 : 61;
    double seconds = 0;
    for (int e = 1; e <= epochs; e++) {
      double stepMillis = millis * (1 + 0.05 * random.nextGaussian());
      seconds += STEPS * stepMillis / 1e3;
      boolean nan = e >= divergesAt;
      double noise = Math.exp(0.12 * random.nextGaussian());
      double loss = nan ? Double.NaN : noise * (floor + 2.1 * Math.exp(-speed * e));
      double accuracy =
          nan ? Double.NaN : Math.max(0.1, 1 - 0.35 * Math.sqrt(loss) * noise - 0.004 * noise);
      Map<String, FactorSpread> spread = new HashMap<>();
      if (factors) {
        for (int layer = 0; layer < (trial.model().equals("lenet") ? 4 : 20); layer++) {
          double excess = 1e-3 * (0.08 + 0.02 * layer) * Math.exp(-e / 8.0) * noise;
          spread.put(
              layer + "_conv",
              new FactorSpread(1e-3 + 0.1 * excess, 1e-3 + excess, 1e-3 + 4 * excess, 1e-3));
        }
      }
      results.add(
          new EpochResult(
              e,
              (long) STEPS * e,
              seconds,
              loss * 1.1,
              loss,
              loss * 1.3,
              accuracy,
              stepMillis,
              stepMillis * 1.1,
              spread,
              e == epochs && !nan
                  ? Optional.of(new TestResult(loss * 1.4, accuracy - 0.01))
                  : Optional.empty()));
      if (nan) {
        break;
      }
    }
    return new RunResult(trial, 61_706, (long) STEPS * epochs, results);
  }

  private static RunResult cut(RunResult run, int epochs) {
    return new RunResult(
        run.trial(), run.parameters(), run.plannedSteps(), run.epochs().subList(0, epochs));
  }

  private static Tuning tuning() {
    List<RunResult> runs = new ArrayList<>();
    Map<String, Map<String, Double>> chosen = new LinkedHashMap<>();
    for (String model : MODELS) {
      int o = 0;
      for (String optimizer : optimizers().keySet()) {
        for (double rate : new double[] {1e-4, 3e-4, 1e-3, 3e-3, 1e-2}) {
          for (int seed : List.of(11, 12)) {
            double off = Math.abs(Math.log10(rate) + 2.7 - 0.4 * o);
            boolean diverges = o == 1 && rate == 1e-2 && seed == 12 || o == 0 && rate == 1e-2;
            runs.add(
                run(
                    new Trial(model, optimizer, rate, 64, seed),
                    0.5,
                    0.03 * (1 + off * off),
                    diverges ? 2 : 6,
                    false,
                    5));
          }
        }
        chosen
            .computeIfAbsent(model, name -> new LinkedHashMap<>())
            .put(optimizer, o > 1 ? 1e-2 : 3e-3);
        o++;
      }
    }
    return new Tuning(Measure.VALIDATION_ACCURACY, runs, chosen);
  }

  private static List<CostResult> costs() {
    List<CostResult> costs = new ArrayList<>();
    int i = 0;
    for (String optimizer : optimizers().keySet()) {
      costs.add(
          new CostResult("lenet", 61_706, optimizer, 64, 4.1 + 0.3 * i, 0.95 + 0.03 * i, 493_648));
      i++;
    }
    costs.add(new CostResult("vgg16", 14_700_000, "Adam", 16, 1987, 1, 117_600_000));
    costs.add(new CostResult("vgg16", 14_700_000, "AdaFisher", 16, 1850, 0.93, 58_900_000));
    return costs;
  }
}
