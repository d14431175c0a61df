package org.adafisher.examples.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.adafisher.bench.report.chart.Dot;
import org.adafisher.bench.report.chart.LinearScale;
import org.adafisher.bench.report.chart.ScatterChart;
import org.adafisher.bench.report.text.Numbers;

/**
 * Gershgorin's disks of a symmetric matrix: every eigenvalue lies in one of them. Small disks mean
 * that the diagonal says nearly everything (AdaFisher, "Diagonal Concentration of Kronecker
 * Factors").
 *
 * @param centres the diagonal, by row
 * @param radii sum of the |entries| of the row off the diagonal
 * @param eigenvalues the greatest first
 */
public record Gershgorin(double[] centres, double[] radii, double[] eigenvalues) {

  /**
   * @param matrix symmetric, not empty
   * @return its disks
   * @throws IllegalArgumentException if it is not square and symmetric
   */
  public static Gershgorin of(double[][] matrix) {
    double[] radii =
        IntStream.range(0, matrix.length)
            .mapToDouble(
                i -> Arrays.stream(matrix[i]).map(Math::abs).sum() - Math.abs(matrix[i][i]))
            .toArray();
    return new Gershgorin(Matrices.diagonal(matrix), radii, Matrices.eigenvalues(matrix));
  }

  /**
   * @return how many rows' diagonal entry is greater than the sum of the others: if all are, the
   *     matrix is diagonally dominant
   */
  public int dominantRows() {
    return (int)
        IntStream.range(0, centres.length).filter(i -> Math.abs(centres[i]) > radii[i]).count();
  }

  /**
   * @return the median over rows of radius / |centre|: below 1, the diagonal dominates; infinite
   *     where a diagonal entry is 0
   */
  public double medianRatio() {
    double[] ratios =
        IntStream.range(0, centres.length)
            .mapToDouble(i -> radii[i] == 0 ? 0 : radii[i] / Math.abs(centres[i]))
            .sorted()
            .toArray();
    return ratios[ratios.length / 2];
  }

  /**
   * The disks in the complex plane, on whose real axis the eigenvalues are.
   *
   * @param title heading
   * @return the picture
   */
  public ScatterChart chart(String title) {
    List<Dot> disks = new ArrayList<>();
    for (int i = 0; i < centres.length; i++) {
      disks.add(new Dot(centres[i], 0, radii[i]));
    }
    double low = Arrays.stream(eigenvalues).min().orElseThrow();
    double high = Arrays.stream(eigenvalues).max().orElseThrow();
    double reach = Arrays.stream(radii).max().orElseThrow();
    for (Dot disk : disks) {
      low = Math.min(low, disk.x() - disk.radius());
      high = Math.max(high, disk.x() + disk.radius());
    }
    return ScatterChart.ofPlane(
        title,
        "real part",
        "imaginary part; %d of %d rows diagonally dominant, median radius / centre %s"
            .formatted(dominantRows(), centres.length, Numbers.compact(medianRatio(), 3)),
        LinearScale.round(low, high),
        1.08 * reach,
        List.of(
            new ScatterChart.Group("Gershgorin disk of a row", 5, disks),
            new ScatterChart.Group(
                "eigenvalue", 1, Arrays.stream(eigenvalues).mapToObj(x -> Dot.at(x, 0)).toList())));
  }
}
