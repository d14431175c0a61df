package org.adafisher.examples.analysis;

import java.nio.file.Path;
import java.util.Locale;
import org.adafisher.AdaFisher;
import org.adafisher.Paper;
import picocli.CommandLine.Option;

/** The options that all studies have. */
final class StudyOptions {

  private static final int TRAINING_PART = 997;

  /** A formulation that can be named. */
  enum FormulationName {
    /** The authors' code. */
    RELEASED,
    /** The paper's averaging. */
    PAPER,
    /** This project's own. */
    CENTRED,
    /** This project's own. */
    SPECTRAL
  }

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "digits-cnn",
      description = "digits-cnn or digits-mlp; any model of the benchmark that takes the digits.")
  private String model;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description =
          "Which dense, output or 2-d convolution layer; the last one before the output if left"
              + " out. Not for histogram, which shows all, and landscape.")
  private String layer;

  @Option(
      names = "--formulation",
      defaultValue = "released",
      description = "AdaFisher's: released, paper, centred or spectral, each at its default rate.")
  private FormulationName formulation;

  @Option(
      names = "--steps",
      paramLabel = "COUNT",
      defaultValue = "200",
      description = "Training steps: minibatches of 32 digits; for landscape all irises each.")
  private int steps;

  @Option(
      names = "--noise",
      paramLabel = "SHARE",
      defaultValue = "0.01",
      description =
          "Deviation of the noise on the off-diagonal entries, as a share of the mean diagonal"
              + " entry.")
  private double noise;

  @Option(
      names = "--probe",
      paramLabel = "COUNT",
      defaultValue = "256",
      description = "Training examples that the full factors are of, 1 to 997.")
  private int probe;

  @Option(
      names = "--grid",
      paramLabel = "COUNT",
      defaultValue = "61",
      description = "For landscape alone: points along each side, 2 or more.")
  private int grid;

  @Option(names = "--seed", defaultValue = "1", description = "Of weights, order and noise.")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "DIRECTORY",
      defaultValue = "results/analysis",
      description = "Where the pictures go.")
  private Path out;

  DigitsTraining training() {
    return DigitsTraining.of(model, updater(), seed);
  }

  /**
   * @throws IllegalArgumentException if a number is out of range
   */
  void check() {
    requireAtLeast(1, "--steps", steps);
    requireAtLeast(1, "--probe", probe);
    requireAtLeast(2, "--grid", grid);
    if (probe > TRAINING_PART) {
      throw new IllegalArgumentException(
          "--probe has to be at most %d, the size of the training part, not %d"
              .formatted(TRAINING_PART, probe));
    }
    if (!(noise >= 0)) {
      throw new IllegalArgumentException("--noise has to be at least 0, not " + noise);
    }
  }

  /**
   * @throws IllegalArgumentException if the layer that was asked for has no full factors
   */
  String layer(DigitsTraining training) {
    if (layer == null) {
      return training.usualLayer();
    }
    FactorMatrices.layerWithFactors(training.network(), layer);
    return layer;
  }

  int steps() {
    return steps;
  }

  int probe() {
    return probe;
  }

  int grid() {
    return grid;
  }

  double noise() {
    return noise;
  }

  long seed() {
    return seed;
  }

  Path out() {
    return out;
  }

  /** What the pictures are of, for their headings. */
  String subject() {
    return model + ", " + formulation.name().toLowerCase(Locale.ROOT);
  }

  private AdaFisher updater() {
    return switch (formulation) {
      case RELEASED -> new AdaFisher();
      case PAPER -> new AdaFisher(AdaFisher.DEFAULT_LEARNING_RATE, new Paper());
      case CENTRED -> AdaFisher.centred();
      case SPECTRAL -> AdaFisher.spectral();
    };
  }

  private static void requireAtLeast(int least, String option, int value) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s has to be at least %d, not %d".formatted(option, least, value));
    }
  }
}
