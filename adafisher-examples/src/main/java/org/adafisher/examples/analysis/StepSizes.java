package org.adafisher.examples.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.adafisher.AdaFisher;
import org.adafisher.bench.report.chart.Chart;
import org.adafisher.bench.report.chart.ChartGrid;
import org.adafisher.bench.report.chart.Histogram;
import org.adafisher.bench.report.chart.LogScale;
import org.adafisher.bench.report.text.Numbers;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * F and the effective step of every parameter in one training step, by layer.
 *
 * @param layers in the network's order
 */
public record StepSizes(List<LayerSteps> layers) {

  private static final int BINS = 48;

  /** Copies the list. */
  public StepSizes {
    layers = List.copyOf(layers);
  }

  /**
   * One layer's parameters under AdaFisher.
   *
   * @param layer its name
   * @param fisher F of each, as it was in the step
   * @param steps what the step took off each, in absolute value: |m / F| times the rate, corrected
   *     for the momentum's start, with weight decay if there is any; in DL4J's order
   */
  public record LayerSteps(String layer, double[] fisher, double[] steps) {

    /**
     * @return greatest F over least F: 1 if dividing by F is dividing by a number
     */
    public double fisherRatio() {
      return Arrays.stream(fisher).max().orElseThrow() / Arrays.stream(fisher).min().orElseThrow();
    }

    /**
     * @return how many parameters the step left exactly as they were: those without a gradient
     */
    public long still() {
      return Arrays.stream(steps).filter(step -> step == 0).count();
    }
  }

  /**
   * Makes a training step and sees what it did.
   *
   * @param network attached
   * @param step does one training step of that network
   * @return F and step sizes of the layers with AdaFisher
   */
  public static StepSizes of(Model network, Runnable step) {
    var listener = AdaFisher.attach(network);
    Map<String, double[]> before = parameters(network);
    step.run();
    Map<String, double[]> after = parameters(network);
    List<LayerSteps> layers = new ArrayList<>();
    listener
        .fisher(network)
        .forEach(
            (layer, fisher) ->
                layers.add(
                    new LayerSteps(
                        layer,
                        fisher.toDoubleVector(),
                        difference(before.get(layer), after.get(layer)))));
    return new StepSizes(layers);
  }

  /**
   * Histograms on logarithmic axes, a row for each layer: F at the left, steps at the right.
   *
   * @param title heading
   * @return the picture
   */
  public Chart chart(String title) {
    List<Chart> charts = new ArrayList<>();
    for (LayerSteps layer : layers) {
      charts.add(
          histogram(
              "%s: F, greatest / least %s"
                  .formatted(layer.layer(), Numbers.compact(layer.fisherRatio(), 3)),
              "F, log scale",
              layer.fisher(),
              0));
      charts.add(
          histogram(
              layer.still() == 0
                  ? "%s: step".formatted(layer.layer())
                  : "%s: step (%d are 0)".formatted(layer.layer(), layer.still()),
              "|change of a parameter|, log scale",
              layer.steps(),
              1));
    }
    return new ChartGrid(title, 2, charts);
  }

  private static Histogram histogram(String title, String xLabel, double[] values, int index) {
    double[] positive = Arrays.stream(values).filter(x -> x > 0).toArray();
    double low = DoubleStream.of(positive).min().orElse(1);
    double high = DoubleStream.of(positive).max().orElse(1);
    return Histogram.of(title, xLabel, LogScale.around(low, high), positive, BINS, index);
  }

  private static Map<String, double[]> parameters(Model network) {
    Map<String, double[]> result = new LinkedHashMap<>();
    for (Trainable trainable : Network.of(network).trainables()) {
      Map<String, INDArray> table = trainable.paramTable(false);
      if (table == null) {
        continue;
      }
      DoubleStream values = DoubleStream.empty();
      for (var parameter : table.entrySet()) {
        if (trainable.getConfig().getUpdaterByParam(parameter.getKey()) instanceof AdaFisher) {
          values =
              DoubleStream.concat(
                  values,
                  Arrays.stream(parameter.getValue().dup('c').reshape(-1).toDoubleVector()));
        }
      }
      result.put(trainable.getConfig().getLayerName(), values.toArray());
    }
    return result;
  }

  private static double[] difference(double[] before, double[] after) {
    double[] result = new double[before.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = Math.abs(after[i] - before[i]);
    }
    return result;
  }
}
