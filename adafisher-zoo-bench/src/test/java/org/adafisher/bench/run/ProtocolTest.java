package org.adafisher.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.adafisher.bench.config.Budget;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.result.CostResult;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.Measure;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;
import org.adafisher.bench.run.MiniExperiment.Silent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules that make an experiment fair. */
class ProtocolTest {

  @TempDir private Path folder;

  @Test
  void armsOfASeedDifferInTheOptimizerAlone() throws Exception {
    String twins =
        MiniExperiment.YAML
            + "  - {name: Adam again, type: adam, learningRate: 3.0e-3}\n"
            + "  - {name: Adam decayed, type: adamw, learningRate: 3.0e-3}\n";

    Results results = MiniExperiment.run(folder, twins, new Silent());

    assertThat(losses(results, "Adam again")).hasSize(6).isEqualTo(losses(results, "Adam"));
    assertThat(losses(results, "Adam decayed")).isNotEqualTo(losses(results, "Adam"));
    assertThat(losses(results, "AdaFisher")).isNotEqualTo(losses(results, "Adam"));
  }

  /**
   * One step an epoch with a rate so small that nothing moves: what is left is the loss itself,
   * however much a penalty would add to it.
   */
  @ParameterizedTest
  @CsvSource({
    "digits-mlp, 'nesterovs, momentum: 0.9, l2: 10'",
    "mlp, 'adamw, weightDecay: 10'",
    "mlp, 'adafisherw, weightDecay: 10'",
    "mlp, 'centred, weightDecay: 10'",
    "digits-cnn, 'adam, l2: 10'"
  })
  void theMinibatchLossHasNoPenaltiesInIt(String model, String penalised) throws Exception {
    String yaml =
        MiniExperiment.YAML
                .replaceFirst("models: .*", "models: [%s]".formatted(model))
                .replace("batchSize: 32", "batchSize: 200")
                .replace("epochs: 3", "epochs: 2")
                .replaceFirst("(?s)reference:.*", "reference: plain\noptimizers:\n")
            + "  - {name: plain, type: sgd, learningRate: 1.0e-9}\n"
            + "  - {name: penalised, type: %s, learningRate: 1.0e-9}\n".formatted(penalised);

    Results results = MiniExperiment.run(folder, yaml, new Silent());

    double plain = results.runs().get(0).epochs().get(0).minibatchLoss();
    double other = results.runs().get(1).epochs().get(0).minibatchLoss();
    // Of sums of some thousand squares in FLOAT, a hundred times the loss.
    assertThat(other).isCloseTo(plain, within(1e-3 * plain));
  }

  @Test
  void theTestPartIsMeasuredOnceAtTheEnd() throws Exception {
    Results results = MiniExperiment.run(folder, MiniExperiment.YAML, new Silent());

    assertThat(results.runs())
        .hasSize(4)
        .allSatisfy(
            run -> {
              assertThat(run.complete()).isTrue();
              assertThat(run.epochs())
                  .extracting(e -> e.test().isPresent())
                  .containsExactly(false, false, true);
            });
  }

  @Test
  void aRunThatDivergesEndsThere() throws Exception {
    String wild = MiniExperiment.YAML + "  - {name: Wild, type: sgd, learningRate: 1.0e+39}\n";

    Results results = MiniExperiment.run(folder, wild, new Silent());

    assertThat(results.runs())
        .filteredOn(run -> run.trial().optimizer().equals("Wild"))
        .hasSize(2)
        .allSatisfy(
            run -> {
              assertThat(run.epochs()).hasSize(1);
              assertThat(run.last().diverged()).isTrue();
              assertThat(run.last().test()).isEmpty();
              assertThat(run.complete()).isTrue();
            });
  }

  @Test
  void everyOptimizerIsTunedOnEquallyManyRatesOfTheSameGrid() throws Exception {
    ExperimentConfig config =
        MiniExperiment.config(
            folder,
            MiniExperiment.YAML + "tuning: {trials: 3, ratio: 10, epochs: 1, seeds: [7, 8]}\n");

    Stage stage = Stage.tuning(config);

    assertThat(rates(stage, "mlp", "AdaFisher")).containsExactly(1e-4, 1e-3, 1e-2);
    assertThat(rates(stage, "mlp", "Adam")).containsExactly(3e-4, 3e-3, 3e-2);
    assertThat(arms(stage)).hasSize(2 * 2 * 2 * 3).extracting(Arm::seed).containsOnly(7, 8);
    assertThat(stage.budget()).isEqualTo(new Budget.Epochs(1, false));
  }

  @Test
  void anOptimizerWithoutARateIsTriedOnce() throws Exception {
    ExperimentConfig config =
        MiniExperiment.config(
            folder,
            MiniExperiment.YAML
                + "  - {name: AdaDelta, type: adadelta}\n"
                + "tuning: {trials: 3, seeds: [7]}\n");

    assertThat(rates(Stage.tuning(config), "mlp", "AdaDelta")).containsExactly(1.0);
  }

  @Test
  void tunedRatesAreUsedPerModel() throws Exception {
    ExperimentConfig config = MiniExperiment.config(folder, MiniExperiment.YAML);

    Stage stage = Stage.experiment(config, Map.of("mlp", Map.of("Adam", 0.5)));

    assertThat(rates(stage, "mlp", "Adam")).containsExactly(0.5);
    assertThat(rates(stage, "mlp", "AdaFisher")).containsExactly(1e-3);
    assertThat(rates(stage, "digits-cnn", "Adam")).containsExactly(3e-3);
  }

