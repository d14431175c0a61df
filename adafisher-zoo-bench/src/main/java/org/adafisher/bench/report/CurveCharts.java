package org.adafisher.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.adafisher.bench.report.chart.Chart;
import org.adafisher.bench.report.chart.LineChart;
import org.adafisher.bench.report.chart.LinearScale;
import org.adafisher.bench.report.chart.LogScale;
import org.adafisher.bench.report.chart.Scale;
import org.adafisher.bench.report.chart.Series;
import org.adafisher.bench.report.chart.Series.Sample;
import org.adafisher.bench.report.stats.Curve;
import org.adafisher.bench.report.stats.Median;
import org.adafisher.bench.report.stats.Spread;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.RunResult;

/** Draws how arms of one model went on, over epochs or seconds. */
final class CurveCharts {

  private static final int GRID_POINTS = 80;
  private static final double PERCENT = 100;

  /** A loss this many times that after the first epoch is off the chart. */
  private static final double EXPLODED = 10;

  /** How many times the range between best and worst in the later half is shown. */
  private static final double ACCURACY_RANGE = 3;

  private static final double LEAST_RANGE = 4;

  private final String model;
  private final List<Arm> arms;

  CurveCharts(String model, List<Arm> arms) {
    this.model = model;
    this.arms = arms.stream().filter(arm -> !arm.shown().isEmpty()).toList();
  }

  Chart lossOverEpochs() {
    return loss("training loss", overEpochs(EpochResult::trainLoss), "epoch", this::epochScale);
  }

  /** Empty where an older log did not record it. */
  Optional<Chart> minibatchLossOverEpochs() {
    List<Series> series = overEpochs(EpochResult::minibatchLoss);
    return values(series).findAny().isEmpty()
        ? Optional.empty()
        : Optional.of(loss("minibatch loss", series, "epoch", this::epochScale));
  }

  Chart lossOverSeconds() {
    return loss(
        "training loss",
        overSeconds(EpochResult::trainLoss),
        "seconds of training",
        CurveCharts::seconds);
  }

  Chart perplexityOverEpochs() {
    return loss(
        "validation perplexity", overEpochs(Arm::validationPerplexity), "epoch", this::epochScale);
  }

  Chart perplexityOverSeconds() {
    return loss(
        "validation perplexity",
        overSeconds(Arm::validationPerplexity),
        "seconds of training",
        CurveCharts::seconds);
  }

  Chart accuracyOverEpochs() {
    return accuracy(overEpochs(CurveCharts::accuracyPercent), "epoch", this::epochScale);
  }

  Chart accuracyOverSeconds() {
    return accuracy(
        overSeconds(CurveCharts::accuracyPercent), "seconds of training", CurveCharts::seconds);
  }

  private Chart loss(
      String what, List<Series> series, String xLabel, Function<List<Series>, Scale> xScale) {
    double least = values(series).filter(value -> value > 0).min().orElse(1);
    double start =
        Median.of(
            series.stream()
                .filter(one -> !one.samples().isEmpty())
                .mapToDouble(one -> one.samples().get(0).mean())
                .toArray());
    double greatest = Math.max(least, values(series).max().orElse(1));
    Scale y =
        LogScale.around(
            least, start > 0 ? Math.max(least, Math.min(greatest, EXPLODED * start)) : greatest);
    List<Series> positive = // a logarithm has no place for a loss of zero
        series.stream().map(one -> map(one, value -> Math.max(value, least))).toList();
    return new LineChart(
        model + ": " + what + ", log scale", xLabel, xScale.apply(series), y, positive);
  }

  private Chart accuracy(List<Series> series, String xLabel, Function<List<Series>, Scale> xScale) {
    double best = values(series).max().orElse(PERCENT);
    double range = Math.max(LEAST_RANGE, ACCURACY_RANGE * (best - worstLater(series)));
    double floor = Math.max(Math.max(0, best - range), values(series).min().orElse(0));
    Scale y = LinearScale.round(Math.min(floor, best - 1), best);
    return new LineChart(
        model + ": validation accuracy, %", xLabel, xScale.apply(series), y, series);
  }

  /**
   * The steep start may be cut off, and a line that diverged: they would leave a line's width for
   * all differences later on.
   */
  private static double worstLater(List<Series> series) {
    List<Series> whole = series.stream().filter(one -> !one.broken()).toList();
    return (whole.isEmpty() ? series : whole)
        .stream()
            .flatMap(one -> one.samples().stream().skip(one.samples().size() / 2))
            .mapToDouble(Sample::low)
            .min()
            .orElse(0);
  }

  private List<Series> overEpochs(ToDoubleFunction<EpochResult> measure) {
    return series(runs -> Curve.overEpochs(runs, measure));
  }

  private List<Series> overSeconds(ToDoubleFunction<EpochResult> measure) {
    return series(runs -> Curve.overSeconds(runs, measure, GRID_POINTS));
  }

  private List<Series> series(Function<List<RunResult>, Curve> curve) {
    List<Series> series = new ArrayList<>();
    for (Arm arm : arms) {
      Curve one = curve.apply(arm.shown());
      List<Sample> samples = one.points().stream().map(CurveCharts::sample).toList();
      series.add(new Series(arm.optimizer(), arm.index(), samples, one.broken()));
    }
    return series;
  }

  private static Sample sample(Curve.Point point) {
    Spread value = point.value();
    return new Sample(point.x(), value.mean(), value.low(), value.high());
  }

  private static Series map(Series one, DoubleUnaryOperator value) {
    return new Series(
        one.name(),
        one.index(),
        one.samples().stream()
            .map(
                s ->
                    new Sample(
                        s.x(),
                        value.applyAsDouble(s.mean()),
                        value.applyAsDouble(s.low()),
                        value.applyAsDouble(s.high())))
            .toList(),
        one.broken());
  }

  private static double accuracyPercent(EpochResult epoch) {
    return PERCENT * epoch.validationAccuracy();
  }

  /** As far as the runs went, also if they diverged before. */
  private Scale epochScale(List<Series> series) {
    double most =
        arms.stream()
            .flatMap(arm -> arm.shown().stream())
            .mapToInt(run -> run.epochs().size())
            .max()
            .orElse(1);
    return LinearScale.whole(1, most);
  }

  private static Scale seconds(List<Series> series) {
    double most = samples(series).mapToDouble(Sample::x).max().orElse(1);
    return LinearScale.exact(0, most);
  }

  private static DoubleStream values(List<Series> series) {
    return samples(series)
        .flatMapToDouble(s -> DoubleStream.of(s.low(), s.mean(), s.high()))
        .filter(Double::isFinite);
  }

  private static Stream<Sample> samples(List<Series> series) {
    return series.stream().flatMap(one -> one.samples().stream());
  }
}
