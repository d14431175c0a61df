package org.adafisher.examples.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.adafisher.examples.analysis.Trajectory.Contestant;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

class LandscapeTest {

  /** More points than dimensions, and fewer. */
  @ParameterizedTest
  @ValueSource(ints = {3, 40})
  void pointsOfAPlaneAreFoundInIt(int dimensions) {
    Random random = new Random(5);
    double[][] base = new double[3][dimensions];
    for (double[] vector : base) {
      for (int j = 0; j < dimensions; j++) {
        vector[j] = random.nextGaussian();
      }
    }
    List<double[]> points = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      double a = 3 * random.nextGaussian();
      double b = random.nextGaussian();
      double[] point = new double[dimensions];
      for (int j = 0; j < dimensions; j++) {
        point[j] = base[0][j] + a * base[1][j] + b * base[2][j];
      }
      points.add(point);
    }

    PrincipalPlane plane = PrincipalPlane.of(points);

    assertThat(plane.share()).isCloseTo(1, within(1e-12));
    double first = 0;
    double second = 0;
    double mixed = 0;
    for (double[] point : points) {
      double[] place = plane.coordinates(point);
      assertThat(plane.at(place[0], place[1])).containsExactly(point, within(1e-10));
      first += place[0] * place[0];
      second += place[1] * place[1];
      mixed += place[0] * place[1];
    }
    assertThat(first).isGreaterThan(second);
    assertThat(mixed).isCloseTo(0, within(1e-9));
  }

  @Test
  void thereIsNoPlaneThroughALine() {
    List<double[]> line = List.of(new double[] {0, 1}, new double[] {1, 2}, new double[] {3, 4});
    assertThatThrownBy(() -> PrincipalPlane.of(line)).hasMessageContaining("line");
    assertThatThrownBy(() -> PrincipalPlane.of(line.subList(0, 2)))
        .hasMessageContaining("three points");
  }

  @Test
  void irisIsFishersOwn() {
    DataSet iris = Iris.load();
    assertThat(iris.getFeatures().shape()).containsExactly(150, 4);
    assertThat(iris.getFeatures().sum(0).toDoubleVector())
        .containsExactly(new double[] {876.5, 458.6, 563.7, 179.9}, within(1e-9));
    assertThat(iris.getLabels().sum(0).toDoubleVector()).containsExactly(50, 50, 50);
    // The rows that are wrong in UCI's file.
    assertThat(iris.getFeatures().getRow(34).toDoubleVector()).containsExactly(4.9, 3.1, 1.5, 0.2);
    assertThat(iris.getFeatures().getRow(37).toDoubleVector()).containsExactly(4.9, 3.6, 1.4, 0.1);
    INDArray standardised = Iris.standardised().getFeatures();
    assertThat(standardised.mean(0).toDoubleVector()).containsExactly(new double[4], within(1e-12));
    assertThat(standardised.std(0).toDoubleVector())
        .containsExactly(new double[] {1, 1, 1, 1}, within(1e-12));
  }

  @Test
  void lossesAreTheNetworksOwn() {
    DataSet flowers = Iris.standardised();
    Contestant sgd = new Contestant("SGD", List.of(0.01, 0.5, 1e6), Sgd::new);

    Landscape landscape =
        Landscape.compute(
            List.of(sgd), updater -> IrisLandscape.network(updater, 1), flowers, 8, 5);

    Trajectory way = landscape.trajectories().get(0);
    assertThat(way.learningRate()).isEqualTo(0.5);
    assertThat(way.points()).hasSize(9);
    MultiLayerNetwork network = IrisLandscape.network(new NoOp(), 1);
    assertThat(network.params().reshape(-1).toDoubleVector()).containsExactly(way.points().get(0));
    assertThat(network.score(flowers)).isCloseTo(way.losses().get(0), within(1e-12));
    PrincipalPlane plane = landscape.plane();
    assertThat(Landscape.loss(network, way.points().get(8), flowers)).isEqualTo(way.lastLoss());
    assertThat(Landscape.loss(network, way.points().get(3), flowers))
        .isCloseTo(way.losses().get(3), within(1e-12));
    assertThat(Landscape.loss(network, plane.mean(), flowers))
        .isEqualTo(Landscape.loss(network, plane.at(0, 0), flowers));
    for (int row = 0; row < 5; row += 2) {
      for (int column = 0; column < 5; column += 2) {
        double[] there = plane.at(landscape.a()[column], landscape.b()[row]);
        assertThat(network.params().length()).isEqualTo(there.length);
        for (int j = 0; j < there.length; j++) {
          network.params().putScalar(j, there[j]);
        }
        assertThat(landscape.losses()[row][column]).isEqualTo(network.score(flowers));
      }
    }
  }

  @Test
  void anOptimizerThatOnlyDivergesIsRefused() {
    Contestant wild = new Contestant("wild", List.of(1e300), Sgd::new);
    assertThatThrownBy(
            () ->
                Trajectory.tuned(
                    wild, updater -> IrisLandscape.network(updater, 1), Iris.standardised(), 3))
        .hasMessageContaining("wild diverges");
  }

  @Test
  void everyContestantLearnsAndIsNotAtTheEdgeOfItsRates() {
    Landscape landscape = IrisLandscape.compute(40, 3, 1);
    for (int i = 0; i < IrisLandscape.contestants().size(); i++) {
      Trajectory way = landscape.trajectories().get(i);
      List<Double> rates = IrisLandscape.contestants().get(i).rates();
      assertThat(way.lastLoss()).as(way.optimizer()).isLessThan(0.2 * way.losses().get(0));
      assertThat(way.learningRate())
          .as(way.optimizer())
          .isGreaterThan(rates.get(0))
          .isLessThan(rates.get(rates.size() - 1));
    }
  }
}
