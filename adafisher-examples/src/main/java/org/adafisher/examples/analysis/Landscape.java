package org.adafisher.examples.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.adafisher.bench.report.chart.LinearScale;
import org.adafisher.bench.report.chart.LogScale;
import org.adafisher.bench.report.chart.Point;
import org.adafisher.bench.report.chart.Raster;
import org.adafisher.bench.report.chart.RasterChart;
import org.adafisher.bench.report.text.Numbers;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * The loss in the plane that the trajectories of several optimizers vary in most (their first two
 * principal components, of all points of all of them together), computed with the network itself at
 * every point of a grid. What the trajectories do across the plane is not seen: their losses are
 * not those of the landscape below them, and {@link PrincipalPlane#share} says how much of their
 * variance is.
 *
 * @param plane the plane
 * @param trajectories the optimizers' trajectories
 * @param a coordinates of the columns along the first component
 * @param b coordinates of the rows along the second component
 * @param losses [rows][columns]
 */
public record Landscape(
    PrincipalPlane plane,
    List<Trajectory> trajectories,
    double[] a,
    double[] b,
    double[][] losses) {

  /** How much further than the trajectories the grid reaches, as a share of their range. */
  private static final double MARGIN = 0.15;

  private static final int CONTOURS = 14;
  private static final double SIZE = 460;

  /** Copies the list. */
  public Landscape {
    trajectories = List.copyOf(trajectories);
  }

  /**
   * Lets every optimizer go from the same start, tuned, and computes the landscape below.
   *
   * @param contestants the optimizers
   * @param network makes the network from an updater, at the same start every time
   * @param data all examples
   * @param steps how many each goes
   * @param grid points of the landscape along each side, at least 2
   * @return landscape and trajectories
   */
  public static Landscape compute(
      List<Trajectory.Contestant> contestants,
      Function<IUpdater, MultiLayerNetwork> network,
      DataSet data,
      int steps,
      int grid) {
    List<Trajectory> trajectories =
        contestants.stream().map(one -> Trajectory.tuned(one, network, data, steps)).toList();
    MultiLayerNetwork measured = network.apply(new NoOp());
    return of(trajectories, parameters -> loss(measured, parameters, data), grid);
  }

  /**
   * The landscape below trajectories that are there already.
   *
   * @param trajectories at least one
   * @param loss of a parameter vector
   * @param grid points of the landscape along each side, at least 2
   * @return landscape and trajectories
   */
  public static Landscape of(
      List<Trajectory> trajectories, ToDoubleFunction<double[]> loss, int grid) {
    List<double[]> points = trajectories.stream().flatMap(t -> t.points().stream()).toList();
    PrincipalPlane plane = PrincipalPlane.of(points);
    List<double[]> places = points.stream().map(plane::coordinates).toList();
    double[] a = range(places, 0, grid);
    double[] b = range(places, 1, grid);
    double[][] losses = new double[grid][grid];
    for (int row = 0; row < grid; row++) {
      for (int column = 0; column < grid; column++) {
        losses[row][column] = loss.applyAsDouble(plane.at(a[column], b[row]));
      }
    }
    return new Landscape(plane, trajectories, a, b, losses);
  }

  /**
   * @param network changed: it has these parameters afterwards
   * @param parameters as long as the network's
   * @param data the examples
   * @return the loss there
   */
  static double loss(MultiLayerNetwork network, double[] parameters, DataSet data) {
    network.setParams(
        Nd4j.create(parameters, new long[] {1, parameters.length}, network.params().dataType()));
    return network.score(data);
  }

  /**
   * The landscape as colours and contours of equal ratios of the loss, with the trajectories upon
   * it.
   *
   * @param title heading
   * @return the picture
   */
  public RasterChart chart(String title) {
    double[] finite =
        Arrays.stream(losses).flatMapToDouble(Arrays::stream).filter(x -> x > 0).sorted().toArray();
    double low = finite[0];
    double high = finite[finite.length - 1];
    List<Double> contours =
        IntStream.rangeClosed(1, CONTOURS)
            .mapToObj(i -> low * Math.pow(high / low, i / (CONTOURS + 1.0)))
            .toList();
    return new RasterChart(
        title,
        "first principal component; the plane has %s %% of the variance"
            .formatted(Numbers.percent(plane.share(), 0)),
        "second principal component",
        axis(a),
        axis(b),
        new Raster(losses, LogScale.around(low, high), "loss, log", contours),
        paths(),
        SIZE,
        SIZE * 0.8);
  }

  private List<RasterChart.Path> paths() {
    List<RasterChart.Path> paths = new ArrayList<>();
    for (Trajectory trajectory : trajectories) {
      paths.add(
          new RasterChart.Path(
              "%s, rate %s, last loss %s"
                  .formatted(
                      trajectory.optimizer(),
                      Numbers.compact(trajectory.learningRate(), 2),
                      Numbers.significant(trajectory.lastLoss(), 3)),
              COLORS[paths.size() % COLORS.length],
              trajectory.points().stream()
                  .map(plane::coordinates)
                  .map(place -> new Point(place[0], place[1]))
                  .toList()));
    }
    return paths;
  }

  /** Not the palette's blues, which the landscape has. */
  private static final int[] COLORS = {1, 2, 4, 3, 6};

  /** From the middle of the first cell less half a cell, likewise at the end. */
  private static LinearScale axis(double[] values) {
    double half = (values[1] - values[0]) / 2;
    return LinearScale.exact(values[0] - half, values[values.length - 1] + half);
  }

  private static double[] range(List<double[]> places, int axis, int count) {
    double low = places.stream().mapToDouble(place -> place[axis]).min().orElseThrow();
    double high = places.stream().mapToDouble(place -> place[axis]).max().orElseThrow();
    double margin = MARGIN * (high - low);
    double start = low - margin;
    double step = (high - low + 2 * margin) / (count - 1);
    return IntStream.range(0, count).mapToDouble(i -> start + i * step).toArray();
  }
}
