package org.adafisher.bench.report;

import static org.adafisher.bench.report.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.adafisher.bench.result.ChanceLevel;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;
import org.junit.jupiter.api.Test;

class SummaryTableTest {

  private static final List<RunResult> RUNS =
      List.of(
          run("cnn", "Adam", 1, 0.5, 0.30, 0.10),
          run("cnn", "Fast", 1, 0.2, 0.10, 0.05),
          run("cnn", "Slow", 1, 0.9, 0.80, 0.70),
          run("cnn", "Wild", 1, 0.9, Double.NaN),
          run("cnn", "Adam", 2, 0.7, 0.15, 0.20),
          run("cnn", "Fast", 2, 0.4, 0.18, 0.05),
          run("cnn", "Slow", 2, 0.9, 0.80, 0.60),
          run("cnn", "Wild", 2, 0.9, 0.80, 0.70));

  @Test
  void tablesAreAlignedAndSayWhatDiverged() {
    assertThat(SummaryTable.of(Runs.data(Map.of(), RUNS)))
        .isEqualToNormalizingNewlines(
            """
            cnn (1,234 parameters)
              optimizer    lr   runs      test acc. %      val. acc. %            train loss      minibatch loss   ms a step       seconds   steps to T1
              ------------------------------------------------------------------------------------------------------------------------------------------
              Adam        0.1      2   84.00 +/- 7.07   85.00 +/- 7.07     0.1500 +/- 0.0707    0.6000 to 0.1500        2.50   6.0 +/- 0.0            25
              Fast        0.1      2   94.00 +/- 0.00   95.00 +/- 0.00   0.05000 +/- 0.00000   0.3000 to 0.05000        2.50   6.0 +/- 0.0            25
              Slow        0.1      2   34.00 +/- 7.07   35.00 +/- 7.07     0.6500 +/- 0.0707    0.9000 to 0.6500        2.50   6.0 +/- 0.0         never
              Wild        0.1      2                -                -       1 of 2 diverged                   -        2.00             -         never
              T1: Adam's final training loss, 0.15
            """);
  }

  @Test
  void aMeanOfWhichSomeEndedAtChanceIsNone() {
    List<RunResult> runs =
        List.of(
            run("cnn", "Adam", 1, 0.9, 0.95),
            run("cnn", "Adam", 2, 0.5, 0.30),
            run("cnn", "Dead", 1, 0.9, 0.95),
            run("cnn", "Dead", 2, 0.9, 0.97),
            run("cnn", "Good", 1, 0.9, 0.20),
            run("cnn", "Good", 2, 0.5, 0.30));
    List<RunResult> known =
        runs.stream().map(run -> run.onData("", new ChanceLevel(0.9, 0.1))).toList();

    assertThat(SummaryTable.of(Runs.data(Map.of(), known)))
        .containsPattern("Adam +0.1 +2 +- +- +1 of 2 at chance +- ")
        .containsPattern("Dead +0.1 +2 +3.00 .*0.9600 ")
        .containsPattern("Good +0.1 +2 +74.00 ")
        .contains("T1: Adam's final training loss, -")
        .contains("  Adam: 1 of 2 seeds ended at chance")
        .contains("  Dead: 2 of 2 seeds ended at chance")
        .doesNotContain("Good: ");
    assertThat(SummaryTable.of(Runs.data(Map.of(), runs))).doesNotContain("at chance");
  }

  @Test
  void oneSeedHasNoDeviation() {
    assertThat(SummaryTable.of(Runs.data(Map.of(), RUNS.subList(0, 1))))
        .contains("89.00 ")
        .doesNotContain("+/-");
  }

  @Test
  void howFarAnUnfinishedExperimentIsComesFirst() {
    RunResult going = Runs.run(new Trial("cnn", "Adam", 0.1, 64, 2), 3, 0.5);

    assertThat(SummaryTable.of(Runs.data(Map.of(), List.of(RUNS.get(0), going))))
        .startsWith("1 of 2 runs are complete.");
  }

  @Test
  void withoutRunsThereIsNoTable() {
    assertThat(SummaryTable.of(Runs.data(Map.of(), List.of()))).isEmpty();
  }
}
