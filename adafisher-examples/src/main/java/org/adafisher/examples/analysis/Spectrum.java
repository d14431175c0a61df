package org.adafisher.examples.analysis;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.adafisher.bench.report.chart.Dot;
import org.adafisher.bench.report.chart.LinearScale;
import org.adafisher.bench.report.chart.LogScale;
import org.adafisher.bench.report.chart.Scale;
import org.adafisher.bench.report.chart.ScatterChart;
import org.adafisher.bench.report.text.Numbers;

/**
 * The eigenvalues of a factor before and after Gaussian noise on its off-diagonal entries, with
 * Kaiser's criterion: those above the mean eigenvalue count. The paper ("Diagonal Concentration of
 * Kronecker Factors") takes spectra that hardly change for a sign that the diagonal carries them.
 *
 * @param before eigenvalues, the greatest first
 * @param after the same with noise, which leaves their mean as it is: the trace has none
 * @param noise standard deviation of the noise as a share of the mean diagonal entry
 */
public record Spectrum(double[] before, double[] after, double noise) {

  /** Below this share of the greatest, an eigenvalue is drawn as if it were that. */
  private static final double LEAST_SHARE = 1e-6;

  /**
   * @param matrix symmetric, not empty
   * @param noise standard deviation of the noise as a share of the mean diagonal entry, at least 0
   * @param seed of the noise
   * @return both spectra
   * @throws IllegalArgumentException if the matrix is not square and symmetric
   */
  public static Spectrum of(double[][] matrix, double noise, long seed) {
    return new Spectrum(
        Matrices.eigenvalues(matrix),
        Matrices.eigenvalues(Matrices.withNoise(matrix, noise, seed)),
        noise);
  }

  /**
   * @return Kaiser's line: the mean eigenvalue
   */
  public double mean() {
    return Arrays.stream(before).average().orElseThrow();
  }

  /**
   * @return how many eigenvalues are above the line without noise
   */
  public int aboveBefore() {
    return above(before);
  }

  /**
   * @return how many eigenvalues are above the line with noise
   */
  public int aboveAfter() {
    return above(after);
  }

  /**
   * @return the greatest change of an eigenvalue by rank, as a share of the greatest eigenvalue
   */
  public double greatestChange() {
    return IntStream.range(0, before.length)
            .mapToDouble(i -> Math.abs(before[i] - after[i]))
            .max()
            .orElseThrow()
        / Math.abs(before[0]);
  }

  /**
   * @return the greatest eigenvalue as a share of the trace, without noise: 1 for a matrix of rank
   *     1
   */
  public double greatestShare() {
    return before[0] / Arrays.stream(before).sum();
  }

  private int above(double[] eigenvalues) {
    return (int) Arrays.stream(eigenvalues).filter(x -> x > mean()).count();
  }

  /**
   * Eigenvalues by rank on a logarithmic axis; those that are not positive, or below 1e-6 of the
   * greatest, lie on its lower edge.
   *
   * @param title heading
   * @return the picture
   */
  public ScatterChart chart(String title) {
    double high = Math.max(before[0], after[0]);
    double least =
        DoubleStream.concat(Arrays.stream(before), Arrays.stream(after))
            .filter(x -> x > LEAST_SHARE * high)
            .min()
            .orElse(high);
    Scale y = LogScale.around(least / 1.5, high * 1.5);
    return new ScatterChart(
        title,
        "rank",
        "eigenvalue; above the mean: %d without noise, %d with"
            .formatted(aboveBefore(), aboveAfter()),
        LinearScale.whole(0, before.length + 1),
        y,
        List.of(
            group("without noise", 0, before, least),
            group(
                "with noise of " + Numbers.compact(noise, 2) + " of the diagonal",
                1,
                after,
                least)),
        List.of(new ScatterChart.Level("Kaiser: the mean eigenvalue", 6, mean())));
  }

  private static ScatterChart.Group group(
      String name, int index, double[] eigenvalues, double least) {
    return new ScatterChart.Group(
        name,
        index,
        IntStream.range(0, eigenvalues.length)
            .mapToObj(i -> Dot.at(i + 1, Math.max(eigenvalues[i], least / 1.5)))
            .toList());
  }
}
