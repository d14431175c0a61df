package org.adafisher.bench.report;

import java.util.List;
import org.adafisher.bench.report.html.Html;

/** The curves of one model. */
final class CurvesSection {

  private static final String MINIBATCHES =
      "As training sees it, with augmentation and dropout, and BatchNorm on the minibatch's own"
          + " statistics, but without the penalties of weight decay and L2.";

  private static final String OLDER =
      " Runs that an older version recorded, which do not say of which data they are, have these"
          + " penalties in it.";

  private CurvesSection() {}

  static void write(Html html, ModelResults results, Figures figures) {
    List<Arm> arms = results.headline();
    String model = results.model();
    CurveCharts charts = new CurveCharts(model, arms);
    html.element("h3", "Curves");
    html.element("p", explanation(results), "class", "note");
    html.open("div", "class", "plots");
    figures.add(html, model + " training loss by epoch", charts.lossOverEpochs(), "");
    figures.add(html, model + " validation accuracy by epoch", charts.accuracyOverEpochs(), "");
    if (results.perplexity()) {
      figures.add(
          html, model + " validation perplexity by epoch", charts.perplexityOverEpochs(), "");
      figures.add(
          html, model + " validation perplexity by second", charts.perplexityOverSeconds(), "");
    }
    figures.add(html, model + " training loss by second", charts.lossOverSeconds(), "");
    figures.add(html, model + " validation accuracy by second", charts.accuracyOverSeconds(), "");
    charts
        .minibatchLossOverEpochs()
        .ifPresent(
            chart ->
                figures.add(
                    html,
                    model + " minibatch loss by epoch",
                    chart,
                    older(arms) ? MINIBATCHES + OLDER : MINIBATCHES));
    html.close();
  }

  private static boolean older(List<Arm> arms) {
    return arms.stream()
        .flatMap(arm -> arm.runs().stream())
        .anyMatch(run -> run.dataSha256().isEmpty());
  }

  private static String explanation(ModelResults results) {
    boolean going = results.headline().stream().anyMatch(arm -> arm.complete().isEmpty());
    return "Lines are means over the seeds, bands reach from the lowest to the highest seed. A"
        + " cross is where a seed diverged. Over seconds, each seed is interpolated between"
        + " its epochs, and a line ends with the fastest seed. The steep start of the"
        + " accuracy is cut off, and so may be a line that diverged."
        + (results.headline().stream().anyMatch(Arm::halfCollapsed)
            ? " Where some seeds ended at chance and others did not, the line is the mean of two"
                + " kinds of run."
            : "")
        + (results.sweep() ? " Each optimizer with its best learning rate and batch size." : "")
        + (going
            ? " An optimizer without a complete run is shown as far as all its runs are."
            : "");
  }
}
