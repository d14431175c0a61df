package org.adafisher.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.adafisher.bench.report.Runs;
import org.adafisher.bench.result.ChanceLevel;
import org.adafisher.bench.result.Measure;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;
import org.junit.jupiter.api.Test;

class ChoiceTest {

  private final List<RunResult> runs = new ArrayList<>();

  private void rate(double rate, double... losses) {
    for (int seed = 0; seed < losses.length; seed++) {
      runs.add(
          Runs.run(new Trial("m", "Adam", rate, 64, seed), 1, losses[seed])
              .onData("", new ChanceLevel(0.9, 0.1)));
    }
  }

  private double chosen() {
    Map<String, Map<String, Double>> byLoss = Choice.of(runs, Measure.VALIDATION_LOSS);
    assertThat(Choice.of(runs, Measure.VALIDATION_ACCURACY)).isEqualTo(byLoss);
    return byLoss.get("m").get("Adam");
  }

  @Test
  void theBestMeanWinsAndOfEqualsTheSmallerRate() {
    rate(0.2, 0.25, 0.5);
    rate(0.1, 0.5, 0.25);
    rate(0.4, 0.25, 0.75);

    assertThat(chosen()).isEqualTo(0.1);
  }

  @Test
  void aSeedAtChanceLosesAgainstNoneAndWinsAgainstOneThatDiverged() {
    rate(0.4, 0.1, Double.NaN);
    rate(0.2, 0.1, 0.95);
    assertThat(chosen()).isEqualTo(0.2);

    rate(0.1, 0.7, 0.7); // a worse mean than that of 0.2
    assertThat(chosen()).isEqualTo(0.1);
  }

  @Test
  void whereAllEndedAtChanceOrDivergedThereIsAChoiceAllTheSame() {
    rate(0.2, 0.95, 0.95);
    rate(0.4, 0.94, 0.94);
    assertThat(chosen()).isEqualTo(0.4);

    runs.clear();
    rate(0.2, Double.NaN);
    rate(0.1, Double.NaN);
    assertThat(chosen()).isEqualTo(0.1);
  }
}
