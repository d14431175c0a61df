package org.adafisher.bench.report;

import static org.adafisher.bench.report.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.adafisher.bench.run.RunResult;
import org.junit.jupiter.api.Test;

class SummaryTest {

  private static final List<RunResult> RUNS =
      List.of(
          run("cnn", "Adam", 1, 0.5, 0.30, 0.10),
          run("cnn", "Fast", 1, 0.2, 0.10, 0.05),
          run("cnn", "Slow", 1, 0.9, 0.80, 0.70),
          run("cnn", "Wild", 1, 0.9, Double.NaN, Double.NaN),
          run("cnn", "Adam", 2, 0.7, 0.50, 0.20),
          run("cnn", "Fast", 2, 0.4, 0.18, 0.05),
          run("cnn", "Slow", 2, 0.9, 0.80, 0.60),
          run("cnn", "Wild", 2, 0.9, 0.80, 0.70),
          run("mlp", "Adam", 1, 0.5, 0.30, 0.10),
          run("mlp", "Adam", 2, 0.5, 0.30, 0.10));

  private final List<ArmSummary> arms = Summary.of(RUNS, "Adam");

  @Test
  void keepsModelsAndOptimizersInTheOrderOfTheRuns() {
    assertThat(arms)
        .extracting(arm -> arm.model() + " " + arm.optimizer())
        .containsExactly("cnn Adam", "cnn Fast", "cnn Slow", "cnn Wild", "mlp Adam");
  }

  @Test
  void lossAndAccuracyAreThoseOfTheLastEpochOverTheSeeds() {
    ArmSummary adam = arms.get(0);

    assertThat(adam.seeds()).isEqualTo(2);
    assertThat(adam.loss().mean()).isCloseTo(0.15, within(1e-12));
    assertThat(adam.loss().deviation()).isCloseTo(Math.sqrt(0.005), within(1e-12));
    assertThat(adam.accuracy().mean()).isCloseTo(0.85, within(1e-12));
    assertThat(adam.accuracy().low()).isCloseTo(0.8, within(1e-12));
  }

  @Test
  void theGoalIsTheReferencesMeanFinalLoss() {
    assertThat(arms)
        .extracting(arm -> SummaryCsv.orNever(arm.epochsToReference()))
        .containsExactly("3", "2", "never", "never", "3");
  }

  @Test
  void stepsOfTheFirstEpochAreWarmUp() {
    assertThat(arms.get(0).medianStepMillis()).isEqualTo(2.5);
    assertThat(arms.get(0).meanStepMillis()).isEqualTo(2.5);
  }

  @Test
  void tablesAreAlignedAndSayWhatDiverged() {
    assertThat(SummaryTable.of(arms, "Adam"))
        .isEqualToNormalizingNewlines(
            """
            cnn (1,234 parameters)
              optimizer   test accuracy, %            train loss   ms a step   epochs to Adam's final loss
              --------------------------------------------------------------------------------------------
              Adam          85.00 +/- 7.07   0.15000 +/- 0.07071        2.50                             3
              Fast          95.00 +/- 0.00   0.05000 +/- 0.00000        2.50                             2
              Slow          35.00 +/- 7.07   0.65000 +/- 0.07071        2.50                         never
              Wild                       -              diverged        2.50                         never

            mlp (1,234 parameters)
              optimizer   test accuracy, %            train loss   ms a step   epochs to Adam's final loss
              --------------------------------------------------------------------------------------------
              Adam          90.00 +/- 0.00   0.10000 +/- 0.00000        2.50                             3
            """);
  }

  @Test
  void oneSeedHasNoDeviation() {
    String table = SummaryTable.of(Summary.of(RUNS.subList(0, 1), "Adam"), "Adam");

    assertThat(table).contains("90.00 ").doesNotContain("+/-");
  }

  @Test
  void csvHasOneLineForEachArm() throws Exception {
    List<String> lines = SummaryCsv.of(arms).lines().toList();

    assertThat(lines).hasSize(1 + arms.size());
    assertThat(lines.get(0)).startsWith("model,parameters,optimizer,seeds,test_accuracy_mean");
    assertThat(lines.get(2)).startsWith("cnn,1234,Fast,2,0.95,").endsWith(",2");
  }
}
