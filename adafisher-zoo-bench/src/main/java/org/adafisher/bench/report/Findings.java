package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.adafisher.bench.report.stats.Difference;
import org.adafisher.bench.report.text.Numbers;
import org.adafisher.bench.result.EpochResult;

/**
 * What can be said about one model, by rules alone: nothing is said in favour of one optimizer that
 * would not be said of another in its place.
 */
final class Findings {

  /** The rule that decides which means differ. */
  static final String RULE =
      "Two optimizers are called \u201Cnot told apart\u201D if their means differ by no more than"
          + " twice the standard error of the difference, from the deviations over the seeds."
          + " That is a rough rule with few seeds, and among many pairs some pass it by chance.";

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
        results.headline().stream().filter(arm -> results.quality(arm).hasDeviation()).toList();
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
    String even = names(others, arm -> !quality(best, arm).toldApart());
    String behind =
        list(others, arm -> quality(best, arm).toldApart(), arm -> withDifference(arm, best, arm));
    sentences.add(
        even.isEmpty()
            ? "Every other one is behind it: " + behind + "."
            : "Not told apart from it: "
                + even
                + (behind.isEmpty() ? "." : "; behind it: " + behind + "."));
  }

  private void addAdaFisher() {
    for (Arm arm : comparable) {
      List<Arm> others = others(arm);
      if (!roles.adaFisher(arm.optimizer()) || others.isEmpty()) {
        continue;
      }
      String ahead =
          list(
              others,
              other -> quality(arm, other).toldApart() && better(arm, other),
              other -> withDifference(arm, other, other));
      String behind =
          list(
              others,
              other -> quality(arm, other).toldApart() && !better(arm, other),
              other -> withDifference(arm, other, other));
      String even = names(others, other -> !quality(arm, other).toldApart());
      List<String> parts = new ArrayList<>();
      addPart(parts, "behind ", behind);
      addPart(parts, "ahead of ", ahead);
      addPart(parts, "not told apart from ", even);
      sentences.add(arm.optimizer() + " is " + String.join("; ", parts) + ".");
    }
  }

  private void addCurvature() {
    for (Arm arm : comparable) {
      for (Arm placebo : comparable) {
        if (roles.adaFisher(arm.optimizer()) && roles.placebo(placebo.optimizer())) {
          Difference loss =
              Difference.between(
                  arm.last(EpochResult::trainLoss), placebo.last(EpochResult::trainLoss));
          sentences.add(
              String.format(
                  Locale.ROOT,
                  "What the curvature adds, %s less %s: %s of %s (%s); %s of training loss (%s).",
                  arm.optimizer(),
                  placebo.optimizer(),
                  difference(arm, placebo),
                  results.qualityWords(),
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

  private void addTooFew() {
    for (Arm arm : results.headline()) {
      int complete = arm.complete().size();
      if (arm.diverged() == 0 && complete < LEAST_SEEDS) {
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
    return Difference.between(results.quality(first), results.quality(second));
  }

  private boolean better(Arm first, Arm second) {
    return results.yardstick().merit(quality(first, second).value()) > 0;
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
    if (!difference.toldApart()) {
      return "not told apart";
    }
    return difference.value() > 0 == moreIsBetter ? "better" : "worse";
  }

  private static String lossPoints(Difference loss, Arm placebo) {
    double other = placebo.last(EpochResult::trainLoss).mean();
    return Numbers.withPlus(Numbers.like(loss.value(), other, Words.LOSS_DIGITS));
  }
}
