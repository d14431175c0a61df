package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.adafisher.bench.report.chart.LineChart;
import org.adafisher.bench.report.chart.LinearScale;
import org.adafisher.bench.report.chart.LogScale;
import org.adafisher.bench.report.chart.Scale;
import org.adafisher.bench.report.chart.Series;
import org.adafisher.bench.report.chart.Series.Sample;
import org.adafisher.bench.report.html.Cell;
import org.adafisher.bench.report.html.Html;
import org.adafisher.bench.report.html.Table;
import org.adafisher.bench.report.text.Numbers;

/** How F lies in the layers of one model, for every optimizer that has one. */
final class FactorsSection {

  /** More bands upon each other could not be told apart. */
  private static final int MOST_LINES = 5;

  private static final int MULTIPLE_DIGITS = 4;

  /** A range that needs a logarithm to be seen. */
  private static final double WIDE = 8;

  /** Within this, dividing by F is as good as dividing by a number. */
  private static final double NARROW = 1.1;

  private FactorsSection() {}

  static boolean applies(ModelResults results) {
    return results.headline().stream().anyMatch(arm -> !LayerFactors.of(arm.shown()).isEmpty());
  }

  static void write(Html html, ModelResults results, Figures figures) {
    html.element("h3", "How F lies in the layers");
    html.element(
        "p",
        "The momentum is divided by F. As multiples of the damping, means over the seeds: at 1, F"
            + " is nothing but damping. Lines are the mean over a layer\u2019s parameters, bands"
            + " reach from the least to the greatest.",
        "class",
        "note");
    for (Arm arm : results.headline()) {
      List<LayerFactors> layers = LayerFactors.of(arm.shown());
      if (!layers.isEmpty()) {
        write(html, results.model(), arm.optimizer(), layers, figures);
      }
    }
  }

  private static void write(
      Html html, String model, String optimizer, List<LayerFactors> layers, Figures figures) {
    html.element("h4", optimizer);
    html.element("p", sentence(layers));
    List<LayerFactors> drawn =
        layers.stream()
            .sorted(Comparator.comparingDouble(layer -> -layer.last().high()))
            .limit(MOST_LINES)
            .toList();
    String caption =
        layers.size() > MOST_LINES
            ? "The " + MOST_LINES + " of " + layers.size() + " layers with the greatest F."
            : "";
    figures.add(
        html,
        model + " factors " + optimizer,
        chart(model + ", " + optimizer, layers.stream().filter(drawn::contains).toList()),
        caption);
    Table table =
        Table.ofNumbers(List.of("layer", "least", "mean", "greatest", "damping, % of the mean"));
    for (LayerFactors layer : layers) {
      table.row(
          Cell.of(layer.layer()),
          Cell.of(multiple(layer.last().low())),
          Cell.of(multiple(layer.last().mean())),
          Cell.of(multiple(layer.last().high())),
          Cell.of(Numbers.percent(layer.dampingShare(), 1)));
    }
    html.open("details").element("summary", "After the last epoch, by layer");
    table.write(html);
    html.close();
  }

  private static String multiple(double value) {
    return Numbers.significant(value, MULTIPLE_DIGITS);
  }

  private static String sentence(List<LayerFactors> layers) {
    double least = layers.stream().mapToDouble(LayerFactors::dampingShare).min().orElseThrow();
    double most = layers.stream().mapToDouble(LayerFactors::dampingShare).max().orElseThrow();
    LayerFactors top =
        layers.stream().max(Comparator.comparingDouble(layer -> layer.last().high())).orElseThrow();
    double low = layers.stream().mapToDouble(layer -> layer.last().low()).min().orElseThrow();
    String from = Numbers.percent(least, 1);
    String to = Numbers.percent(most, 1);
    double ratio = top.last().high() / low;
    return String.format(
        Locale.ROOT,
        "After the last epoch damping makes up %s %% of a layer\u2019s mean F, and the greatest F"
            + " of any parameter is %s times the damping (layer %s). From the least F to the"
            + " greatest it is a factor of %s: %s.",
        from.equals(to) ? from : from + " to " + to,
        Numbers.compact(top.last().high(), 3),
        top.layer(),
        Numbers.compact(ratio, 3),
        ratio < NARROW
            ? "dividing by F is nearly dividing by one number"
            : "so much do step sizes differ between parameters by F");
  }

  private static LineChart chart(String name, List<LayerFactors> layers) {
    List<Series> series = new ArrayList<>();
    for (LayerFactors layer : layers) {
      series.add(new Series(layer.layer(), series.size(), layer.epochs(), false));
    }
    List<Sample> samples = layers.stream().flatMap(layer -> layer.epochs().stream()).toList();
    double low = samples.stream().mapToDouble(Sample::low).min().orElseThrow();
    double high = samples.stream().mapToDouble(Sample::high).max().orElseThrow();
    double last = samples.stream().mapToDouble(Sample::x).max().orElseThrow();
    boolean log = low > 0 && high / low > WIDE;
    Scale y = log ? LogScale.around(low, high) : LinearScale.round(low, high);
    return new LineChart(
        name + ": F / damping" + (log ? ", log scale" : ""),
        "epoch",
        LinearScale.whole(1, last),
        y,
        series);
  }
}
