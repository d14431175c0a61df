package org.adafisher.examples.analysis;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The plane through the mean of some points that keeps most of their variance: their first two
 * principal components.
 *
 * @param mean of the points
 * @param first unit vector along which they vary most
 * @param second unit vector along which they vary most across the first
 * @param share of the variance that lies in the plane, 0 to 1
 */
public record PrincipalPlane(double[] mean, double[] first, double[] second, double share) {

  /** Points by whose spread nothing is left but rounding. */
  private static final double ROUNDING = 1e-24;

  /**
   * @param points at least three, of equal length of at least 2; not all on one line
   * @return their plane; the signs of its vectors are arbitrary
   * @throws IllegalArgumentException if there is no plane
   */
  public static PrincipalPlane of(List<double[]> points) {
    int n = points.size();
    int dimensions = n == 0 ? 0 : points.get(0).length;
    if (n < 3 || dimensions < 2) {
      throw new IllegalArgumentException(
          "A plane needs three points of two dimensions or more, not %d of %d."
              .formatted(n, dimensions));
    }
    double[] mean = new double[dimensions];
    for (double[] point : points) {
      for (int j = 0; j < dimensions; j++) {
        mean[j] += point[j] / n;
      }
    }
    RealMatrix centred = new Array2DRowRealMatrix(n, dimensions);
    for (int i = 0; i < n; i++) {
      centred.setRow(i, minus(points.get(i), mean));
    }
    // The smaller of the two products has the same eigenvalues, and vectors that give the others.
    boolean wide = dimensions > n;
    RealMatrix product =
        wide ? centred.multiply(centred.transpose()) : centred.transpose().multiply(centred);
    EigenDecomposition eigen = new EigenDecomposition(product);
    double[] values = eigen.getRealEigenvalues();
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted((a, b) -> Double.compare(values[b], values[a]))
            .mapToInt(Integer::intValue)
            .toArray();
    if (!(values[order[1]] > ROUNDING * (1 + values[order[0]]))) {
      throw new IllegalArgumentException(
          "The points lie on one line: there is no plane through them.");
    }
    double total = Arrays.stream(values).sum();
    return new PrincipalPlane(
        mean,
        direction(centred, eigen.getEigenvector(order[0]).toArray(), wide),
        direction(centred, eigen.getEigenvector(order[1]).toArray(), wide),
        (values[order[0]] + values[order[1]]) / total);
  }

  /**
   * @param point of the points' length
   * @return where its foot is in the plane: along the first and the second vector, from the mean
   */
  public double[] coordinates(double[] point) {
    double[] difference = minus(point, mean);
    return new double[] {dot(difference, first), dot(difference, second)};
  }

  /**
   * @param a along the first vector
   * @param b along the second vector
   * @return mean + a first + b second
   */
  public double[] at(double a, double b) {
    return IntStream.range(0, mean.length)
        .mapToDouble(j -> mean[j] + a * first[j] + b * second[j])
        .toArray();
  }

  private static double[] direction(RealMatrix centred, double[] eigenvector, boolean wide) {
    double[] vector = wide ? centred.preMultiply(eigenvector) : eigenvector;
    double norm = Math.sqrt(dot(vector, vector));
    return Arrays.stream(vector).map(x -> x / norm).toArray();
  }

  private static double[] minus(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(j -> a[j] - b[j]).toArray();
  }

  private static double dot(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(j -> a[j] * b[j]).sum();
  }
}