  @Test
  void aSweepHasEveryRateAndBatchSize() throws Exception {
    ExperimentConfig config =
        MiniExperiment.config(
            folder,
            MiniExperiment.YAML
                + "sweep: {learningRates: [0.1, 0.01], batchSizes: [20, 40, 80]}\n");

    assertThat(arms(Stage.sweep(config)).map(Arm::trial))
        .hasSize(2 * 2 * 2 * 3)
        .doesNotHaveDuplicates()
        .contains(new Trial("mlp", "Adam", 0.01, 80, 1));
  }

  @Test
  void equalWallClockGivesEachOptimizerTheReferencesTime() throws Exception {
    ExperimentConfig config =
        MiniExperiment.config(
            folder,
            MiniExperiment.YAML.replace("epochs: 3", "epochs: 3\nprotocol: equal-wall-clock"));
    Stage stage = Stage.experiment(config, Map.of());
    Allowance allowance =
        new Allowance(
            "Adam",
            List.of(
                new CostResult("mlp", 1, "AdaFisher", 32, 5, 1.25, 0),
                new CostResult("mlp", 1, "Adam", 32, 4, 1, 0)));

    assertThat(allowance.steps(stage.budget(), arm(stage, "mlp", "Adam"), 7)).isEqualTo(21);
    assertThat(allowance.steps(stage.budget(), arm(stage, "mlp", "AdaFisher"), 7)).isEqualTo(17);
    assertThat(allowance.steps(new Budget.Seconds(2), arm(stage, "mlp", "Adam"), 7)).isEqualTo(500);
    assertThat(allowance.knows(arm(stage, "digits-cnn", "Adam"))).isFalse();
  }

  @Test
  void equalWallClockRunsTakeAboutEquallyLong() throws Exception {
    Results results =
        MiniExperiment.run(
            folder,
            MiniExperiment.YAML.replace("epochs: 3", "epochs: 3\nprotocol: equal-wall-clock"),
            new Silent());

    assertThat(results.costs()).hasSize(4);
    assertThat(results.runs())
        .allSatisfy(run -> assertThat(run.last().steps()).isEqualTo(run.plannedSteps()));
    Map<Boolean, Long> steps =
        results.runs().stream()
            .filter(run -> run.trial().model().equals("digits-cnn"))
            .collect(
                Collectors.toMap(
                    run -> run.trial().optimizer().equals("Adam"), RunResult::plannedSteps));
    assertThat(steps.get(true)).isEqualTo(21);
  }

  @Test
  void theBestMeanOverSeedsIsChosen() {
    List<RunResult> runs =
        List.of(
            run("A", 0.1, 1, 0.9),
            run("A", 0.1, 2, 0.5),
            run("A", 0.2, 1, 0.8),
            run("A", 0.2, 2, 0.7),
            run("A", 0.4, 1, 0.99),
            run("A", 0.4, 2, Double.NaN),
            run("B", 0.3, 1, 0.4),
            run("B", 0.1, 1, 0.4),
            run("C", 0.1, 1, Double.NaN));

    assertThat(Choice.of(runs, Measure.VALIDATION_ACCURACY))
        .isEqualTo(Map.of("m", Map.of("A", 0.2, "B", 0.1, "C", 0.1)));
    assertThat(Choice.of(runs, Measure.VALIDATION_LOSS).get("m")).containsEntry("A", 0.1);
  }

  @Test
  void modelsThatTheDataDoesNotSuitAreRefused() throws Exception {
    String unsuitable = MiniExperiment.YAML.replace("digits-cnn", "resnet50");

    assertThatThrownBy(() -> MiniExperiment.run(folder, unsuitable, new Silent()))
        .isInstanceOf(ExperimentException.class)
        .hasMessageStartingWith(
            "resnet50 cannot be trained on digits: it takes images in rows and columns,");
  }

  /** A run that ended with this validation accuracy and loss. */
  private static RunResult run(String optimizer, double rate, int seed, double value) {
    EpochResult epoch =
        new EpochResult(1, 1, 1, value, value, value, value, 1, 1, Map.of(), Optional.empty());
    return new RunResult(new Trial("m", optimizer, rate, 1, seed), 1, 1, List.of(epoch));
  }

  private static List<Double> losses(Results results, String optimizer) {
    return results.runs().stream()
        .filter(run -> run.trial().optimizer().equals(optimizer))
        .flatMap(run -> run.epochs().stream())
        .map(EpochResult::trainLoss)
        .toList();
  }

  private static Stream<Arm> arms(Stage stage) {
    return stage.groups().stream().flatMap(List::stream);
  }

  private static Arm arm(Stage stage, String model, String optimizer) {
    return arms(stage)
        .filter(a -> a.model().name().equals(model) && a.optimizer().name().equals(optimizer))
        .findFirst()
        .orElseThrow();
  }

  private static List<Double> rates(Stage stage, String model, String optimizer) {
    return arms(stage)
        .filter(a -> a.model().name().equals(model) && a.optimizer().name().equals(optimizer))
        .map(a -> a.optimizer().learningRate())
        .distinct()
        .sorted()
        .toList();
  }
}
