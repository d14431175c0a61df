package org.adafisher.examples.analysis;

/**
 * How much of a factor's energy (sum of squared entries) its diagonal has, in decibels, before and
 * after noise on the off-diagonal entries; after the paper's section "Diagonal Concentration of
 * Kronecker Factors", which calls the diagonal the signal. For a factor M and noise E, which is 0
 * on the diagonal:
 *
 * <pre>
 * before = 10 log10 ( sum_i M_ii^2 / sum_{i != j} M_ij^2 )
 * after  = 10 log10 ( sum_i M_ii^2 / sum_{i != j} (M_ij + E_ij)^2 )
 * noise  = 10 log10 ( sum_i M_ii^2 / sum_{i != j} E_ij^2 )
 * </pre>
 *
 * <p>Above 0 dB the diagonal has more energy than all that the diagonal approximation leaves out,
 * below 0 dB less. A ratio with nothing below the line is infinite.
 *
 * @param before dB
 * @param after dB
 * @param noise dB
 */
public record SignalToNoise(double before, double after, double noise) {

  /**
   * @param matrix square
   * @param noisy the same with noise off the diagonal
   * @return the three ratios
   */
  public static SignalToNoise of(double[][] matrix, double[][] noisy) {
    double signal = Matrices.diagonalEnergy(matrix);
    return new SignalToNoise(
        decibels(signal / Matrices.offDiagonalEnergy(matrix)),
        decibels(signal / Matrices.offDiagonalEnergy(noisy)),
        decibels(signal / Matrices.offDiagonalEnergy(Matrices.difference(noisy, matrix))));
  }

  private static double decibels(double ratio) {
    return 10 * Math.log10(ratio);
  }
}
