package org.adafisher.examples.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers behind the pictures of one matrix. */
class MatrixStudiesTest {

  private static final double[][] KNOWN = {{2, 1, 0}, {1, 2, 0}, {0, 0, 7}};

  @Test
  void knownEigenvaluesAndDisks() {
    Gershgorin gershgorin = Gershgorin.of(KNOWN);
    assertThat(gershgorin.eigenvalues()).containsExactly(new double[] {7, 3, 1}, within(1e-12));
    assertThat(gershgorin.centres()).containsExactly(2, 2, 7);
    assertThat(gershgorin.radii()).containsExactly(1, 1, 0);
    assertThat(gershgorin.dominantRows()).isEqualTo(3);
    assertThat(gershgorin.medianRatio()).isEqualTo(0.5);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyEigenvalueIsInADisk(long seed) {
    Gershgorin gershgorin = Gershgorin.of(random(20, seed));
    for (double eigenvalue : gershgorin.eigenvalues()) {
      boolean inside = false;
      for (int i = 0; i < gershgorin.centres().length; i++) {
        inside |= Math.abs(eigenvalue - gershgorin.centres()[i]) <= gershgorin.radii()[i] + 1e-12;
      }
      assertThat(inside).as("eigenvalue %s", eigenvalue).isTrue();
    }
    assertThat(Arrays.stream(gershgorin.eigenvalues()).sum())
        .isCloseTo(Arrays.stream(gershgorin.centres()).sum(), within(1e-10));
  }

  @Test
  void noiseIsSymmetricAndSparesTheDiagonal() {
    double[][] matrix = random(200, 4);
    double[][] noise = Matrices.difference(Matrices.withNoise(matrix, 0.5, 9), matrix);
    double mean = Arrays.stream(Matrices.diagonal(matrix)).average().orElseThrow();
    double squares = 0;
    for (int i = 0; i < 200; i++) {
      assertThat(noise[i][i]).isZero();
      for (int j = 0; j < i; j++) {
        assertThat(noise[i][j]).isCloseTo(noise[j][i], within(1e-12));
        squares += noise[i][j] * noise[i][j];
      }
    }
    // 19900 draws: the deviation is known to about half a per cent.
    assertThat(Math.sqrt(squares / (200 * 199 / 2))).isCloseTo(0.5 * mean, within(0.01 * mean));
    assertThat(Matrices.withNoise(matrix, 0.5, 9))
        .isDeepEqualTo(Matrices.withNoise(matrix, 0.5, 9));
  }

  @Test
  void kaisersLineIsTheMeanEigenvalue() {
    Spectrum spectrum = Spectrum.of(KNOWN, 0, 1);
    assertThat(spectrum.mean()).isCloseTo(11.0 / 3, within(1e-12));
    assertThat(spectrum.aboveBefore()).isEqualTo(1);
    assertThat(spectrum.after()).containsExactly(spectrum.before());
    assertThat(spectrum.greatestChange()).isZero();
  }

  @Test
  void noiseChangesTheSpectrumButNotItsMean() {
    Spectrum spectrum = Spectrum.of(KNOWN, 0.3, 1);
    assertThat(spectrum.greatestChange()).isPositive();
    assertThat(Arrays.stream(spectrum.after()).average().orElseThrow())
        .isCloseTo(spectrum.mean(), within(1e-12));
  }

  @Test
  void ratiosAreThoseOfTheDefinition() {
    double[][] noisy = {{2, 2, 1}, {2, 2, 0}, {1, 0, 7}};
    SignalToNoise ratio = SignalToNoise.of(KNOWN, noisy);
    double diagonal = 4 + 4 + 49;
    assertThat(ratio.before()).isCloseTo(10 * Math.log10(diagonal / 2), within(1e-12));
    assertThat(ratio.after()).isCloseTo(10 * Math.log10(diagonal / 10), within(1e-12));
    assertThat(ratio.noise()).isCloseTo(10 * Math.log10(diagonal / 4), within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 8, 13, 30})
  void fourierIsTheDirectSum(int n) {
    Random random = new Random(n);
    double[][] matrix = new double[n][n + 2];
    for (double[] row : matrix) {
      Arrays.setAll(row, j -> random.nextGaussian());
    }
    double[][] magnitude = Fourier.magnitude(matrix);
    for (int k = 0; k < n; k++) {
      for (int l = 0; l < n + 2; l++) {
        double real = 0;
        double imaginary = 0;
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n + 2; j++) {
            double angle = -2 * Math.PI * ((double) k * i / n + (double) l * j / (n + 2));
            real += matrix[i][j] * Math.cos(angle);
            imaginary += matrix[i][j] * Math.sin(angle);
          }
        }
        assertThat(magnitude[k][l]).isCloseTo(Math.hypot(real, imaginary), within(1e-10));
      }
    }
  }

  @Test
  void shiftingBringsFrequencyZeroToTheMiddle() {
    assertThat(Fourier.shifted(new double[][] {{1, 2, 3}, {4, 5, 6}}))
        .isDeepEqualTo(new double[][] {{6, 4, 5}, {3, 1, 2}});
    FourierSpectrum spectrum = FourierSpectrum.of(KNOWN, 0, 1);
    assertThat(spectrum.before()[1][1]).isCloseTo(13, within(1e-12)); // the sum of all entries
  }

  @Test
  void refusesWhatIsNoFactor() {
    assertThatThrownBy(() -> Gershgorin.of(new double[][] {{1, 2}, {3, 1}}))
        .hasMessageContaining("symmetric");
    assertThatThrownBy(() -> Gershgorin.of(new double[][] {{1, 2}})).hasMessageContaining("square");
    assertThatThrownBy(() -> Gershgorin.of(new double[][] {{1, Double.NaN}, {Double.NaN, 1}}))
        .hasMessageContaining("symmetric");
  }

  private static double[][] random(int n, long seed) {
    Random random = new Random(seed);
    double[][] matrix = new double[n][n];
    for (int i = 0; i < n; i++) {
      matrix[i][i] = 1 + random.nextDouble();
      for (int j = 0; j < i; j++) {
        matrix[i][j] = random.nextGaussian() / 5;
        matrix[j][i] = matrix[i][j];
      }
    }
    return matrix;
  }
}
