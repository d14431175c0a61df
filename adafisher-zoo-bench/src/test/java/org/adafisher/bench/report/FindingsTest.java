package org.adafisher.bench.report;

import static org.adafisher.bench.report.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.adafisher.bench.result.ChanceLevel;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;
import org.junit.jupiter.api.Test;

class FindingsTest {

  private static final Map<String, String> OPTIMIZERS = optimizers();

  private static Map<String, String> optimizers() {
    Map<String, String> optimizers = new LinkedHashMap<>();
    optimizers.put("Fisher", "adafisher, learningRate 0.1");
    optimizers.put("Control", "placebo, learningRate 0.1");
    optimizers.put("Adam", "adam, learningRate 0.1");
    return optimizers;
  }

  private final List<RunResult> runs = new ArrayList<>();

  /** One epoch a run; the test accuracy is 0.99 less the loss. */
  private void arm(String optimizer, double... losses) {
    for (int seed = 0; seed < losses.length; seed++) {
      runs.add(run("cnn", optimizer, seed, losses[seed]));
    }
  }

  private List<String> findings() {
    Results results = Results.of(Runs.data(OPTIMIZERS, runs));
    return Findings.of(results.models().get(0), new Roles(OPTIMIZERS));
  }

  @Test
  void whereAdaFisherLosesItIsSaid() {
    arm("Fisher", 0.20, 0.21);
    arm("Control", 0.19, 0.22);
    arm("Adam", 0.10, 0.11);

    assertThat(findings())
        .containsExactly(
            "Adam has the best mean test accuracy: 88.50 \u00B1 0.71 % (2 seeds).",
            "Not told apart from it: Control; behind it: Fisher (-10.00 points, 95 % CI -10.00 to"
                + " -10.00).",
            "Fisher is behind Adam (-10.00 points, 95 % CI -10.00 to -10.00); not told apart from"
                + " Control.",
            "What the curvature adds, Fisher less Control: test accuracy 0.00 points, 95 % CI"
                + " -12.71 to +12.71 (not told apart); training loss 0.0000, 95 % CI -0.1271 to"
                + " +0.1271 (not told apart).");
  }

  @Test
  void whereAdaFisherWinsItIsSaidInTheSameWords() {
    arm("Fisher", 0.10, 0.11);
    arm("Control", 0.20, 0.21);
    arm("Adam", 0.10, 0.12);

    assertThat(findings())
        .containsExactly(
            "Fisher has the best mean test accuracy: 88.50 \u00B1 0.71 % (2 seeds).",
            "Not told apart from it: Adam; behind it: Control (-10.00 points, 95 % CI -10.00 to"
                + " -10.00).",
            "Fisher is ahead of Control (+10.00 points, 95 % CI +10.00 to +10.00); not told apart"
                + " from Adam.",
            "What the curvature adds, Fisher less Control: test accuracy +10.00 points, 95 % CI"
                + " +10.00 to +10.00 (better); training loss -0.1000, 95 % CI -0.1000 to -0.1000"
                + " (better).");
  }

  @Test
  void ofLanguageModelsTheLeastPerplexityIsBest() {
    arm("Fisher", Math.log(20), Math.log(22)); // perplexity 21
    arm("Control", Math.log(20), Math.log(24));
    arm("Adam", Math.log(40), Math.log(42));
    Results results = Results.of(Runs.ofLanguage(Runs.data(OPTIMIZERS, runs)));

    assertThat(Findings.of(results.models().get(0), new Roles(OPTIMIZERS)))
        .containsExactly(
            "Fisher has the best mean test perplexity: 21.00 \u00B1 1.41 (2 seeds).",
            "Not told apart from it: Control; behind it: Adam (+20.00, 95 % CI +20.00 to +20.00).",
            "Fisher is ahead of Adam (-20.00, 95 % CI -20.00 to -20.00); not told apart from"
                + " Control.",
            "What the curvature adds, Fisher less Control: test perplexity -1.00, 95 % CI -13.71"
                + " to +11.71 (not told apart); training loss -0.044, 95 % CI -0.596 to +0.509"
                + " (not told apart).");
  }

