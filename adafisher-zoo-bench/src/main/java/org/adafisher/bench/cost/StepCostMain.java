package org.adafisher.bench.cost;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;

/** Prints what a training step costs: {@code mvn -q -DskipTests -Pcost package}. */
public final class StepCostMain {

  private StepCostMain() {}

  /**
   * @param args names of problems; none for all
   */
  public static void main(String[] args) {
    List<StepCost.Row> rows = new ArrayList<>();
    for (String name : args.length == 0 ? CostProblem.names() : args) {
      CostProblem problem = CostProblem.named(name);
      try (ProgressBar bar = new ProgressBar(name, problem.rounds())) {
        rows.addAll(StepCost.measure(problem, bar::step));
      }
      System.gc(); // five large networks are garbage now, most of it off the heap
    }
    System.out.printf(
        "%-10s %-28s %10s %9s %12s%n",
        "problem", "updater", "ms a step", "of Adam", "state of Adam");
    for (StepCost.Row row : rows) {
      System.out.printf(
          Locale.ROOT,
          "%-10s %-28s %10.2f %9.3f %12.3f%n",
          row.problem(),
          row.updater(),
          row.milliseconds(),
          row.ofAdam(),
          row.stateOfAdam());
    }
  }
}
