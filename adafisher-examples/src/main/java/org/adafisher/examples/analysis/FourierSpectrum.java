package org.adafisher.examples.analysis;

import java.util.Arrays;
import java.util.List;
import org.adafisher.bench.report.chart.Chart;
import org.adafisher.bench.report.chart.ChartGrid;
import org.adafisher.bench.report.chart.LinearScale;
import org.adafisher.bench.report.chart.Raster;
import org.adafisher.bench.report.chart.RasterChart;
import org.adafisher.bench.report.chart.ReversedScale;
import org.adafisher.bench.report.text.Numbers;

/**
 * The 2-d Fourier spectrum of a factor before and after Gaussian noise on its off-diagonal entries.
 * A diagonal shows as a band along the anti-diagonal through frequency 0, the wider the less evenly
 * the diagonal runs; what all entries have in common, such as the mean of inputs that are not
 * centred, as a bright middle row and column.
 *
 * @param before magnitudes [rows][columns] of the factor, frequency 0 in the middle
 * @param after the same with noise
 * @param signalToNoise energies of the factor itself, not of its spectrum
 */
public record FourierSpectrum(double[][] before, double[][] after, SignalToNoise signalToNoise) {

  private static final double LEAST_DECIBELS = -60;

  /**
   * @param matrix square, not empty
   * @param noise standard deviation of the noise as a share of the mean diagonal entry, at least 0
   * @param seed of the noise
   * @return both spectra
   */
  public static FourierSpectrum of(double[][] matrix, double noise, long seed) {
    double[][] noisy = Matrices.withNoise(matrix, noise, seed);
    return new FourierSpectrum(
        Fourier.shifted(Fourier.magnitude(matrix)),
        Fourier.shifted(Fourier.magnitude(noisy)),
        SignalToNoise.of(matrix, noisy));
  }

  /**
   * Both spectra side by side, in dB below the greatest magnitude, from -60 on.
   *
   * @param title heading
   * @return the picture
   */
  public Chart chart(String title) {
    return new ChartGrid(
        title,
        2,
        List.of(
            panel(
                "without noise: SNR %s dB".formatted(Numbers.fixed(signalToNoise.before(), 1)),
                before),
            panel(
                "with noise (%s dB): SNR %s dB"
                    .formatted(
                        Numbers.fixed(signalToNoise.noise(), 1),
                        Numbers.fixed(signalToNoise.after(), 1)),
                after)));
  }

  private static RasterChart panel(String title, double[][] magnitude) {
    double greatest = Arrays.stream(magnitude).flatMapToDouble(Arrays::stream).max().orElseThrow();
    double[][] decibels =
        Arrays.stream(magnitude)
            .map(row -> Arrays.stream(row).map(x -> 20 * Math.log10(x / greatest)).toArray())
            .toArray(double[][]::new);
    int rows = magnitude.length;
    int columns = magnitude[0].length;
    return new RasterChart(
        title,
        "frequency, cycles per matrix",
        "row frequency",
        LinearScale.exact(-(columns / 2) - 0.5, columns - columns / 2 - 0.5),
        new ReversedScale(LinearScale.exact(-(rows / 2) - 0.5, rows - rows / 2 - 0.5)),
        new Raster(decibels, LinearScale.exact(LEAST_DECIBELS, 0), "dB", List.of()),
        List.of(),
        300,
        300);
  }
}
