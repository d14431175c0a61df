package org.adafisher.bench.report;

import static org.adafisher.bench.report.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.adafisher.bench.report.ReportData.Tuning;
import org.adafisher.bench.result.Measure;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;
import org.junit.jupiter.api.Test;

class ResultsTest {

  /** Two optimizers, in order. */
  private static Map<String, String> two() {
    Map<String, String> optimizers = new LinkedHashMap<>();
    optimizers.put("Adam", "adam");
    optimizers.put("SGD", "sgd");
    return optimizers;
  }

  @Test
  void runsThatHaveNotBegunCount() {
    Results results =
        Results.of(
            Runs.data(
                two(), List.of(run("a", "Adam", 1, 0.1), run("a", "Adam", 2, 0.1), begun("b"))));

    assertThat(results.completion()).isEqualTo("2 of 8 runs are complete");
    assertThat(results.models().get(0).arms())
        .extracting(Arm::optimizer)
        .containsExactly("Adam", "SGD");
  }

  private static RunResult begun(String model) {
    return Runs.run(new Trial(model, "Adam", 0.1, 64, 1), 5, 0.1);
  }

  @Test
  void aSweepIsRepresentedByItsBestCellThatDidNotDiverge() {
    ModelResults model =
        Results.of(
                Runs.data(
                    Map.of("Adam", "adam"),
                    List.of(
                        cell(0.1, 32, 1, 0.3),
                        cell(0.1, 64, 1, 0.2),
                        cell(0.2, 32, 1, 0.1),
                        cell(0.2, 32, 2, Double.NaN))))
            .models()
            .get(0);

    assertThat(model.sweep()).isTrue();
    assertThat(model.headline()).hasSize(1);
    assertThat(model.headline().get(0).batchSize()).isEqualTo(64);
    assertThat(model.goals().get(0).value()).isCloseTo(0.2, within(1e-12));
  }

  private static RunResult cell(double rate, int batch, int seed, double loss) {
    return Runs.run(new Trial("m", "Adam", rate, batch, seed), 1, loss);
  }

  @Test
  void tuningWarnsOfTheEdgeOfTheGrid() {
    List<RunResult> trials =
        List.of(cell(0.3, 64, 1, 0.5), cell(0.1, 64, 1, 0.4), cell(0.2, 64, 1, 0.6));

    assertThat(grid(trials, 0.3).warning())
        .hasValue(
            "Adam on m: the chosen learning rate 0.3 is the highest of the grid; a better one may"
                + " lie beyond.");
    assertThat(grid(trials, 0.1).warning().orElseThrow()).contains("lowest");
    assertThat(grid(trials, 0.2).warning()).isEmpty();
    assertThat(grid(trials.subList(0, 1), 0.3).warning().orElseThrow()).contains("only one");
    assertThat(grid(trials, 0.2).best(Measure.TRAIN_LOSS).orElseThrow().learningRate())
        .isEqualTo(0.1);
  }

  private static TuningGrid grid(List<RunResult> trials, double chosen) {
    Map<String, Map<String, Double>> choice = Map.of("m", Map.of("Adam", chosen));
    return TuningGrid.of(new Tuning(Measure.TRAIN_LOSS, trials, choice)).get(0);
  }

  @Test
  void factorsAreMultiplesOfTheDampingOverTheSeeds() {
    List<LayerFactors> layers =
        LayerFactors.of(
            List.of(
                Runs.withFactor(run("m", "A", 1, 0.5, 0.4), "2_conv", 1.0, 1.2, 2),
                Runs.withFactor(run("m", "A", 2, 0.5, 0.4), "2_conv", 1.0, 1.3, 4)));

    assertThat(layers).hasSize(1);
    assertThat(layers.get(0).epochs()).hasSize(2);
    assertThat(layers.get(0).last().high()).isCloseTo(3, within(1e-9));
    assertThat(layers.get(0).dampingShare()).isCloseTo(0.8, within(1e-9));
  }
}