  /** Two standard errors of three seeds are 0.0115 here, the t interval is twice as wide. */
  @Test
  void threeSeedsHaveToDifferByMoreThanTwoStandardErrors() {
    arm("Adam", 0.30, 0.31, 0.32);
    arm("Control", 0.29, 0.29, 0.29);

    assertThat(findings().get(1)).isEqualTo("Not told apart from it: Adam.");
  }

  /** Adam's seeds scatter by 30 points, and at each of them Fisher is 2 points better or so. */
  @Test
  void seedsAreComparedOneByOne() {
    arm("Adam", 0.20, 0.35, 0.50);
    arm("Fisher", 0.18, 0.329, 0.481);

    assertThat(findings().get(1))
        .isEqualTo("Every other one is behind it: Adam (-2.00 points, 95 % CI -2.25 to -1.75).");
  }

  @Test
  void onlySharedSeedsAreCompared() {
    arm("Adam", 0.20, 0.30, 0.40);
    runs.add(run("cnn", "Fisher", 1, 0.10));
    runs.add(run("cnn", "Fisher", 2, 0.21));
    runs.add(run("cnn", "Fisher", 7, 0.90));
    runs.add(run("cnn", "Control", 2, 0.5));
    runs.add(run("cnn", "Control", 9, 0.6));

    assertThat(findings())
        .containsExactly(
            "Adam has the best mean test accuracy: 69.00 \u00B1 10.00 % (3 seeds).",
            "Ahead of it over the seeds that both have: Fisher (+19.50 points, 95 % CI +13.15 to"
                + " +25.85); without two seeds in common: Control.",
            "Fisher is ahead of Adam (+19.50 points, 95 % CI +13.15 to +25.85); without two seeds"
                + " in common with Control.",
            "What the curvature adds, Fisher less Control: test accuracy +29.00 points, 95 % CI -"
                + " to - (without two seeds in common); training loss -0.2900, 95 % CI - to -"
                + " (without two seeds in common).");
  }

  @Test
  void whatEndedAtChanceIsCountedAndNotCompared() {
    arm("Fisher", 0.95, 0.10, 0.97);
    arm("Control", 0.30, 0.31, 0.32);
    arm("Adam", 0.95, 0.96, 0.97);
    runs.replaceAll(run -> run.onData("", new ChanceLevel(0.9, 0.1)));

    assertThat(findings())
        .containsExactly(
            "Control has the best mean test accuracy: 68.00 \u00B1 1.00 % (3 seeds).",
            "Fisher is left out of the comparison: 2 of 3 seeds ended at chance.",
            "Adam is left out of the comparison: 3 of 3 seeds ended at chance.");
    ModelResults model = Results.of(Runs.data(OPTIMIZERS, runs)).models().get(0);
    assertThat(model.goals().get(0).value()).as("the target is Adam's").isNaN();
  }

  @Test
  void oneSeedAllowsNoClaim() {
    arm("Fisher", 0.10);
    arm("Control", Double.NaN);
    arm("Adam", 0.90);

    assertThat(findings())
        .containsExactly(
            "Only one seed is complete: which optimizer is better cannot be said.",
            "Control diverged in 1 of 1 seed and is left out of the comparison.");
  }

  @Test
  void whatDivergedOrHasOneRunIsLeftOutAndNamed() {
    arm("Fisher", 0.10, Double.NaN);
    arm("Control", 0.10);
    arm("Adam", 0.20, 0.21);

    assertThat(findings())
        .containsExactly(
            "Adam has the best mean test accuracy: 78.50 \u00B1 0.71 % (2 seeds).",
            "Fisher diverged in 1 of 2 seeds and is left out of the comparison.",
            "Nothing is said about Control: it has one complete run alone.");
  }

  @Test
  void beforeTheFirstCompleteRunNothingIsSaid() {
    runs.add(Runs.run(new Trial("cnn", "Adam", 0.1, 64, 1), 5, 0.5, 0.4));

    assertThat(findings()).containsExactly("No run is complete yet, so nothing can be said.");
  }

  @Test
  void withoutATestPartTheValidationPartDecides() {
    runs.add(Runs.untested(run("cnn", "Adam", 1, 0.2)));
    runs.add(Runs.untested(run("cnn", "Adam", 2, 0.2)));

    assertThat(findings().get(0))
        .isEqualTo("Adam has the best mean validation accuracy: 80.00 \u00B1 0.00 % (2 seeds).");
  }
}
