package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.adafisher.bench.report.stats.Difference;
import org.adafisher.bench.result.EpochResult;

/**
 * What can be said about one model, by rules alone: nothing is said in favour of one optimizer that
 * would not be said of another in its place.
 */
final class Findings {

  /** The rule that decides which optimizers differ. */
  static final String RULE =
      "Differences are means over the seeds that both optimizers have, seed by seed, with their 95"
          + " % confidence interval by Student\u2019s t. Two optimizers are called \u201Cnot told"
          + " apart\u201D if it contains zero. Of many pairs some are told apart by chance, one in"
          + " twenty where there is no difference. Optimizers of which a seed ended at chance, no"
          + " better than guessing without a look at the example, are not compared.";

  private static final String SWEEP =
      "Each optimizer is taken at the learning rate and batch size of its best mean %s, chosen from"
          + " the very runs that are compared.";

  private static final int LEAST_SEEDS = 2;

  private final ModelResults results;
  private final Roles roles;
  private final List<Arm> comparable;
  private final List<String> sentences = new ArrayList<>();

  private Findings(ModelResults results, Roles roles) {
    this.results = results;
    this.roles = roles;
    this.comparable =
        results.headline().stream()
            .filter(arm -> arm.atChance() == 0 && results.quality(arm).hasDeviation())
            .toList();
  }

  /** The sentences. */
  static List<String> of(ModelResults results, Roles roles) {
    return new Findings(results, roles).sentences();
  }

  private List<String> sentences() {
    int most = results.headline().stream().mapToInt(arm -> arm.complete().size()).max().orElse(0);
    if (most == 0) {
      return List.of("No run is complete yet, so nothing can be said.");
    }
    if (most < LEAST_SEEDS) {
      sentences.add("Only one seed is complete: which optimizer is better cannot be said.");
    } else if (!comparable.isEmpty()) {
      if (results.sweep()) {
        sentences.add(SWEEP.formatted(results.yardstick().words(false)));
      }
      addBest();
      addAdaFisher();
      addCurvature();
    }
    addDiverged();
    addCollapsed();
    if (most >= LEAST_SEEDS) {
      addTooFew();
    }
    return List.copyOf(sentences);
  }

