package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.adafisher.bench.report.chart.Bar;
import org.adafisher.bench.report.chart.BarChart;
import org.adafisher.bench.report.html.Html;
import org.adafisher.bench.report.stats.Spread;
import org.adafisher.bench.report.stats.TargetHits;

/** How long it took to reach the targets on one model. */
final class TargetsSection {

  private TargetsSection() {}

  static boolean applies(ModelResults results) {
    return !results.goals().isEmpty() && !results.arms().isEmpty();
  }

  static void write(Html html, ModelResults results, Figures figures) {
    html.element("h3", "Steps and seconds to a target");
    html.element(
        "p",
        "To the end of the first epoch that reached it: means over the seeds that did, whiskers"
            + " from the lowest to the highest; \u201C2 of 3\u201D says how many did.",
        "class",
        "note");
    html.open("div", "class", "plots");
    for (Goal goal : results.goals()) {
      if (Double.isNaN(goal.value())) {
        html.element("p", goal.words() + " is not known: there is no target.");
        continue;
      }
      String name = results.model() + " to " + goal.words();
      String title = " to " + goal.wordsWithValue();
      figures.add(
          html,
          name + " steps",
          chart(results, goal, results.model() + ": steps" + title, TargetHits::steps, 0),
          "");
      figures.add(
          html,
          name + " seconds",
          chart(results, goal, results.model() + ": seconds" + title, TargetHits::seconds, 1),
          "");
    }
    html.close();
  }

  private static BarChart chart(
      ModelResults results,
      Goal goal,
      String title,
      Function<TargetHits, Spread> measure,
      int decimals) {
    List<Bar> bars = new ArrayList<>();
    for (Arm arm : results.headline()) {
      TargetHits hits = TargetHits.of(arm.complete(), goal.measure(), goal.value());
      Spread value = measure.apply(hits);
      String words = hits.runs() == 0 ? "no complete run" : Words.hits(hits, value, decimals);
      bars.add(
          new Bar(arm.optimizer(), arm.index(), value.mean(), value.low(), value.high(), words));
    }
    return new BarChart(title, bars);
  }
}
