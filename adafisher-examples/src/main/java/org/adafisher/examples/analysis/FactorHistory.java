package org.adafisher.examples.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.adafisher.AdaFisher;
import org.adafisher.AdaFisherListener;
import org.adafisher.bench.report.chart.Chart;
import org.adafisher.bench.report.chart.ChartGrid;
import org.adafisher.bench.report.chart.LinearScale;
import org.adafisher.bench.report.chart.LogScale;
import org.adafisher.bench.report.chart.Raster;
import org.adafisher.bench.report.chart.RasterChart;
import org.adafisher.bench.report.chart.ReversedScale;
import org.adafisher.bench.report.chart.Scale;
import org.adafisher.curvature.KroneckerFactors;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.DataSet;

/** One layer's factors while its network is trained. */
public final class FactorHistory {

  /** Below this share of the greatest, a value has the lightest colour. */
  private static final double LEAST_SHARE = 1e-4;

  private final Model network;
  private final DataSet probe;
  private final String layer;
  private final List<Moment> moments = new ArrayList<>();

  /**
   * @param network attached, in training
   * @param probe the minibatch that the full matrices are of, the same at every look
   * @param layer a layer with full factors
   */
  public FactorHistory(Model network, DataSet probe, String layer) {
    this.network = network;
    this.probe = probe;
    this.layer = layer;
  }

  /**
   * How the factors are after a number of steps.
   *
   * @param step how many
   * @param matrices of the probe
   * @param averagedH what the updater keeps of H
   * @param averagedS what it keeps of S
   */
  public record Moment(int step, FactorMatrices matrices, double[] averagedH, double[] averagedS) {}

  /**
   * Looks.
   *
   * @param step how many steps have been done
   */
  public void look(int step) {
    AdaFisherListener listener = AdaFisher.attach(network);
    KroneckerFactors averaged = listener.factors(network).get(layer);
    moments.add(
        new Moment(
            step,
            FactorMatrices.of(network, probe, layer),
            averaged.inputFactor().toDoubleVector(),
            averaged.gradientFactor().toDoubleVector()));
  }

  /**
   * @return what was seen, in its order
   */
  public List<Moment> moments() {
    return List.copyOf(moments);
  }

  /**
   * Heat maps of the diagonals over the steps: of the probe's factors, and what the updater keeps.
   *
   * @return the picture
   * @throws IllegalStateException if nothing was looked at
   */
  public Chart diagonals() {
    require();
    return new ChartGrid(
        "%s: diagonals of the factors over training, log scale".formatted(layer),
        2,
        List.of(
            overTime("H of the probe", moments, m -> m.matrices().inputDiagonal()),
            overTime("H that AdaFisher keeps", refreshed(), Moment::averagedH),
            overTime("S of the probe", moments, m -> m.matrices().gradientDiagonal()),
            overTime("S that AdaFisher keeps", refreshed(), Moment::averagedS)));
  }

  /** Without a look before the first refresh: all factors are 1 then, far from what follows. */
  private List<Moment> refreshed() {
    return moments.size() > 1 && moments.get(0).step() == 0
        ? moments.subList(1, moments.size())
        : moments;
  }

  /**
   * Heat maps of the full matrices at a few steps, H above and S below.
   *
   * @param count how many of the looks, evenly spread; at least 1
   * @return the picture
   * @throws IllegalStateException if nothing was looked at
   */
  public Chart matrices(int count) {
    require();
    List<Chart> charts = new ArrayList<>();
    List<Moment> shown = spread(count);
    shown.forEach(
        m -> charts.add(matrix("H after %d steps".formatted(m.step()), m.matrices().h())));
    shown.forEach(
        m -> charts.add(matrix("S after %d steps".formatted(m.step()), m.matrices().s())));
    return new ChartGrid(
        "%s: |entries| of the full factors, log scale".formatted(layer), shown.size(), charts);
  }

  private List<Moment> spread(int count) {
    if (count < 2 || moments.size() < 2) {
      return List.of(moments.get(moments.size() - 1));
    }
    int shown = Math.min(count, moments.size());
    List<Moment> result = new ArrayList<>();
    for (int i = 0; i < shown; i++) {
      result.add(moments.get((int) Math.round((double) i * (moments.size() - 1) / (shown - 1))));
    }
    return result;
  }

  private RasterChart overTime(String title, List<Moment> shown, Function<Moment, double[]> value) {
    int entries = value.apply(shown.get(0)).length;
    double[][] values = new double[entries][shown.size()];
    for (int column = 0; column < shown.size(); column++) {
      double[] of = value.apply(shown.get(column));
      for (int row = 0; row < entries; row++) {
        values[row][column] = of[row];
      }
    }
    return new RasterChart(
        title,
        "step",
        "entry",
        LinearScale.exact(shown.get(0).step(), shown.get(shown.size() - 1).step()),
        new ReversedScale(LinearScale.whole(0, entries)),
        new Raster(values, scale(values), "", List.of()),
        List.of(),
        320,
        240);
  }

  private static RasterChart matrix(String title, double[][] matrix) {
    double[][] sizes =
        Arrays.stream(matrix)
            .map(row -> Arrays.stream(row).map(Math::abs).toArray())
            .toArray(double[][]::new);
    return RasterChart.ofMatrix(
        title, new Raster(sizes, scale(sizes), "", List.of()), "column", "row");
  }

  private static Scale scale(double[][] values) {
    double high = Arrays.stream(values).flatMapToDouble(Arrays::stream).max().orElseThrow();
    double low = Arrays.stream(values).flatMapToDouble(Arrays::stream).min().orElseThrow();
    return high > 0
        ? new LogScale(Math.max(low, LEAST_SHARE * high) / 1.01, high)
        : LinearScale.exact(low, high);
  }

  private void require() {
    if (moments.isEmpty()) {
      throw new IllegalStateException("Nothing was looked at: call look(step) while training.");
    }
  }
}