  private void addBest() {
    Arm best =
        comparable.stream()
            .max(
                Comparator.comparingDouble(
                    arm -> results.yardstick().merit(results.quality(arm).mean())))
            .orElseThrow();
    sentences.add(
        String.format(
            Locale.ROOT,
            "%s has the best mean %s: %s (%s).",
            best.optimizer(),
            results.qualityWords(),
            results.yardstick().write(results.quality(best)),
            Words.seeds(results.quality(best).count())));
    List<Arm> others = others(best);
    if (others.isEmpty()) {
      return;
    }
    List<String> parts = new ArrayList<>();
    addPart(parts, "not told apart from it: ", names(others, arm -> even(best, arm)));
    boolean all = others.stream().allMatch(arm -> ahead(best, arm));
    String behind = list(others, arm -> ahead(best, arm), arm -> withDifference(arm, best, arm));
    addPart(parts, all ? "every other one is behind it: " : "behind it: ", behind);
    addPart( // has other seeds, too
        parts,
        "ahead of it over the seeds that both have: ",
        list(others, arm -> ahead(arm, best), arm -> withDifference(arm, best, arm)));
    addPart(parts, "without two seeds in common: ", names(others, arm -> unknown(best, arm)));
    String sentence = String.join("; ", parts);
    sentences.add(Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1) + ".");
  }

  private void addAdaFisher() {
    for (Arm arm : comparable) {
      List<Arm> others = others(arm);
      if (!roles.adaFisher(arm.optimizer()) || others.isEmpty()) {
        continue;
      }
      List<String> parts = new ArrayList<>();
      addPart(
          parts,
          "behind ",
          list(others, other -> ahead(other, arm), other -> withDifference(arm, other, other)));
      addPart(
          parts,
          "ahead of ",
          list(others, other -> ahead(arm, other), other -> withDifference(arm, other, other)));
      addPart(parts, "not told apart from ", names(others, other -> even(arm, other)));
      addPart(
          parts, "without two seeds in common with ", names(others, other -> unknown(arm, other)));
      sentences.add(arm.optimizer() + " is " + String.join("; ", parts) + ".");
    }
  }

  private void addCurvature() {
    for (Arm arm : comparable) {
      for (Arm placebo : comparable) {
        if (roles.adaFisher(arm.optimizer()) && roles.placebo(placebo.optimizer())) {
          Difference loss = ModelResults.difference(arm, placebo, EpochResult::trainLoss);
          sentences.add(
              String.format(
                  Locale.ROOT,
                  "What the curvature adds, %s less %s: %s %s (%s); training loss %s (%s).",
                  arm.optimizer(),
                  placebo.optimizer(),
                  results.qualityWords(),
                  difference(arm, placebo),
                  verdict(quality(arm, placebo), results.yardstick().moreIsBetter()),
                  lossPoints(loss, placebo),
                  verdict(loss, false)));
        }
      }
    }
  }

  private void addDiverged() {
    for (Arm arm : results.headline()) {
      if (arm.diverged() > 0) {
        sentences.add(
            String.format(
                Locale.ROOT,
                "%s diverged in %d of %s and is left out of the comparison.",
                arm.optimizer(),
                arm.diverged(),
                Words.seeds(arm.runs().size())));
      }
    }
  }

  private void addCollapsed() {
    for (Arm arm : results.headline()) {
      if (arm.atChance() > 0) {
        sentences.add(
            "%s is left out of the comparison: %s."
                .formatted(arm.optimizer(), Words.endedAtChance(arm)));
      }
    }
  }

  private void addTooFew() {
    for (Arm arm : results.headline()) {
      int complete = arm.complete().size();
      if (arm.diverged() == 0 && arm.atChance() == 0 && complete < LEAST_SEEDS) {
        sentences.add(
            String.format(
                Locale.ROOT,
                "Nothing is said about %s: it has %s.",
                arm.optimizer(),
                complete == 0 ? "no complete run" : "one complete run alone"));
      }
    }
  }

  private List<Arm> others(Arm arm) {
    return comparable.stream().filter(other -> other != arm).toList();
  }

  private Difference quality(Arm first, Arm second) {
    return results.qualityDifference(first, second);
  }

  private boolean ahead(Arm first, Arm second) {
    Difference difference = quality(first, second);
    return difference.toldApart() && results.yardstick().merit(difference.value()) > 0;
  }

  private boolean even(Arm first, Arm second) {
    Difference difference = quality(first, second);
    return difference.known() && !difference.toldApart();
  }

  private boolean unknown(Arm first, Arm second) {
    return !quality(first, second).known();
  }

  private String difference(Arm first, Arm second) {
    return results.yardstick().write(quality(first, second), results.quality(second));
  }

  /** One of the two arms, and how far the first is from the second. */
  private String withDifference(Arm first, Arm second, Arm named) {
    return named.optimizer() + " (" + difference(first, second) + ")";
  }

  private static String names(List<Arm> arms, Predicate<Arm> which) {
    return list(arms, which, Arm::optimizer);
  }

  private static String list(List<Arm> arms, Predicate<Arm> which, Function<Arm, String> words) {
    return arms.stream().filter(which).map(words).collect(Collectors.joining(", "));
  }

  private static void addPart(List<String> parts, String words, String names) {
    if (!names.isEmpty()) {
      parts.add(words + names);
    }
  }

  private static String verdict(Difference difference, boolean moreIsBetter) {
    if (!difference.known()) {
      return "without two seeds in common";
    }
    if (!difference.toldApart()) {
      return "not told apart";
    }
    return difference.value() > 0 == moreIsBetter ? "better" : "worse";
  }

  private static String lossPoints(Difference loss, Arm placebo) {
    return Words.lossDifference(loss, placebo.last(EpochResult::trainLoss));
  }
}
